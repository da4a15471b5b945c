use super::*;

fn record(id: &str) -> StreamRecord {
    StreamRecord {
        position: 1,
        record_id: id.to_owned(),
        arrival_timestamp: jiff::Timestamp::UNIX_EPOCH,
        data: Bytes::from_static(b"original"),
        processed: None,
        kinesis: None,
        msk: None,
    }
}

/// Reads a response to two records. The violations are left out.
fn read(response: &str) -> Result<Answers, DeliveryFailure> {
    match read_response(response.as_bytes(), &[record("1"), record("2")], &[]) {
        Ok(answers) => Ok(Answers { violations: Vec::new(), ..answers }),
        Err(rejected) => Err(rejected.failure),
    }
}

fn ok(data: &'static str) -> RecordOutcome {
    RecordOutcome::Ok {
        data: Bytes::from_static(data.as_bytes()),
        partition_keys: BTreeMap::new(),
        iceberg: IcebergAnswer::Missing,
    }
}

const FIRST: &str = r#"{"recordId": "1", "result": "Ok", "data": "YQ=="}"#;
const SECOND: &str = r#"{"recordId": "2", "result": "Dropped"}"#;

#[test]
fn answers_are_matched_by_id_in_any_order() {
    let wanted = Answers {
        outcomes: vec![ok("a"), RecordOutcome::Dropped],
        ignored: 0,
        misrouted: 0,
        violations: Vec::new(),
    };
    for answers in [[FIRST, SECOND], [SECOND, FIRST]] {
        let response = format!(r#"{{"records": [{}]}}"#, answers.join(","));
        assert_eq!(read(&response).as_ref(), Ok(&wanted));
    }
}

#[test]
fn a_failed_record_does_not_fail_the_batch() {
    use DeliveryFailure::*;
    for (answers, wanted) in [
        (vec![], [Err(MissingRecordId), Err(MissingRecordId)]),
        (vec![FIRST], [Ok("a"), Err(MissingRecordId)]),
        (vec![FIRST, FIRST], [Err(DuplicatedRecordId), Err(MissingRecordId)]),
        (
            vec![FIRST, FIRST, FIRST, r#"{"recordId": "2", "result": "Ok", "data": ""}"#],
            [Err(DuplicatedRecordId), Ok("")],
        ),
        (vec![FIRST, r#"{"recordId": "2", "result": "Ok"}"#], [Ok("a"), Err(MissingData)]),
        (
            vec![FIRST, r#"{"recordId": "2", "result": "Ok", "data": null}"#],
            [Ok("a"), Err(MissingData)],
        ),
        (
            vec![FIRST, r#"{"recordId": "2", "result": "ProcessingFailed", "data": "YQ=="}"#],
            [Ok("a"), Err(ProcessingFailed)],
        ),
    ] {
        let response = format!(r#"{{"records": [{}]}}"#, answers.join(","));
        let outcomes = wanted.map(|it| it.map_or_else(RecordOutcome::Failed, ok)).to_vec();
        assert_eq!(
            read(&response),
            Ok(Answers { outcomes, ignored: 0, misrouted: 0, violations: Vec::new() }),
            "{response}"
        );
    }
}

#[test]
fn answers_to_unknown_records_are_ignored_and_counted() {
    let unknown = r#"{"recordId": "3", "result": "Ok", "data": "YQ=="}"#;
    let no_id = r#"{"result": "Ok", "data": "YQ=="}"#;
    let misrouted =
        r#"{"recordId": "3", "result": "Ok", "data": "YQ==", "metadata": {"otfMetadata": 1}}"#;
    let response = format!(
        r#"{{"records": [{unknown}, {FIRST}, {SECOND}, {no_id}, {unknown}, {misrouted}]}}"#
    );
    let wanted = Answers {
        outcomes: vec![ok("a"), RecordOutcome::Dropped],
        ignored: 4,
        misrouted: 0,
        violations: Vec::new(),
    };
    assert_eq!(read(&response), Ok(wanted));
}

#[test]
fn a_response_without_records_fails_all_records() {
    let missing = RecordOutcome::Failed(DeliveryFailure::MissingRecordId);
    for response in ["{}", r#"{"records": null}"#, r#"{"records": []}"#, r#"{"Records": 1}"#] {
        let wanted = Answers {
            outcomes: vec![missing.clone(); 2],
            ignored: 0,
            misrouted: 0,
            violations: Vec::new(),
        };
        assert_eq!(read(response), Ok(wanted), "{response}");
    }
}

#[test]
fn some_answers_fail_the_whole_batch() {
    for (response, failure) in [
        ("", DeliveryFailure::InvalidResponse),
        ("oops", DeliveryFailure::InvalidResponse),
        (r#"{"records": ["#, DeliveryFailure::InvalidResponse),
        ("[]", DeliveryFailure::InvalidResult),
        ("\"text\"", DeliveryFailure::InvalidResult),
        (r#"{"records": {}}"#, DeliveryFailure::InvalidResult),
        (r#"{"records": [1]}"#, DeliveryFailure::InvalidResult),
        (r#"{"records": [{"recordId": "1", "result": "OK"}]}"#, DeliveryFailure::InvalidResult),
        (r#"{"records": [{"recordId": "1"}]}"#, DeliveryFailure::InvalidResult),
        (
            r#"{"records": [{"recordId": "1", "result": "Ok", "data": "?"}]}"#,
            DeliveryFailure::InvalidData,
        ),
        (
            r#"{"records": [{"recordId": "1", "result": "Ok", "data": {}}]}"#,
            DeliveryFailure::InvalidResult,
        ),
    ] {
        assert_eq!(read(response), Err(failure), "{response}");
    }
}

#[test]
fn a_partition_key_may_be_a_number_or_a_boolean() {
    let response = r#"{"records": [{"recordId": "1", "result": "Ok", "data": "",
        "metadata": {"partitionKeys": {"a": "x", "b": 7, "c": true}}}]}"#;
    let Ok(Answers { outcomes, .. }) = read(response) else { panic!("{response}") };
    let RecordOutcome::Ok { partition_keys, .. } = &outcomes[0] else { panic!("{outcomes:?}") };
    let keys: Vec<_> = partition_keys.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(keys, [("a", "x"), ("b", "7"), ("c", "true")]);
}

#[test]
fn a_partition_key_without_a_value_fails_its_record() {
    for value in ["null", r#""""#, "[]", "{}"] {
        let answer = format!(
            r#"{{"recordId": "1", "result": "Ok", "data": "YQ==", "metadata": {{"partitionKeys": {{"k": {value}}}}}}}"#
        );
        let failed = RecordOutcome::Failed(DeliveryFailure::InvalidPartitionKey);
        let wanted = Answers {
            outcomes: vec![failed, RecordOutcome::Dropped],
            ignored: 0,
            misrouted: 0,
            violations: Vec::new(),
        };
        let response = format!(r#"{{"records": [{answer}, {SECOND}]}}"#);
        assert_eq!(read(&response), Ok(wanted), "{value}");
    }
}

#[test]
fn a_record_with_invalid_routing_is_delivered_and_counted() {
    for metadata in ["[]", r#"{"otfMetadata": 1}"#, r#"{"partitionKeys": "k"}"#] {
        let answer = format!(
            r#"{{"recordId": "1", "result": "Ok", "data": "YQ==", "metadata": {metadata}}}"#
        );
        let iceberg = match metadata {
            r#"{"partitionKeys": "k"}"# => IcebergAnswer::Missing,
            _ => IcebergAnswer::Invalid,
        };
        let mut passed = ok("a");
        if let RecordOutcome::Ok { iceberg: own, .. } = &mut passed {
            *own = iceberg;
        }
        let wanted = Answers {
            outcomes: vec![passed, RecordOutcome::Dropped],
            ignored: 0,
            misrouted: 1,
            violations: Vec::new(),
        };
        let response = format!(r#"{{"records": [{answer}, {SECOND}]}}"#);
        assert_eq!(read(&response), Ok(wanted), "{metadata}");
    }
}

#[test]
fn the_first_violation_of_each_kind_is_kept() {
    let response = r#"{"records": [
        {"recordId": "1", "result": "Ok"}, {"recordId": "2", "result": "Ok"},
        {"recordId": "7", "result": "Dropped"}, {"recordId": "8", "result": "Dropped"}
    ]}"#;
    let records = [record("1"), record("2")];
    let answers = read_response(response.as_bytes(), &records, &[]).unwrap();
    let violations: Vec<_> = answers.violations.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(violations.join("\n"), @r#"
    record "1": `data` is missing; it must be a base64 string
    record "7": the event has no record with this id
    "#);
}
