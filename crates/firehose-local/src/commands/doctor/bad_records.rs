use bytes::Bytes;
use kpl_aggregation::Aggregator;

use super::{
    super::log_record::LogSource,
    attack::Attack,
    attacked_record::{AttackedRecord, BadTraits, RecordRole},
    good_sample::GoodSample,
    json_text::{TextPlace, with_huge_numbers, with_nesting, with_nulls},
    payload_kind::{PayloadKind, gzip},
};

/// The levels of the nested JSON.
const LEVELS: usize = 5_000;

/// The length of a large record, below the 1,000 KiB of Direct PUT.
const LARGE_RECORD_BYTES: usize = 1_000_000;

/// Returns the records that an attack puts among good records. Returns `None` if the attack does not
/// apply to a sample of this kind, or sends no bad record.
pub(super) fn bad_records(attack: Attack, sample: &GoodSample) -> Option<Vec<AttackedRecord>> {
    let kind = sample.kind;
    let payload = sample.payload();
    let text = kind.unpack(&payload);
    let packed = |text: Bytes| AttackedRecord::bad(kind.pack(text));
    Some(match attack {
        Attack::NotJson => not_json(sample),
        Attack::NotUtf8 => not_utf8(sample)?,
        Attack::NotAscii => not_ascii(sample)?,
        Attack::Empty => vec![AttackedRecord::bad(Bytes::new())],
        Attack::Whitespace => vec![AttackedRecord::bad(&b" \n\t"[..])],
        Attack::OtherType => {
            let forms = ["null", "42", "\"text\"", "[1, 2]", "true"];
            forms.map(|form| packed(form.into())).into()
        }
        Attack::NullFields => vec![packed(with_nulls(object(kind, &text)))],
        Attack::MissingFields => {
            let emptied = match kind {
                PayloadKind::CloudWatchLogs => r#"{"messageType":"DATA_MESSAGE"}"#,
                _ => "{}",
            };
            vec![packed(emptied.into())]
        }
        Attack::HugeNumbers => vec![packed(with_huge_numbers(object(kind, &text)))],
        Attack::DeepNesting => vec![packed(with_nesting(object(kind, &text), LEVELS))],
        Attack::SeveralValues => several_values(sample)?,
        Attack::TrailingNewline => vec![packed([&text[..], b"\n"].concat().into())],
        Attack::Gzip => match kind.is_compressed() {
            true => vec![AttackedRecord::bad(text)],
            false => vec![AttackedRecord::bad(gzip(&payload))],
        },
        Attack::TruncatedGzip => {
            let compressed = if kind.is_compressed() { payload } else { gzip(&payload) };
            let half = compressed.slice(..compressed.len() / 2);
            vec![match kind.has_a_format() {
                true => AttackedRecord::damaged(half),
                false => AttackedRecord::bad(half),
            }]
        }
        Attack::ControlMessage => vec![AttackedRecord::bad(control_message())],
        Attack::KplAggregate => vec![AttackedRecord::bad(kpl_aggregate(sample)?)],
        Attack::LargeRecord => vec![AttackedRecord::bad(large_record(sample)?)],
        _ => return None,
    })
}

/// Returns the JSON of the sample, or an empty object for a sample of another kind.
fn object(kind: PayloadKind, text: &Bytes) -> &[u8] {
    if kind.has_a_format() { text } else { b"{}" }
}

fn not_json(sample: &GoodSample) -> Vec<AttackedRecord> {
    let kind = sample.kind;
    let text = kind.unpack(&sample.payload());
    let other =
        AttackedRecord::bad(kind.pack(Bytes::from_static(b"not JSON, and no known format")));
    if !kind.has_a_format() {
        return vec![other];
    }
    // The rest of the text is complete, so that a filter for a word finds the word.
    let text = text.trim_ascii_end();
    let cut = Bytes::copy_from_slice(&text[..text.len().saturating_sub(1)]);
    vec![AttackedRecord::damaged(kind.pack(cut)), other]
}

/// Returns a probe with a text in ASCII, and a record with bytes that are not UTF-8 in its place.
fn not_utf8(sample: &GoodSample) -> Option<Vec<AttackedRecord>> {
    let place = text_place(sample)?;
    let changed = [
        "zq\u{fffd}\u{fffd}qz",
        "zq\u{fffd}qz",
        r"zq\ufffd\ufffdqz",
        r"zq\ufffdqz",
        "zqqz",
        "zq??qz",
    ];
    let traits = BadTraits {
        is_damaged: sample.kind.has_a_format(),
        changed: changed.map(|it| it.as_bytes().to_vec()).into(),
        ..BadTraits::default()
    };
    Some(probe_and_bad(sample, &place, "zqabqz", b"zq\xff\xfeqz", traits))
}

/// Returns a probe with a text in ASCII, and a record with letters beyond ASCII in its place.
fn not_ascii(sample: &GoodSample) -> Option<Vec<AttackedRecord>> {
    let place = text_place(sample)?;
    // The letter é has the bytes c3 a9 in UTF-8. The texts are: both bytes as letters of Latin-1; both
    // bytes without their highest bit, as `ascii` of Node.js decodes them; replaced; left out.
    let changed = [
        "zqÃ©qz",
        r"zq\u00c3\u00a9qz",
        "zqC)qz",
        "zq??qz",
        "zq?qz",
        "zq\u{fffd}\u{fffd}qz",
        "zq\u{fffd}qz",
        r"zq\ufffd\ufffdqz",
        "zqqz",
    ];
    let traits = BadTraits {
        changed: changed.map(|it| it.as_bytes().to_vec()).into(),
        is_as_good_as_probe: true,
        ..BadTraits::default()
    };
    Some(probe_and_bad(sample, &place, "zqeqz", "zqéqz".as_bytes(), traits))
}

