use firehose_template::MissingValue;

/// Returns the options that give values that a template lacks, each after a space.
pub(super) fn missing_options(values: &[MissingValue]) -> String {
    let option = |value: &MissingValue| match value {
        MissingValue::Parameter(name) => format!(" --parameter {name}=VALUE"),
        MissingValue::Import(name) => format!(" --import {name}=VALUE"),
        // A shell interprets brackets as a pattern, so the path needs quotes.
        MissingValue::Property(path) if path.contains('[') => format!(" --value '{path}=VALUE'"),
        MissingValue::Property(path) => format!(" --value {path}=VALUE"),
    };
    values.iter().map(option).collect()
}
