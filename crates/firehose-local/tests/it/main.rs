//! Tests of the command line with the real binary and real functions.

mod bucket;
mod check;
mod completions;
mod delivery;
mod firehose_local;
mod function;
mod help;
mod interrupt;
mod invoke;
mod json;
mod json_page;
mod path_conflicts;
mod replay;
mod replay_interrupt;
mod replay_raw_data;
mod run_arguments;
mod run_delivery;
mod run_faults;
mod run_interrupt;
mod run_store;
mod run_templates;
mod samples;
mod size;
mod template;
mod url;
mod watchers;
