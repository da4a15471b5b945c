//! Deliveries to tables, whose records go to the store, and from topics of Amazon MSK.

use std::{collections::BTreeMap, fs, path::Path};

use crate::firehose_local::{command, run_with, square_values};

const S3: &str = "S3Configuration: {BucketARN: 'arn:aws:s3:::b', RoleARN: r}";

/// Runs a delivery stream with these properties. Returns the standard error and the objects, by the
/// folder of their key.
fn deliver(
    properties: &[&str],
    arguments: &[&str],
    input: &str,
) -> (String, BTreeMap<String, String>) {
    let folder = tempfile::tempdir().unwrap();
    let (template, to) = (folder.path().join("template.yaml"), folder.path().join("out"));
    let properties = properties.join("\n      ");
    let stream = "Stream:\n    Type: AWS::KinesisFirehose::DeliveryStream\n    Properties:";
    let text = format!("Resources:\n  {stream}\n      {properties}\n");
    fs::write(&template, text).unwrap();
    let mut all = vec!["run", "--template", template.to_str().unwrap(), "--to"];
    all.push(to.to_str().unwrap());
    all.extend(arguments);
    all.push("-");
    let run = run_with(command(&all), input);
    assert_eq!(run.code, 0, "{run:#?}");
    let mut objects = BTreeMap::new();
    add_objects(&to, "", &mut objects);
    (run.stderr, objects)
}

/// Adds the contents of the files below a folder. The key has the path without the time in it.
fn add_objects(folder: &Path, path: &str, to: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let is_time = name.bytes().all(|byte| byte.is_ascii_digit());
        if entry.file_type().unwrap().is_dir() {
            let below = if is_time { path.to_owned() } else { format!("{path}{name}/") };
            add_objects(&entry.path(), &below, to);
        } else {
            let name = if name.ends_with(".sql") { name } else { "object".to_owned() };
            to.insert(format!("{path}{name}"), fs::read_to_string(entry.path()).unwrap());
        }
    }
}

#[test]
fn redshift_has_intermediate_objects_and_a_copy_command() {
    let copy = "CopyCommand: {DataTableName: t, DataTableColumns: a, CopyOptions: \"json 'auto'\"}";
    let section = format!(
        "RedshiftDestinationConfiguration: {{{S3}, {copy}, Password: s3cret, Username: u}}"
    );
    let (messages, objects) = deliver(&[&section], &[], "{\"a\":1}\n{\"a\":2}\n");
    let expected = [
        (
            "Stream-copy.sql",
            "COPY t (a) FROM 's3://b/<manifest>' CREDENTIALS '<credentials>' MANIFEST json 'auto';\n",
        ),
        ("object", "{\"a\":1}{\"a\":2}"),
    ];
    assert_eq!(objects, expected.map(|(key, text)| (key.to_owned(), text.to_owned())).into());
    assert!(messages.contains("nothing is copied into Redshift") && !messages.contains("s3cret"));
}

#[test]
fn snowflake_and_iceberg_have_lines() {
    let iceberg = format!(
        "IcebergDestinationConfiguration: {{{S3}, DestinationTableConfigurationList: \
         [{{DestinationDatabaseName: sales, DestinationTableName: orders}}]}}"
    );
    let snowflake =
        format!("SnowflakeDestinationConfiguration: {{{S3}, Database: d, Schema: s, Table: t}}");
    for (section, key, note) in [
        (iceberg, "sales/orders/insert/object", "no Iceberg table is written"),
        (snowflake, "snowflake/object", "no rows are inserted into the Snowflake table"),
    ] {
        let (messages, objects) = deliver(&[&section], &[], "{\"a\":1}\n{\"a\":2}\n");
        let expected = (key.to_owned(), "{\"a\":1}\n{\"a\":2}".to_owned());
        assert_eq!(objects.into_iter().collect::<Vec<_>>(), [expected]);
        assert!(messages.contains(note), "{messages}");
    }
}

#[test]
fn a_query_routes_records_to_iceberg_tables() {
    let query = r#"{destinationDatabaseName: "sales", destinationTableName: .t, operation: (.op // "insert")}"#;
    let extraction = format!(
        "{{Type: MetadataExtraction, Parameters: [{{ParameterName: MetadataExtractionQuery, \
         ParameterValue: '{query}'}}, {{ParameterName: JsonParsingEngine, ParameterValue: JQ-1.6}}]}}"
    );
    let section = format!(
        "IcebergDestinationConfiguration: {{{S3}, ProcessingConfiguration: {{Enabled: true, \
         Processors: [{extraction}]}}}}"
    );
    let input = r#"{"t":"orders"}
{"t":"orders","op":"delete"}
{"t":".."}
{"t":"orders","op":"upsert"}
{}
"#;
    let (messages, mut objects) = deliver(&[&section], &[], input);
    let failed = objects.remove("iceberg-failed/object").unwrap();
    let codes = failed.matches("\"errorCode\":\"Iceberg.InvalidTableName\"").count();
    assert_eq!((codes, failed.lines().count()), (3, 3), "{failed}");
    let expected = [
        ("sales/orders/delete/object", "{\"t\":\"orders\",\"op\":\"delete\"}"),
        ("sales/orders/insert/object", "{\"t\":\"orders\"}"),
    ];
    assert_eq!(objects, expected.map(|(key, text)| (key.to_owned(), text.to_owned())).into());
    assert!(!messages.contains("the prefix does not use"), "{messages}");
}

#[test]
fn a_function_transforms_the_records_of_a_topic() {
    let lambda = "ProcessingConfiguration: {Enabled: true, Processors: [{Type: Lambda, Parameters: \
         [{ParameterName: LambdaArn, ParameterValue: \
         'arn:aws:lambda:us-east-1:123456789012:function:f'}]}]}";
    let properties = [
        "DeliveryStreamType: MSKAsSource",
        "MSKSourceConfiguration: {MSKClusterARN: 'arn:aws:kafka:x:1:cluster/c', TopicName: orders}",
        &format!("ExtendedS3DestinationConfiguration: {{BucketARN: 'arn:aws:s3:::b', {lambda}}}"),
    ];
    let function = format!("arn:aws:lambda:us-east-1:123456789012:function:f={}", square_values());
    let kafka = "{\"topic\":\"orders\",\"partition\":1,\"offset\":7,\"key\":\"k\",\"payload\":\"{\\\"a\\\":3}\"}\n\
         {\"value\":{\"a\":4}}\n";
    for (format, input) in [("kafka-json", kafka), ("lines", "{\"a\":3}\n{\"a\":4}\n")] {
        let arguments = ["--function", &function, "--format", format, "--put-to", "orders"];
        let (_, objects) = deliver(&properties, &arguments, input);
        let object = objects.into_iter().collect::<Vec<_>>();
        assert_eq!(object, [("object".to_owned(), "{\"a\":9}{\"a\":16}".to_owned())], "{format}");
    }
}
