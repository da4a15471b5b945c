/// Returns a complete pipeline that uses a field, a step or a format of the output.
pub(super) fn example(name: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

const EXAMPLES: &[(&str, &str)] = &[
    ("input", "input: {format: cloudwatch_logs, messages: json}"),
    ("steps", "steps:\n  - drop_if: .level == \"DEBUG\"\n  - remove: .trace"),
    ("partition_by", "partition_by: {tenant: .tenant, day: '.time[0:10]'}"),
    (
        "output",
        "\
input: lines
output: text                           # or {format: csv, columns: [host, .user.email]}",
    ),
    ("csv", "output: {format: csv, columns: [host, .user.email], header: true}"),
    (
        "splunk_hec",
        "output: {format: splunk_hec, time: .time, host: .host, sourcetype: '_json', event: .message}",
    ),
    (
        "elasticsearch_bulk",
        "\
output:
  format: elasticsearch_bulk
  index: '. | \"logs-\" + .time[0:10]'  # a jq filter, because it begins with a dot
  id: .id",
    ),
    ("loki", "output: {format: loki, labels: {app: .app, env: prod}, time: .time, line: .message}"),
    ("on_error", "input: json_lines\non_error: drop_item"),
    ("on_oversize", "input: cloudwatch_logs\non_oversize: reingest"),
    (
        "parse",
        "\
input: {format: cloudwatch_logs, messages: only}
steps:
  - parse: logfmt                      # or {format: grok, pattern: '%{IP:ip} %{WORD:verb}'}",
    ),
    ("jq", "steps:\n  - jq: '{time: .timestamp, service, message}'"),
    ("drop_if", "steps:\n  - drop_if: .level == \"DEBUG\" or .path == \"/health\""),
    ("keep_if", "steps:\n  - keep_if: .status >= 400"),
    (
        "match",
        "input: lines\nsteps:\n  - match: {allow: ['ERROR', 'WARN'], deny: 'health check'}\noutput: text",
    ),
    (
        "json_schema",
        "\
steps:
  - json_schema:
      schema: {type: object, required: [id], properties: {id: {type: integer}}}
      on_reject: fail",
    ),
    ("add", "steps:\n  - add: {arrived_at: arrival_time, shard: shard_id, env: {value: prod}}"),
    ("cast", "steps:\n  - cast: {.price: number, .time: {from: epoch_millis}}"),
    ("flatten", "steps:\n  - flatten: {separator: _}"),
    ("pick", "steps:\n  - pick: [.id, .user.name]"),
    ("remove", "steps:\n  - remove: [.password, '.items[].note']"),
    ("rename", "steps:\n  - rename: {.user.mail: email}"),
    ("snake_case", "steps:\n  - snake_case: {}"),
    ("hash", "steps:\n  - hash: {fields: .user.email, key_env: HASH_KEY}"),
    ("mask", "steps:\n  - mask: {fields: .card, keep_last: 4}"),
    (
        "redact",
        "\
steps:
  - redact: [email, credit_card]                       # in all strings
  - redact: {fields: .message, patterns: {order: '[0-9]{8}'}}",
    ),
];

#[cfg(test)]
mod tests {
    use firehose_pipeline::Pipeline;

    use super::{super::schema_text::PipelineSchema, *};

    #[test]
    fn each_field_step_and_format_with_options_has_a_valid_example() {
        let schema = PipelineSchema::new(firehose_pipeline::schema().to_value());
        let (fields, steps) = (schema.fields(), schema.steps());
        let formats: Vec<_> =
            fields.iter().flat_map(|field| schema.values_with_options(field)).collect();
        assert_eq!(formats.len(), 4, "{formats:?}");
        for entry in fields.iter().chain(&steps).chain(&formats) {
            let name = &entry.name;
            let text = example(name).unwrap_or_else(|| panic!("{name} has no example"));
            let uses = [format!("{name}:"), format!("format: {name}")];
            assert!(uses.iter().any(|it| text.contains(it)), "the example of {name}: {text}");
            match text.parse::<Pipeline>() {
                Ok(_) => {}
                // The environment variable with the key is not set in tests.
                Err(error) => assert!(error.message().contains("HASH_KEY"), "{name}: {error}"),
            }
        }
    }
}
