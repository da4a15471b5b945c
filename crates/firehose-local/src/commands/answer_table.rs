use std::{fmt::Write, str};

use firehose_delivery::function::Causes;
use firehose_runtime::{
    base64_codec::decode_base64,
    contract::{Response, ResponseRecord},
};

use super::plain_table::{plain_table, write_table};
use crate::terminal::escaped;

/// The longest payload in the table, in characters. The printed response has the whole payload.
const MAX_DATA_CHARS: usize = 72;
/// The longest cause in the table, in characters.
const MAX_CAUSE_CHARS: usize = 200;

/// Renders the answers of a response as a table with at most `limit` rows. `answers` is the number
/// of all answers.
///
/// The table shows valid and invalid answers alike; the contract check says what is wrong. Control
/// characters are escaped, so that no payload can control the terminal.
pub(super) fn answer_table(
    response: &Response<'_>,
    answers: usize,
    causes: &Causes,
    limit: usize,
) -> String {
    if answers == 0 {
        return String::new();
    }
    let mut table = plain_table();
    table.set_header(["record id", "outcome", "data", "cause"]);
    for answer in response.records().take(limit) {
        let id = answer.record_id().unwrap_or_default();
        let result = answer.result();
        let result = result.as_deref().unwrap_or("?");
        let failed = result == "ProcessingFailed";
        let cause = causes.of(&id).filter(|_| failed).unwrap_or_default();
        table.add_row([
            shortened(&escaped(&id, usize::MAX)),
            escaped(result, 32),
            payload(&answer),
            escaped(cause, MAX_CAUSE_CHARS),
        ]);
    }
    let mut text = String::new();
    write_table(&mut text, &table);
    if let Some(more) = answers.checked_sub(limit).filter(|more| *more > 0) {
        let _ = writeln!(text, " ... and {more} more; --all shows them");
    }
    text
}

fn payload(answer: &ResponseRecord<'_>) -> String {
    let Some(encoded) = answer.payload() else {
        return String::new();
    };
    let Ok(data) = decode_base64(encoded.as_bytes()) else {
        return "not base64".to_owned();
    };
    match str::from_utf8(&data) {
        Ok("") => "(empty)".to_owned(),
        Ok(text) => escaped(text, MAX_DATA_CHARS),
        Err(_) => {
            let hex: String = data.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            let more = if data.len() > 16 { "..." } else { "" };
            format!("({} bytes) {hex}{more}", data.len())
        }
    }
}

/// Replaces the middle of a long id with dots. The ids of one event differ at their ends.
fn shortened(id: &str) -> String {
    let characters: Vec<char> = id.chars().collect();
    match characters.len() {
        0..=24 => id.to_owned(),
        length => {
            let (start, end) = (&characters[..8], &characters[length - 13..]);
            format!("{}...{}", start.iter().collect::<String>(), end.iter().collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_is_shown_without_control_characters() {
        let response = br#"{"records": [
            {"recordId": "49572672223665514422805246926656954630972486059535892482000000", "result": "Ok", "data": "eyJhIjoxfQo="},
            {"recordId": "2", "result": "Ok", "data": ""},
            {"recordId": "3", "result": "Ok", "kafkaRecordValue": "/wA="},
            {"recordId": "4", "result": "ProcessingFailed"},
            {"recordId": "\u001b[2J", "result": "O\u0007K", "data": "G1syShtbMko="},
            {"recordId": 6, "data": "?"},
            null
        ]}"#;
        let response = Response::parse(response).unwrap();
        let mut causes = Causes::default();
        causes.inspect(br#"{"fields":{"record_id":"4","cause":"no\tunit"}}"#);
        insta::assert_snapshot!(answer_table(&response, 7, &causes, 6), @r#"
         record id                 outcome           data                cause
         49572672...5892482000000  Ok                {"a":1}\n
         2                         Ok                (empty)
         3                         Ok                (2 bytes) ff00
         4                         ProcessingFailed                      no\tunit
         \u{1b}[2J                 O\u{7}K           \u{1b}[2J\u{1b}[2J
                                   ?                 not base64
         ... and 1 more; --all shows them
        "#);
    }
}
