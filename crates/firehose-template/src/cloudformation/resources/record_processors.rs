use base64::{Engine, engine::general_purpose::STANDARD};
use firehose_delivery::delivery_stream::{MetadataQuery, SubRecordType};

use super::processor_parameters::read_parameters;
use crate::{
    cloudformation::evaluator::{Mapping, ResolvedValue},
    error::TemplateError,
};

/// The parameters of one of Firehose's own processors.
#[derive(Debug)]
struct Parameters<'a> {
    /// The path of the processor.
    path: String,
    kind: &'static str,
    values: Vec<(String, ResolvedValue<'a>)>,
}

impl<'a> Parameters<'a> {
    /// Reads the parameters, of which only those in `known` exist.
    fn read(
        processor: &Mapping<'a>,
        kind: &'static str,
        known: &[&str],
    ) -> Result<Self, TemplateError> {
        let mut values = Vec::new();
        if let Some(list) = processor.get("Parameters")? {
            for (name, parameter) in read_parameters(&list, kind, known)? {
                values.push((name, parameter.value?));
            }
        }
        Ok(Self { path: processor.path().to_owned(), kind, values })
    }

    fn get(&self, name: &str) -> Option<&ResolvedValue<'a>> {
        self.values.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Returns a parameter that AWS requires. `example` is a value for the error message.
    fn require(&self, name: &str, example: &str) -> Result<&ResolvedValue<'a>, TemplateError> {
        self.get(name).ok_or_else(|| {
            let Self { path, kind, .. } = self;
            let reason =
                format!("a {kind} processor needs the parameter {name}, such as {example}");
            TemplateError::wrong(path.as_str(), reason)
        })
    }
}

/// Checks a processor of type `Decompression`. AWS fills in GZIP for a missing format.
pub(super) fn check_decompression(processor: &Mapping<'_>) -> Result<(), TemplateError> {
    let parameters = Parameters::read(processor, "Decompression", &["CompressionFormat"])?;
    match parameters.get("CompressionFormat") {
        Some(format) if format.text()? != "GZIP" => {
            Err(format.wrong(format!("`{}` is not GZIP, the only format", format.text()?)))
        }
        _ => Ok(()),
    }
}

/// Reads a processor of type `CloudWatchLogProcessing`. Returns `true` if it extracts messages.
pub(super) fn read_log_processing(processor: &Mapping<'_>) -> Result<bool, TemplateError> {
    let known = ["DataMessageExtraction"];
    let parameters = Parameters::read(processor, "CloudWatchLogProcessing", &known)?;
    parameters.require("DataMessageExtraction", "true")?.boolean()
}

/// Reads a processor of type `RecordDeAggregation`.
pub(super) fn read_sub_records(processor: &Mapping<'_>) -> Result<SubRecordType, TemplateError> {
    let known = ["SubRecordType", "Delimiter"];
    let parameters = Parameters::read(processor, "RecordDeAggregation", &known)?;
    let kind = parameters.require("SubRecordType", "JSON")?;
    match kind.text()?.as_str() {
        "JSON" => Ok(SubRecordType::Json),
        "DELIMITED" => {
            let delimiter = parameters.require("Delimiter", "Cg== (a newline in base64)")?;
            let text = delimiter.text()?;
            match STANDARD.decode(&text) {
                Ok(bytes) if !bytes.is_empty() => Ok(SubRecordType::Delimited(bytes.into())),
                _ => Err(delimiter.wrong(format!(
                    "`{text}` is not base64; write the delimiter in base64, such as Cg== for a \
                     newline"
                ))),
            }
        }
        other => Err(kind.wrong(format!("`{other}` is neither JSON nor DELIMITED"))),
    }
}

/// Reads a processor of type `MetadataExtraction`.
pub(super) fn read_metadata_query(processor: &Mapping<'_>) -> Result<MetadataQuery, TemplateError> {
    let known = ["MetadataExtractionQuery", "JsonParsingEngine"];
    let parameters = Parameters::read(processor, "MetadataExtraction", &known)?;
    let query = parameters.require("MetadataExtractionQuery", "{customer: .customer_id}")?;
    let engine = parameters.require("JsonParsingEngine", "JQ-1.6")?;
    if engine.text()? != "JQ-1.6" {
        return Err(engine.wrong(format!("`{}` is not JQ-1.6, the only engine", engine.text()?)));
    }
    let parsed =
        MetadataQuery::parse(&query.text()?).map_err(|error| query.wrong(error.to_string()))?;
    match parsed.keys().map(|keys| keys.len()) {
        Some(0) => Err(query.wrong("the query gives no partition key")),
        Some(count) if count > MetadataQuery::MAX_KEYS => Err(query.wrong(format!(
            "the query gives {count} partition keys; Firehose allows {}",
            MetadataQuery::MAX_KEYS
        ))),
        _ => Ok(parsed),
    }
}

