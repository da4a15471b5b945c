use std::{fmt::Write, str};

use base64::{Engine, engine::general_purpose::STANDARD};
use comfy_table::{ContentArrangement, Table, TableStyle};
use serde_json::Value;

use crate::terminal::escaped;
use firehose_delivery::function::Causes;

/// Longer payloads and ids are cut: the response itself has them in full.
const MAX_DATA_CHARS: usize = 72;
const MAX_CAUSE_CHARS: usize = 200;

/// Answers, a line each, for people to read; at most `limit` of them.
///
/// It shows what is there, right or wrong: what is wrong with it is the contract check's to
/// say. Control characters are escaped, so that no payload can drive the terminal.
pub(crate) fn table(answers: &[Value], causes: &Causes, limit: usize) -> String {
    if answers.is_empty() {
        return String::new();
    }
    let mut table = Table::new();
    table.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["record id", "outcome", "data", "cause"]);
    for answer in answers.iter().take(limit) {
        let id = answer["recordId"].as_str().unwrap_or_default();
        let result = answer["result"].as_str().unwrap_or("?");
        let failed = result == "ProcessingFailed";
        let cause = causes.of(id).filter(|_| failed).unwrap_or_default();
        table.add_row([
            middle(&escaped(id, usize::MAX)),
            escaped(result, 32),
            payload(answer),
            escaped(cause, MAX_CAUSE_CHARS),
        ]);
    }
    let mut text: String =
        table.lines().flat_map(|line| [line.trim_end().to_owned(), "\n".to_owned()]).collect();
    if let Some(more) = answers.len().checked_sub(limit).filter(|more| *more > 0) {
        let _ = writeln!(text, " ... and {more} more; --all shows them");
    }
    text
}

/// The answers of a response; none if it is no such thing.
pub(crate) fn answers(response: &Value) -> &[Value] {
    response["records"].as_array().map_or(&[][..], Vec::as_slice)
}

/// How many answers have this result.
pub(crate) fn count(answers: &[Value], result: &str) -> usize {
    answers.iter().filter(|answer| answer["result"] == result).count()
}

/// How many answers there are of each kind.
pub(crate) fn summary(answers: &[Value]) -> String {
    let [ok, dropped, failed] =
        ["Ok", "Dropped", "ProcessingFailed"].map(|result| count(answers, result));
    let all = answers.len();
    let s = if all == 1 { "" } else { "s" };
    format!("{all} answer{s}: {ok} Ok, {dropped} Dropped, {failed} ProcessingFailed")
}

fn payload(answer: &Value) -> String {
    let field = if answer["data"].is_string() { "data" } else { "kafkaRecordValue" };
    let Some(encoded) = answer[field].as_str() else {
        return String::new();
    };
    let Ok(data) = STANDARD.decode(encoded) else {
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

/// Ids of one event differ at their ends.
fn middle(id: &str) -> String {
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
    fn shows_each_answer_and_no_control_character() {
        let response = serde_json::from_str(r#"{"records": [
            {"recordId": "49572672223665514422805246926656954630972486059535892482000000", "result": "Ok", "data": "eyJhIjoxfQo="},
            {"recordId": "2", "result": "Ok", "data": ""},
            {"recordId": "3", "result": "Ok", "kafkaRecordValue": "/wA="},
            {"recordId": "4", "result": "ProcessingFailed"},
            {"recordId": "\u001b[2J", "result": "O\u0007K", "data": "G1syShtbMko="},
            {"recordId": 6, "data": "?"},
            null
        ]}"#).unwrap();
        let answers = answers(&response);
        let mut causes = Causes::default();
        causes.look_into(br#"{"fields":{"record_id":"4","cause":"no\tunit"}}"#);
        insta::assert_snapshot!(table(answers, &causes, 6), @r#"
         record id                 outcome           data                cause
         49572672...5892482000000  Ok                {"a":1}\n
         2                         Ok                (empty)
         3                         Ok                (2 bytes) ff00
         4                         ProcessingFailed                      no\tunit
         \u{1b}[2J                 O\u{7}K           \u{1b}[2J\u{1b}[2J
                                   ?                 not base64
         ... and 1 more; --all shows them
        "#);
        insta::assert_snapshot!(summary(answers), @"7 answers: 3 Ok, 0 Dropped, 1 ProcessingFailed");
    }
}
