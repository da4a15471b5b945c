use std::fmt::Write;

use firehose_delivery::delivery::DeliveredObject;

use crate::terminal::{counted, escaped};

/// The number of objects of a list that a report names. Further objects are only counted.
const SHOWN_OBJECTS: usize = 10;

/// Writes one line for each of the first objects, and one line for all further objects. `objects` may
/// hold fewer objects than `count`. `bytes` is the length of all objects.
pub(super) fn write_objects(
    text: &mut String,
    objects: &[DeliveredObject],
    count: u64,
    bytes: u64,
    location: impl Fn(&str) -> String,
) {
    // Writing to memory does not fail.
    for object in objects.iter().take(SHOWN_OBJECTS) {
        let key = escaped(&location(&object.key), 1024);
        let records = counted(object.records, "record");
        let _ = writeln!(text, "  {key}: {records}, {} bytes", object.bytes);
    }
    if let Some(more) = count.checked_sub(SHOWN_OBJECTS as u64).filter(|more| *more > 0) {
        let objects = counted(more, "more object");
        let _ = writeln!(text, "  ... and {objects}, {bytes} bytes in all");
    }
}

/// Writes the number of function errors.
pub(super) fn write_function_errors(text: &mut String, errors: u64, invocations: u64) {
    if errors > 0 {
        let _ = writeln!(text, "  {errors} of {invocations} invocations were function errors");
    }
}

/// Writes the number of answers that have the id of no record.
pub(super) fn write_ignored_answers(text: &mut String, answers: u64) {
    if answers > 0 {
        let answers = counted(answers, "answer");
        let _ = writeln!(
            text,
            "  {answers} with an unknown record id, which Firehose ignores: the data is lost"
        );
    }
}

/// Writes the number of delivered records whose answers have invalid metadata.
pub(super) fn write_misrouted_answers(text: &mut String, answers: u64) {
    if answers > 0 {
        let answers = counted(answers, "answer");
        let _ = writeln!(
            text,
            "  {answers} with invalid metadata; `firehose-local check` names the fault of an answer"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_objects_are_counted_and_one_answer_is_singular() {
        let mut text = String::new();
        write_objects(&mut text, &[], SHOWN_OBJECTS as u64, 30, str::to_owned);
        write_objects(&mut text, &[], SHOWN_OBJECTS as u64 + 1, 30, str::to_owned);
        write_objects(&mut text, &[], SHOWN_OBJECTS as u64 + 2, 30, str::to_owned);
        write_function_errors(&mut text, 0, 3);
        write_function_errors(&mut text, 2, 3);
        write_ignored_answers(&mut text, 0);
        write_ignored_answers(&mut text, 1);
        write_misrouted_answers(&mut text, 0);
        write_misrouted_answers(&mut text, 2);
        insta::assert_snapshot!(text, @r"
          ... and 1 more object, 30 bytes in all
          ... and 2 more objects, 30 bytes in all
          2 of 3 invocations were function errors
          1 answer with an unknown record id, which Firehose ignores: the data is lost
          2 answers with invalid metadata; `firehose-local check` names the fault of an answer
        ");
    }
}
