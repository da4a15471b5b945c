//! `firehose-local doctor`: attacks a function as production does, and says what would be lost.
//!
//! [`learning`] finds good records, [`bad_records`] and [`growth`] make events of them,
//! [`examination`] sends the events, [`judging`] turns answers into evidence, and [`report_card`] holds
//! the findings for the reports.

mod answer_text;
mod arguments;
mod attack;
mod attack_result;
mod attacked_record;
mod bad_records;
mod built_in_samples;
mod code_fields;
mod code_language;
mod command;
mod evidence;
mod examination;
mod examined_function;
mod field_learning;
mod finding_id;
mod function_answer;
mod given_sample;
mod good_sample;
mod growth;
mod json_report;
mod json_text;
mod judging;
mod junit_report;
mod large_events;
mod learning;
mod left_processes;
mod markdown_report;
mod mend;
mod payload_kind;
mod record_fate;
mod repeated_events;
mod report_card;
mod sent_event;
mod template_args;
mod text_changes;
mod text_report;
mod time_budget;
mod unreachable_service;

pub(crate) use arguments::Doctor;
