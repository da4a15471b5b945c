//! The commands, each with its arguments and its report.

mod answer_counts;
mod answer_table;
mod cause_list;
mod check;
mod command_error;
mod completions;
mod compression_format;
mod failed_items;
mod function_args;
mod input_format;
mod invocation_args;
mod invoke;
mod json_summary;
mod json_verdict;
mod kinesis_batch;
mod kinesis_batch_report;
mod open_log;
mod path_conflicts;
mod pipeline;
mod pipeline_file;
mod pipeline_function;
mod plain_table;
mod prefix_args;
mod replay;
mod report_lines;
mod run;
mod size;
mod store_args;
mod verdict;

pub(crate) use check::Check;
pub(crate) use completions::Completions;
pub(crate) use invoke::Invoke;
pub(crate) use pipeline::PipelineCommand;
pub(crate) use replay::Replay;
pub(crate) use run::Run;
pub(crate) use size::Size;
