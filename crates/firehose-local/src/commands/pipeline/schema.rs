use crate::{exit_code::ExitCode, terminal::print_report};

/// Prints the JSON Schema of pipeline files.
pub(super) fn print() -> ExitCode {
    let schema = firehose_pipeline::schema();
    print_report(format!("{:#}\n", schema.as_value()).as_bytes(), ExitCode::Ok)
}