fn probe_and_bad(
    sample: &GoodSample,
    place: &TextPlace,
    marker: &str,
    bytes: &[u8],
    traits: BadTraits,
) -> Vec<AttackedRecord> {
    let probe = AttackedRecord {
        payload: sample.kind.pack(place.with(marker)),
        role: RecordRole::Probe { marker: marker.to_owned() },
    };
    let payload = sample.kind.pack(place.with_bytes(bytes));
    vec![probe, AttackedRecord { payload, role: RecordRole::Bad(traits) }]
}

/// Returns records with two JSON values: one after the other, and one on each of two lines.
fn several_values(sample: &GoodSample) -> Option<Vec<AttackedRecord>> {
    if sample.kind != PayloadKind::Json {
        return None;
    }
    let place = text_place(sample)?;
    let markers = ["zqoneqz", "zqtwoqz"];
    let [one, two] = markers.map(|marker| place.with(marker));
    let bad = |separator: &[u8]| AttackedRecord {
        payload: [&one[..], separator, &two].concat().into(),
        role: RecordRole::Bad(BadTraits {
            markers: markers.map(str::to_owned).into(),
            ..BadTraits::default()
        }),
    };
    Some(vec![bad(b""), bad(b"\n")])
}

/// Returns the place for a text in the first payload of the sample.
fn text_place(sample: &GoodSample) -> Option<TextPlace> {
    if sample.kind == PayloadKind::Binary {
        return None;
    }
    TextPlace::find(&sample.kind.unpack(&sample.payload()), sample.output())
}

fn control_message() -> Bytes {
    let message = "CWL CONTROL MESSAGE: Checking health of destination Firehose.";
    // The message is UTF-8, so the envelope can be written.
    let envelope = LogSource::EXAMPLE.envelope(&[Bytes::from_static(message.as_bytes())]);
    gzip(envelope.unwrap_or_default().replace("DATA_MESSAGE", "CONTROL_MESSAGE").as_bytes())
}

fn kpl_aggregate(sample: &GoodSample) -> Option<Bytes> {
    let mut aggregator = Aggregator::default();
    for (number, record) in sample.records.iter().enumerate().take(2) {
        aggregator.add(&format!("key-{number}"), None, record.payload.clone()).ok()?;
    }
    Some(aggregator.finish()?.into_data())
}

fn large_record(sample: &GoodSample) -> Option<Bytes> {
    if sample.kind == PayloadKind::Binary {
        return Some(vec![0xab; LARGE_RECORD_BYTES].into());
    }
    let text = sample.kind.unpack(&sample.payload());
    let missing = LARGE_RECORD_BYTES.saturating_sub(text.len());
    Some(sample.kind.pack(text_place(sample)?.with(&filler(missing))))
}

/// Returns a text of letters and digits, which gzip halves at most.
pub(super) fn filler(bytes: usize) -> String {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let letters = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from_digit((state >> 59) as u32, 32).unwrap_or('x')
    });
    letters.take(bytes).collect()
}

#[cfg(test)]
mod tests {
    use std::str;

    use firehose_fixtures::SourceShape;

    use super::*;
    use crate::commands::doctor::{
        good_sample::{GoodRecord, SampleOrigin},
        record_fate::RecordFate,
    };

    fn sample(payload: &Bytes) -> GoodSample {
        let fate = RecordFate::Delivered(payload.clone());
        GoodSample {
            kind: PayloadKind::of(payload),
            origin: SampleOrigin::Given,
            source: SourceShape::DirectPut,
            records: vec![GoodRecord { payload: payload.clone(), fate }],
        }
    }

    fn samples() -> [GoodSample; 4] {
        [
            sample(&Bytes::from_static(br#"{"name": "seen", "value": 2}"#)),
            sample(&Bytes::from_static(b"GET /index.html 200")),
            sample(&gzip(br#"{"messageType":"DATA_MESSAGE","logEvents":[{"message":"m"}]}"#)),
            sample(&Bytes::from_static(&[0xff, 0])),
        ]
    }

    #[test]
    fn each_attack_with_one_record_has_bad_records() {
        use crate::commands::doctor::attack::AttackClass;
        for attack in Attack::ALL {
            let expected = attack.class() == AttackClass::OneRecord;
            for sample in &samples()[..1] {
                let records = bad_records(*attack, sample);
                assert_eq!(records.is_some(), expected, "{attack:?}");
                let has_bad = records.iter().flatten().any(AttackedRecord::is_bad);
                assert_eq!(has_bad, expected, "{attack:?}");
            }
        }
    }

    #[test]
    fn records_fit_into_a_put() {
        for sample in samples() {
            for attack in Attack::ALL {
                for record in bad_records(*attack, &sample).into_iter().flatten() {
                    assert!(record.payload.len() <= 1_024_000, "{attack:?}");
                }
            }
        }
    }

    #[test]
    fn damaged_records_cannot_be_read() {
        for sample in &samples()[..1] {
            for attack in [Attack::NotJson, Attack::NotUtf8] {
                for record in bad_records(attack, sample).into_iter().flatten() {
                    let RecordRole::Bad(traits) = &record.role else { continue };
                    if traits.is_damaged {
                        let json = serde_json::from_slice::<serde_json::Value>(&record.payload);
                        assert!(json.is_err(), "{attack:?}");
                    }
                }
            }
        }
        let [json, ..] = samples();
        let not_utf8 = bad_records(Attack::NotUtf8, &json).unwrap();
        assert!(str::from_utf8(&not_utf8[1].payload).is_err());
        assert!(str::from_utf8(&not_utf8[0].payload).is_ok());
    }
}
