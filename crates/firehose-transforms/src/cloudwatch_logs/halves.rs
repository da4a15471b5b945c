use std::ops::Range;

use json_scanner::{JsonScanner, JsonSyntaxError};

use super::envelope::Envelope;

/// Splits the text of a record into two texts, each with about half of the bytes.
///
/// A text of several envelopes is split between two of them. A single envelope becomes two
/// envelopes. One has the log events before the middle, the other has those after the middle, and
/// both have all other bytes. Returns `None` if the text has fewer than two log events or is not an
/// envelope.
pub(super) fn halves(text: &str) -> Option<[String; 2]> {
    let envelopes = envelopes(text).ok()?;
    if envelopes.len() > 1 {
        let second = envelopes.get(middle(&envelopes)?)?.start;
        return Some([text[..second].to_owned(), text[second..].to_owned()]);
    }
    let events = events(text).ok()??;
    let (first, last) = (events.first()?, events.last()?);
    let second = middle(&events)?;
    let with = |part: &[Range<usize>]| {
        let part = part.first()?.start..part.last()?.end;
        Some([&text[..first.start], &text[part], &text[last.end..]].concat())
    };
    Some([with(&events[..second])?, with(&events[second..])?])
}

/// Returns the byte range of each envelope.
fn envelopes(text: &str) -> Result<Vec<Range<usize>>, JsonSyntaxError> {
    let mut scanner = JsonScanner::new(text);
    let mut envelopes = Vec::new();
    while scanner.peek().is_some() {
        let length = scanner.value()?.len();
        envelopes.push(scanner.offset() - length..scanner.offset());
    }
    Ok(envelopes)
}

/// Returns the byte range of each log event, or `None` if the envelope has no field `logEvents`.
fn events(text: &str) -> Result<Option<Vec<Range<usize>>>, JsonSyntaxError> {
    let Some(log_events) = Envelope::read_start(&mut JsonScanner::new(text))?.0.log_events else {
        return Ok(None);
    };
    let mut scanner = JsonScanner::resume(text, log_events);
    let mut events = Vec::new();
    scanner.array()?;
    while scanner.item()? {
        let length = scanner.value()?.len();
        events.push(scanner.offset() - length..scanner.offset());
    }
    Ok(Some(events))
}

/// Returns the index of the first part of the second half, at least 1, or `None` for fewer than two
/// parts.
///
/// The halves have about equal numbers of bytes, so that repeated halving soon isolates a long part.
fn middle(parts: &[Range<usize>]) -> Option<usize> {
    let (first, last) = (parts.first()?, parts.last()?);
    let half = first.start + (last.end - first.start) / 2;
    let most = parts.len().checked_sub(1).filter(|most| *most > 0)?;
    Some(parts.partition_point(|part| part.end <= half).clamp(1, most))
}

#[cfg(test)]
mod tests {
    use firehose_core::{Bytes, Record, Split};
    use proptest::prelude::*;

    use super::halves;
    use crate::{
        cloudwatch_logs::CloudWatchLogs,
        compression::{Compress, Compression},
    };

    fn items(data: &Bytes) -> Vec<Bytes> {
        let items = CloudWatchLogs::messages().split(Record::new("1", data.clone()));
        items.map(|item| item.unwrap().into_data()).collect()
    }

    proptest! {
        /// Repeated halving ends with one log event per record, and loses none.
        #[test]
        fn halves_have_all_log_events_in_order(
            messages in prop::collection::vec("[a-z]{0,40}", 1..20),
            is_compressed: bool,
        ) {
            let events = messages.iter().map(|it| format!(r#"{{"message":"{it}"}}"#));
            let events = events.collect::<Vec<_>>().join(",");
            let text = format!(r#"{{"messageType":"DATA_MESSAGE","logEvents":[{events}]}}"#);
            let data = match is_compressed {
                true => Compress::new(Compression::Gzip).compress(text.as_bytes()).unwrap(),
                false => text.into_bytes(),
            };
            let (mut open, mut ends) = (vec![Bytes::from(data)], Vec::new());
            while let Some(data) = open.pop() {
                prop_assert_eq!(Compression::detect(&data).is_some(), is_compressed);
                match CloudWatchLogs::events().halves(&Record::new("1", data.clone())) {
                    Some([first, second]) => open.extend([second, first]),
                    None => ends.push(items(&data)),
                }
            }
            let expected: Vec<_> = messages.into_iter().map(|it| vec![Bytes::from(it)]).collect();
            prop_assert_eq!(ends, expected);
        }
    }

    #[test]
    fn log_events_are_split_in_the_middle_of_their_bytes() {
        for (text, first, second) in [
            (
                r#"{"a":1,"logEvents":[1,2,3],"b":2}"#,
                r#"{"a":1,"logEvents":[1],"b":2}"#,
                r#"{"a":1,"logEvents":[2,3],"b":2}"#,
            ),
            (
                r#"{"logEvents":[ "long text", 2 , 3 ]} "#,
                r#"{"logEvents":[ "long text" ]} "#,
                r#"{"logEvents":[ 2 , 3 ]} "#,
            ),
            (
                r#"{"logEvents":[1,2,"long text"]}"#,
                r#"{"logEvents":[1,2]}"#,
                r#"{"logEvents":["long text"]}"#,
            ),
            ("{} {\"logEvents\":[1]}\n{}", "{} ", "{\"logEvents\":[1]}\n{}"),
        ] {
            assert_eq!(halves(text), Some([first.to_owned(), second.to_owned()]), "{text}");
        }
    }

    #[test]
    fn fewer_than_two_parts_have_no_halves() {
        for text in [
            "",
            "x",
            "[1,2]",
            "{}",
            r#"{"logEvents":[]}"#,
            r#"{"logEvents":[1]}"#,
            r#"{"logEvents":1}"#,
        ] {
            assert_eq!(halves(text), None, "{text}");
        }
    }
}
