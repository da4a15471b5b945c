use firehose_fixtures::SourceShape;
use serde_json::{Value, json};

use super::*;
use crate::commands::doctor::{
    bad_records::bad_records,
    good_sample::{GoodRecord, SampleOrigin},
    payload_kind::PayloadKind,
    sent_event::EventNumbering,
};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Returns a sample whose outputs are its payloads.
fn sample() -> GoodSample {
    let record = |payload: &'static str| GoodRecord {
        payload: payload.into(),
        fate: RecordFate::Delivered(payload.into()),
    };
    GoodSample {
        kind: PayloadKind::Json,
        origin: SampleOrigin::Given,
        source: SourceShape::DirectPut,
        records: vec![record(r#"{"name":"one seen"}"#), record(r#"{"name":"two seen"}"#)],
    }
}

/// Returns the event of an attack: a good record, the bad ones, and a good record.
fn event(attack: Attack) -> SentEvent {
    let sample = sample();
    let good = sample.neighbours();
    let bad = bad_records(attack, &sample).unwrap_or_default();
    let mut numbering = EventNumbering::default();
    let earlier = numbering.write(good.clone(), sample.source);
    assert!(!earlier.is_from_earlier_event(&earlier.record_id(0)));
    numbering.write([&good[..1], &bad, &good[1..]].concat(), sample.source)
}

fn judged(attack: Attack, result: Result<Value, FunctionError>) -> AttackResult {
    judged_with(attack, &[], TIMEOUT, |_| result.map(|it| it.to_string()))
}

fn judged_with(
    attack: Attack,
    known: &[FindingId],
    limit: Duration,
    answer: impl FnOnce(&SentEvent) -> Result<String, FunctionError>,
) -> AttackResult {
    let event = event(attack);
    let result = answer(&event).map(Into::into).map_err(InvokeError::Function);
    let answer = FunctionAnswer { result, limit, time: Duration::ZERO };
    Judge { sample: &sample(), known, is_steady: true, timeout: TIMEOUT }
        .judge(attack, &event, &answer)
}

/// Judges a response with these fields in the answer to each bad record. The other records are
/// delivered unchanged.
fn judged_bad(attack: Attack, change: impl Fn(&AttackedRecord) -> Value) -> AttackResult {
    judged_with(attack, &[], TIMEOUT, |event| Ok(response(event, change)))
}

fn response(event: &SentEvent, change: impl Fn(&AttackedRecord) -> Value) -> String {
    let answers = event.records.iter().enumerate().map(|(index, record)| {
        let mut answer = match record.is_bad() {
            true => change(record),
            false => ok(&record.payload),
        };
        answer["recordId"] = event.record_id(index).into();
        answer
    });
    json!({"records": answers.collect::<Vec<_>>()}).to_string()
}

fn ok(data: &[u8]) -> Value {
    let mut text = Vec::new();
    firehose_runtime::base64_codec::push_base64(data, &mut text);
    json!({"result": "Ok", "data": String::from_utf8(text).unwrap()})
}

fn ids(result: &AttackResult) -> Vec<&'static str> {
    match &result.verdict {
        AttackVerdict::Found(findings) => findings.iter().map(|finding| finding.id()).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_bad_record_that_fails_alone_is_no_finding() {
    for attack in Attack::ALL.iter().filter(|it| it.class() == AttackClass::OneRecord) {
        let result = judged_bad(*attack, |_| json!({"result": "ProcessingFailed"}));
        // A letter beyond ASCII is good data.
        let expected: &[&str] = if *attack == Attack::NotAscii { &["utf8-only"] } else { &[] };
        assert_eq!(ids(&result), expected, "{attack:?}: {result:?}");
        assert_eq!(result.lost_records, 0, "{attack:?}");
    }
}

#[test]
fn a_record_that_is_copied_is_no_finding() {
    for attack in Attack::ALL.iter().filter(|it| it.class() == AttackClass::OneRecord) {
        let result = judged_bad(*attack, |record| ok(&record.payload));
        assert_eq!(result.verdict, AttackVerdict::Held, "{attack:?}");
        assert!(result.firehose.starts_with("delivers "), "{attack:?}");
    }
}

#[test]
fn an_error_for_one_record_fails_the_batch() {
    let result = judged(Attack::NotJson, Err(FunctionError::reported("KeyError", "'a'")));
    assert_eq!(ids(&result), ["bad-record-fails-batch"]);
    assert_eq!((result.lost_records, result.good_records), (2, 2));
    let evidence = &result.evidence[0];
    assert_eq!(evidence.record.as_deref(), Some(r#"{"name":"one seen""#));
    assert_eq!(evidence.answer, "the function failed: KeyError: 'a'");
}

#[test]
fn good_records_that_fail_beside_a_bad_one_are_lost() {
    let result = judged_with(Attack::NotJson, &[], TIMEOUT, |event| {
        let answers = (0..event.records.len())
            .map(|index| json!({"recordId": event.record_id(index), "result": "ProcessingFailed"}));
        Ok(json!({"records": answers.collect::<Vec<_>>()}).to_string())
    });
    assert_eq!(ids(&result), ["bad-record-fails-batch"]);
    assert_eq!(result.evidence[0].answer, "ProcessingFailed for 2 good records beside this one");
}

#[test]
fn only_a_damaged_record_is_lost_silently() {
    let dropped = |_: &AttackedRecord| json!({"result": "Dropped"});
    for attack in Attack::ALL.iter().filter(|it| it.class() == AttackClass::OneRecord) {
        let expected: &[&str] = match attack {
            Attack::NotJson | Attack::NotUtf8 | Attack::TruncatedGzip => &["silent-loss"],
            Attack::NotAscii => &["utf8-only"],
            _ => &[],
        };
        assert_eq!(ids(&judged_bad(*attack, dropped)), expected, "{attack:?}");
    }
    let emptied = judged_bad(Attack::NotJson, |_| ok(b"\n"));
    assert_eq!(ids(&emptied), ["silent-loss"]);
    let first_value = judged_bad(Attack::SeveralValues, |_| ok(br#"{"name":"one seenzqoneqz"}"#));
    assert_eq!(ids(&first_value), ["silent-loss"]);
    let other_fields = judged_bad(Attack::SeveralValues, |_| ok(br#"{"checked":true}"#));
    assert_eq!(other_fields.verdict, AttackVerdict::Held);
}

#[test]
fn changed_bytes_are_found() {
    for (attack, output) in [
        (Attack::NotUtf8, "one seenzq\u{fffd}\u{fffd}qz"),
        (Attack::NotUtf8, r"ONE SEENZQ\ufffd\ufffdQZ"),
        (Attack::NotUtf8, "one seenzqqz"),
        (Attack::NotAscii, "one seenzqÃ©qz"),
        (Attack::NotAscii, "one seenzqC)qz"),
        (Attack::Gzip, "\u{1f}\u{fffd}\u{8}"),
    ] {
        assert_eq!(ids(&judged_bad(attack, |_| ok(output.as_bytes()))), ["utf8-only"], "{output}");
    }
    for (attack, output) in [
        (Attack::NotAscii, "one seenzqéqz"),
        (Attack::NotAscii, r"one seenzq\u00e9qz"),
        (Attack::NotAscii, "one seenzq&eacute;qz"),
        (Attack::NotUtf8, "without the text"),
    ] {
        let result = judged_bad(attack, |_| ok(output.as_bytes()));
        assert_eq!(result.verdict, AttackVerdict::Held, "{output}");
    }
}

#[test]
fn each_violation_has_its_finding() {
    for (answer, id) in [
        (json!({"result": "OK"}), "wrong-result-name"),
        (json!({"result": "DeliveryFailed"}), "wrong-result-name"),
        (json!({"result": "Ok"}), "ok-without-data"),
        (json!({"result": "Ok", "data": "{}"}), "data-not-base64"),
        (json!({"result": "Ok", "data": 5}), "data-not-base64"),
        (json!({"result": "Ok", "kafkaRecordValue": ""}), "msk-shape"),
        (
            json!({"result": "Ok", "data": "", "metadata": {"partitionKeys": {"k": null}}}),
            "partition-key-not-text",
        ),
        (
            json!({"result": "Ok", "data": "", "metadata": {"partitionKeys": {"k": 1}}}),
            "partition-key-not-text",
        ),
        (json!({"result": "Ok", "data": "", "metadata": {"otfMetadata": 1}}), "invalid-metadata"),
    ] {
        assert_eq!(ids(&judged_bad(Attack::OtherType, |_| answer.clone())), [id], "{answer}");
    }
    assert_eq!(ids(&judged(Attack::GoodRecords, Ok(json!([])))), ["response-not-records"]);
    assert_eq!(ids(&judged(Attack::GoodRecords, Ok(json!({"records": []})))), ["missing-ids"]);
}

#[test]
fn ids_tell_state_from_invented_ids() {
    let with_more = |event: &SentEvent, id: String| {
        let mut answers: Value = serde_json::from_str(&response(event, |_| json!({}))).unwrap();
        let more = json!({"recordId": id, "result": "Dropped"});
        answers["records"].as_array_mut().unwrap().push(more);
        Ok(answers.to_string())
    };
    let earlier = EventNumbering::default().write(sample().neighbours(), SourceShape::DirectPut);
    let old = earlier.record_id(0);
    let result =
        judged_with(Attack::GoodRecords, &[], TIMEOUT, |event| with_more(event, old.clone()));
    assert_eq!(ids(&result), ["state-between-invocations"]);
    let result = judged_with(Attack::GoodRecords, &[], TIMEOUT, |event| {
        with_more(event, format!("{old}-1"))
    });
    assert_eq!(ids(&result), ["unknown-ids"]);
    let result =
        judged_with(Attack::TwoEvents, &[], TIMEOUT, |event| with_more(event, old.clone()));
    assert_eq!(ids(&result), ["concurrency"]);
}

#[test]
fn a_fault_of_good_records_is_no_finding_of_an_attack() {
    let known = [FindingId::WrongResultName];
    let result = judged_with(Attack::Empty, &known, TIMEOUT, |event| {
        let answers = (0..event.records.len())
            .map(|index| json!({"recordId": event.record_id(index), "result": "OK", "data": ""}));
        Ok(json!({"records": answers.collect::<Vec<_>>()}).to_string())
    });
    assert_eq!(result.verdict, AttackVerdict::Held);
    assert_eq!(result.firehose, "fails all 3");
}

#[test]
fn a_timeout_decides_only_with_the_whole_time_limit() {
    let timeout = |limit| {
        let error = FunctionError::TimedOut(limit);
        judged_with(Attack::ManyRecords, &[], limit, |_| Err(error))
    };
    assert_eq!(ids(&timeout(TIMEOUT)), ["timeout-loses-batch"]);
    let shortened = timeout(Duration::from_secs(2));
    let AttackVerdict::Undecided(reason) = &shortened.verdict else { panic!("{shortened:?}") };
    assert!(reason.starts_with("the time limit of the function is 10 s"), "{reason}");
}

#[test]
fn a_service_that_cannot_be_reached_is_no_finding() {
    for (kind, message) in [
        ("NoCredentialsError", "Unable to locate credentials"),
        ("RuntimeError", "Could not put records after 20 attempts. "),
        ("Error", "connect ECONNREFUSED 127.0.0.1:6379"),
    ] {
        let result = judged(Attack::LargeEvent, Err(FunctionError::reported(kind, message)));
        assert!(matches!(result.verdict, AttackVerdict::Undecided(_)), "{result:?}");
    }
}

#[test]
fn another_form_of_event_need_not_be_supported() {
    let error = || FunctionError::reported("KeyError", "'data'");
    for attack in [Attack::MskSource, Attack::EmptyBatch, Attack::NoArrivalTime] {
        let result = judged(attack, Err(error()));
        assert!(matches!(result.verdict, AttackVerdict::Note(_)), "{result:?}");
    }
    let large = FunctionError::ResponseTooLarge { bytes: 7_000_000 };
    assert_eq!(ids(&judged(Attack::MskSource, Err(large.clone()))), ["no-size-guard"]);
    assert_eq!(ids(&judged(Attack::LargeEvent, Err(large))), ["no-size-guard"]);
    assert_eq!(ids(&judged(Attack::LargeEvent, Err(error()))), ["large-batch-fails"]);
}
