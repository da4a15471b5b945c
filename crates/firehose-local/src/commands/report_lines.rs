use std::fmt::Write;

use firehose_delivery::{delivery::ObjectList, observer::InvocationStats};

use crate::terminal::{counted, escaped};

/// The number of objects of a list that a report names. Further objects are only counted.
const SHOWN_OBJECTS: usize = 10;

/// Writes one line for each of the first objects, and one line for all further objects.
pub(super) fn write_objects(
    text: &mut String,
    objects: &ObjectList,
    location: impl Fn(&str) -> String,
) {
    // Writing to memory does not fail.
    for object in objects.first.iter().take(SHOWN_OBJECTS) {
        let key = escaped(&location(&object.key), 1024);
        let records = counted(object.records, "record");
        let _ = writeln!(text, "  {key}: {records}, {} bytes", object.bytes);
    }
    if let Some(more) = objects.count.checked_sub(SHOWN_OBJECTS as u64).filter(|more| *more > 0) {
        let more = counted(more, "more object");
        let _ = writeln!(text, "  ... and {more}, {} bytes in all", objects.bytes);
    }
}

/// Writes the number of function errors, of ignored answers, and of answers with invalid metadata.
/// Leaves out numbers that are 0.
pub(super) fn write_invocations(text: &mut String, invocations: &InvocationStats) {
    let InvocationStats { count, function_errors, ignored_answers, misrouted_answers, .. } =
        invocations;
    if *function_errors > 0 {
        let _ = writeln!(text, "  {function_errors} of {count} invocations were function errors");
    }
    if *ignored_answers > 0 {
        let answers = counted(*ignored_answers, "answer");
        let _ = writeln!(
            text,
            "  {answers} with an unknown record id, which Firehose ignores: the data is lost"
        );
    }
    if *misrouted_answers > 0 {
        let answers = counted(*misrouted_answers, "answer");
        let _ = writeln!(
            text,
            "  {answers} with invalid metadata; `firehose-local check` names each fault"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_objects_are_counted_and_one_answer_is_singular() {
        let mut text = String::new();
        for count in 0..=2 {
            let count = SHOWN_OBJECTS as u64 + count;
            let objects = ObjectList { first: Vec::new(), count, bytes: 30 };
            write_objects(&mut text, &objects, str::to_owned);
        }
        let none = InvocationStats { count: 3, ..InvocationStats::default() };
        write_invocations(&mut text, &none);
        let some = InvocationStats {
            function_errors: 2,
            ignored_answers: 1,
            misrouted_answers: 2,
            ..none
        };
        write_invocations(&mut text, &some);
        insta::assert_snapshot!(text, @r"
          ... and 1 more object, 30 bytes in all
          ... and 2 more objects, 30 bytes in all
          2 of 3 invocations were function errors
          1 answer with an unknown record id, which Firehose ignores: the data is lost
          2 answers with invalid metadata; `firehose-local check` names each fault
        ");
    }
}
