use super::{
    attacked_record::AttackedRecord, good_sample::GoodSample, json_text::TextPlace,
    payload_kind::PayloadKind,
};
use firehose_delivery::delivery_stream::MAX_EVENT_BYTES;
use firehose_runtime::contract::MAX_RESPONSE_BYTES;

/// A form of good records whose outputs may be longer than the records.
#[derive(Clone, Debug)]
pub(super) struct GrowthForm {
    /// The form in words.
    pub(super) name: &'static str,
    content: Content,
}

/// The content of the records of a form.
#[derive(Clone, Copy, Debug)]
enum Content {
    /// The records of the sample.
    Sample,
    /// Records as short as a record can be: an empty JSON object, or one letter.
    Short,
    /// A record of the sample, filled with this text.
    Filled(&'static str),
}

/// The bytes of a filled record in a probe.
const PROBE_BYTES: usize = 4 * 1024;

/// The number of filled records in a probe.
const PROBE_RECORDS: usize = 8;

/// The number of other records in a probe. Many, because the envelope of an event is long.
const SHORT_PROBE_RECORDS: usize = 300;

/// The bytes of a filled record in a large event.
const FILLED_BYTES: usize = 64 * 1024;

/// The length of a large event, below the limit of Lambda.
pub(super) const LARGE_EVENT_BYTES: usize = MAX_EVENT_BYTES - 16 * 1024;

/// The predicted length of a response that is safely over the limit.
const AIMED_BYTES: f64 = MAX_RESPONSE_BYTES as f64 * 1.02;

/// The forms, each with a text that some function writes longer than it reads it: letters beyond ASCII
/// become escapes in JSON of Python, quotes become escapes if a text is put into JSON, `<` becomes an
/// escape in JSON of Go, and some letters become three letters in capitals.
pub(super) fn growth_forms() -> Vec<GrowthForm> {
    let filled = |name, filler| GrowthForm { name, content: Content::Filled(filler) };
    vec![
        GrowthForm { name: "the records of the sample", content: Content::Sample },
        GrowthForm { name: "short records", content: Content::Short },
        filled("records with letters beyond ASCII", "é"),
        filled("records with quotes", "\""),
        filled("records with <", "<"),
        filled("records with letters that capitals make longer", "ΐ"),
        filled("records that compress well", "a"),
    ]
}

impl GrowthForm {
    /// Returns a small event's records of this form. Returns `None` if the sample has no place for a
    /// filler.
    pub(super) fn probe(&self, sample: &GoodSample) -> Option<Vec<AttackedRecord>> {
        match self.content {
            Content::Sample => Some(sample.cycled(SHORT_PROBE_RECORDS)),
            Content::Short => short(sample, SHORT_PROBE_RECORDS),
            Content::Filled(filler) => filled(sample, filler, PROBE_BYTES, PROBE_RECORDS),
        }
    }

    /// Returns the records of an event whose response passes the limit, if responses are `ratio` times
    /// as long as events of this form. Returns `None` if no event within the limits has such a response.
    ///
    /// `bytes_per_record` is the length of a record of this form in an event.
    pub(super) fn passing(
        &self,
        sample: &GoodSample,
        ratio: f64,
        bytes_per_record: f64,
    ) -> Option<Vec<AttackedRecord>> {
        let needed = AIMED_BYTES / ratio;
        if !needed.is_finite() || needed > LARGE_EVENT_BYTES as f64 {
            return None;
        }
        let count = (needed / bytes_per_record).ceil() as usize;
        match self.content {
            Content::Sample => Some(sample.cycled(count)),
            Content::Short => short(sample, count),
            Content::Filled(filler) => {
                // base64 takes four bytes for three.
                let payload_bytes = (needed * 0.74) as usize;
                let (record_bytes, bytes) = match sample.kind.is_compressed() {
                    // A compressed record is much shorter than its text.
                    true => (FILLED_BYTES * 4, (AIMED_BYTES * 0.75) as usize),
                    false => (FILLED_BYTES.min(payload_bytes), payload_bytes),
                };
                let count = bytes.div_ceil(record_bytes) + 1;
                filled(sample, filler, record_bytes, count)
            }
        }
    }
}

fn short(sample: &GoodSample, count: usize) -> Option<Vec<AttackedRecord>> {
    let payload = match sample.kind {
        PayloadKind::Json => "{}",
        PayloadKind::Text => "a",
        _ => return None,
    };
    Some(vec![AttackedRecord::good(0, payload.into()); count])
}

fn filled(
    sample: &GoodSample,
    filler: &str,
    bytes: usize,
    count: usize,
) -> Option<Vec<AttackedRecord>> {
    if sample.kind == PayloadKind::Binary {
        return None;
    }
    let text = sample.kind.unpack(&sample.payload());
    let place = TextPlace::find(&text, sample.output())?;
    let payload = sample.kind.pack(place.with(&filler.repeat(bytes / filler.len())));
    Some(vec![AttackedRecord::good(0, payload); count])
}
