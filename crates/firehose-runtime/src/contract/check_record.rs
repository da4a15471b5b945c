use super::{
    expected_answers::ExpectedAnswers,
    response_record::{RecordAnswer, ResponseRecord},
    violation::Violation,
};

/// Checks one element of `records` in the response.
pub(super) fn check_record(
    index: usize,
    record: &ResponseRecord<'_>,
    expected: &mut ExpectedAnswers<'_>,
    violations: &mut Vec<Violation>,
) {
    if let Err(violation) = record.check_form(index) {
        violations.push(violation);
        return;
    }
    let field = match record.record_id() {
        None => {
            violations.push(Violation::NoRecordId { index, found: record.record_id_kind() });
            None
        }
        Some(record_id) => {
            let field = expected.count(&record_id, record);
            if field.is_none() {
                violations.push(Violation::UnknownRecordId { record_id: record_id.into_owned() });
            }
            field
        }
    };
    let violation = match record.answer(index, field.unwrap_or(expected.default_field())) {
        Ok(RecordAnswer::Ok { metadata, .. }) => {
            metadata.partition_keys().err().or_else(|| metadata.iceberg_routing().err())
        }
        Ok(RecordAnswer::Dropped | RecordAnswer::ProcessingFailed) => None,
        Err(violation) => Some(violation),
    };
    // Firehose reads all answers before it looks for their records. So an answer that Firehose
    // ignores can still fail the batch, but cannot fail a record.
    let is_ignored = field.is_none();
    violations.extend(violation.filter(|it| !is_ignored || it.fails_batch()));
}
