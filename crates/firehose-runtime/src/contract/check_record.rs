use super::{
    asked::Asked,
    response_record::{RecordAnswer, ResponseRecord},
    violation::Violation,
};

/// Checks one element of `records` in the response.
pub(super) fn check_record(
    index: usize,
    record: &ResponseRecord<'_>,
    asked: &mut Asked<'_>,
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
            let field = asked.answer(&record_id, record);
            if field.is_none() {
                violations.push(Violation::UnknownRecordId { record_id: record_id.into_owned() });
            }
            field
        }
    };
    // Firehose reads all answers before it looks for their records.
    let field = field.unwrap_or(asked.default_field());
    violations.extend(match record.answer(index, field) {
        Ok(RecordAnswer::Ok { metadata, .. }) => {
            metadata.partition_keys().err().or_else(|| metadata.iceberg_routing().err())
        }
        Ok(RecordAnswer::Dropped | RecordAnswer::ProcessingFailed) => None,
        Err(violation) => Some(violation),
    });
}