#[cfg(test)]
mod tests {
    use firehose_delivery::delivery_stream::{ProcessorSettings, SubRecordType};

    use crate::cloudformation::sample_deployment;

    /// Returns a processor with these parameters.
    fn processor(kind: &str, parameters: &[(&str, &str)]) -> String {
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| format!("{{ParameterName: {name}, ParameterValue: {value}}}"))
            .collect();
        format!("{{Type: {kind}, Parameters: [{}]}}", parameters.join(", "))
    }

    const GZIP: &str = "{Type: Decompression}";

    /// The settings of a destination with a partition key from a query.
    const PARTITIONED: &str = "DynamicPartitioningConfiguration: {Enabled: true}, \
        ErrorOutputPrefix: e/, BufferingHints: {SizeInMBs: 64, IntervalInSeconds: 60}, \
        Prefix: '!{partitionKeyFromQuery:k}/', ";

    fn extraction(query: &str) -> String {
        let parameters = [("MetadataExtractionQuery", query), ("JsonParsingEngine", "JQ-1.6")];
        processor("MetadataExtraction", &parameters)
    }

    fn partitioned(processors: &str) -> Result<ProcessorSettings, String> {
        sample_deployment::destination(&format!(
            "{PARTITIONED} ProcessingConfiguration: {{Enabled: true, Processors: [{processors}]}}"
        ))
        .map(|mut read| read.delivery_streams.remove(0).processors)
    }

    #[test]
    fn every_processor_is_read_in_any_order() {
        let processors = [
            extraction("'{k: .a}'"),
            processor("RecordDeAggregation", &[("SubRecordType", "JSON")]),
            processor("CloudWatchLogProcessing", &[("DataMessageExtraction", "'True'")]),
            processor("Decompression", &[("CompressionFormat", "GZIP")]),
            "{Type: AppendDelimiterToRecord, Parameters: [{ParameterName: Delimiter, \
             ParameterValue: x}]}"
                .to_owned(),
        ];
        let settings = partitioned(&processors.join(", ")).unwrap();
        let names = [
            "Decompression",
            "CloudWatchLogProcessing",
            "RecordDeAggregation",
            "MetadataExtraction",
        ];
        assert_eq!(settings.names(), names);
        assert_eq!(settings.metadata_query.unwrap().text(), "{k: .a}");
        let delimited = [("SubRecordType", "DELIMITED"), ("Delimiter", "IyMjIw==")];
        let processors =
            [extraction("'{k: .a}'"), processor("RecordDeAggregation", &delimited)].join(", ");
        let sub_records = partitioned(&processors).unwrap().sub_records;
        assert_eq!(sub_records, Some(SubRecordType::Delimited("####".into())));
        let json = processor("RecordDeAggregation", &[("SubRecordType", "JSON")]);
        let error = sample_deployment::processors(&json).unwrap_err();
        insta::assert_snapshot!(error, @"Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration: a RecordDeAggregation processor needs DynamicPartitioningConfiguration.Enabled: true");
        let logs = processor("CloudWatchLogProcessing", &[("DataMessageExtraction", "false")]);
        let read = sample_deployment::processors(&format!("{logs}, {GZIP}")).unwrap();
        assert_eq!(read.delivery_streams[0].processors.names(), ["Decompression"]);
    }

    #[test]
    fn an_invalid_parameter_is_an_error() {
        let processors = [
            processor("Decompression", &[("CompressionFormat", "ZIP")]),
            processor("CloudWatchLogProcessing", &[("DataMessageExtraction", "true")]),
            format!("{GZIP}, {{Type: CloudWatchLogProcessing}}"),
            format!(
                "{GZIP}, {}",
                processor("CloudWatchLogProcessing", &[("DataMessageExtraction", "x")])
            ),
            "{Type: RecordDeAggregation}".to_owned(),
            processor("RecordDeAggregation", &[("SubRecordType", "CSV")]),
            processor("RecordDeAggregation", &[("SubRecordType", "DELIMITED")]),
            processor(
                "RecordDeAggregation",
                &[("SubRecordType", "DELIMITED"), ("Delimiter", "'#'")],
            ),
            processor("RecordDeAggregation", &[("Separator", "x")]),
        ];
        let errors =
            processors.map(|processors| sample_deployment::processors(&processors).unwrap_err());
        let errors = errors.join("\n").replace(
            "Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.",
            "",
        );
        insta::assert_snapshot!(errors, @r"
        Processors[0].Parameters[0].ParameterValue (CompressionFormat): `ZIP` is not GZIP, the only format
        Processors[0]: CloudWatchLogProcessing needs a Decompression processor; add {Type: Decompression} to Processors
        Processors[1]: a CloudWatchLogProcessing processor needs the parameter DataMessageExtraction, such as true
        Processors[1].Parameters[0].ParameterValue (DataMessageExtraction): `x` is neither true nor false
        Processors[0]: a RecordDeAggregation processor needs the parameter SubRecordType, such as JSON
        Processors[0].Parameters[0].ParameterValue (SubRecordType): `CSV` is neither JSON nor DELIMITED
        Processors[0]: a RecordDeAggregation processor needs the parameter Delimiter, such as Cg== (a newline in base64)
        Processors[0].Parameters[1].ParameterValue (Delimiter): `#` is not base64; write the delimiter in base64, such as Cg== for a newline
        (not simulated) Processors[0].Parameters[0].ParameterName: the parameter Separator of a RecordDeAggregation processor is unknown
        ");
    }

    #[test]
    fn an_invalid_query_is_an_error_with_its_position() {
        let query = |text| [("MetadataExtractionQuery", text)];
        let many: Vec<_> = (0..51).map(|number| format!("k{number}: .a")).collect();
        let processors = [
            processor("MetadataExtraction", &query("'{k: .a}'")),
            processor("MetadataExtraction", &[("JsonParsingEngine", "JQ-1.6")]),
            processor(
                "MetadataExtraction",
                &[("MetadataExtractionQuery", "'{k: .a}'"), ("JsonParsingEngine", "JQ-1.7")],
            ),
            extraction("'{k: .a | tostrin}'"),
            extraction("'{k: .a'"),
            extraction("'{k: .a // 1}'"),
            extraction("'{}'"),
            extraction(&format!("'{{{}}}'", many.join(", "))),
            extraction("'{customer: .a}'"),
            format!("{0}, {0}", extraction("'{k: .a}'")),
            "{Type: AppendDelimiterToRecord}".to_owned(),
        ];
        let errors = processors.map(|processors| partitioned(&processors).unwrap_err());
        let errors = errors
            .join("\n")
            .replace("Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.", "");
        insta::assert_snapshot!(errors, @r"
        ProcessingConfiguration.Processors[0]: a MetadataExtraction processor needs the parameter JsonParsingEngine, such as JQ-1.6
        ProcessingConfiguration.Processors[0]: a MetadataExtraction processor needs the parameter MetadataExtractionQuery, such as {customer: .customer_id}
        ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (JsonParsingEngine): `JQ-1.7` is not JQ-1.6, the only engine
        ProcessingConfiguration.Processors[0].Parameters[0].ParameterValue (MetadataExtractionQuery): invalid jq filter at line 1, column 10: unknown function `tostrin/0`; did you mean `tostring`?
        ProcessingConfiguration.Processors[0].Parameters[0].ParameterValue (MetadataExtractionQuery): invalid jq filter at line 1, column 7: expected a closing brace
        ProcessingConfiguration.Processors[0].Parameters[0].ParameterValue (MetadataExtractionQuery): invalid jq filter at line 1, column 6: jq 1.6 needs parentheses around the value of a key if the value is more than a pipe of terms
        ProcessingConfiguration.Processors[0].Parameters[0].ParameterValue (MetadataExtractionQuery): the query gives no partition key
        ProcessingConfiguration.Processors[0].Parameters[0].ParameterValue (MetadataExtractionQuery): the query gives 51 partition keys; Firehose allows 50
        Prefix: the query of the MetadataExtraction processor gives no partition key `k`; it gives `customer`
        (not simulated) ProcessingConfiguration.Processors[1].Type: a second MetadataExtraction is not simulated
        Prefix: !{partitionKeyFromQuery:...} needs a MetadataExtraction processor, which is missing
        ");
        // A query whose keys depend on the record is checked record by record.
        assert!(partitioned(&extraction("'.a | {k: .b}'")).is_ok());
        assert!(partitioned(&extraction("'{k: .t|strftime(\"%Y\")}'")).is_ok());
    }

    #[test]
    fn a_query_needs_dynamic_partitioning_and_all_its_keys_in_the_prefix() {
        let error = sample_deployment::processors(&extraction("'{k: .a}'")).unwrap_err();
        insta::assert_snapshot!(error, @"Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration: a MetadataExtraction processor needs DynamicPartitioningConfiguration.Enabled: true");
        let read = sample_deployment::destination(&format!(
            "{PARTITIONED} ProcessingConfiguration: {{Enabled: true, Processors: [{}]}}",
            extraction("'{k: .a, unused: .b}'")
        ));
        insta::assert_snapshot!(sample_deployment::notes(&read.unwrap()), @"(warning) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0]: the query gives `unused`, which the prefix does not use; AWS requires a prefix with all keys, and may reject the template");
    }
}
