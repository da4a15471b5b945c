use firehose_delivery::delivery_stream::ProcessorSettings;

use super::{
    lambda_processor::LambdaParameters,
    reasons::Reasons,
    record_processors::{
        check_decompression, read_log_processing, read_metadata_query, read_sub_records,
    },
};
use crate::{
    cloudformation::evaluator::{Mapping, ResolvedValue},
    error::TemplateError,
};

/// A `ProcessingConfiguration`.
#[derive(Debug, Default)]
pub(super) struct Processing<'a> {
    pub lambda: Option<LambdaParameters<'a>>,
    pub append_delimiter: bool,
    /// Firehose's own processors.
    pub processors: ProcessorSettings,
    /// The path of the Decompression processor.
    pub decompression: Option<String>,
    /// The path of the CloudWatchLogProcessing processor.
    log_processing: Option<String>,
    /// The path of the MetadataExtraction processor.
    pub extraction: Option<String>,
    /// The path of the configuration, if it has processors but is not enabled.
    pub disabled: Option<String>,
}

/// Reads the `ProcessingConfiguration` of a destination. A configuration has no effect unless it is
/// enabled.
pub(super) fn read_processing<'a>(
    destination: &Mapping<'a>,
    reasons: &mut Reasons,
) -> Result<Processing<'a>, TemplateError> {
    let mut processing = Processing::default();
    let configuration = reasons.keep(destination.mapping("ProcessingConfiguration"))?;
    let Some(configuration) = configuration else { return Ok(processing) };
    reasons.keep(configuration.reject_unknown(&["Enabled", "Processors"]))?;
    let processors = configuration.get("Processors").and_then(|it| match it {
        Some(processors) => processors.items(),
        None => Ok(Vec::new()),
    });
    let Some(processors) = reasons.keep(processors)? else { return Ok(processing) };
    match reasons.keep(configuration.is_true("Enabled"))? {
        Some(true) => {}
        Some(false) if !processors.is_empty() => {
            processing.disabled = Some(configuration.path().to_owned());
            return Ok(processing);
        }
        Some(false) | None => return Ok(processing),
    }
    reasons.keep(check_count(processors.len(), &configuration))?;
    for processor in processors {
        reasons.keep(processing.add(&processor))?;
    }
    reasons.keep(processing.check_order(&configuration))?;
    Ok(processing)
}

/// Checks the number of processors of an enabled configuration: observed
/// [by one project](https://github.com/radkawar/stackd) and
/// [by another](https://github.com/badmintoncryer/cdk-preflight).
fn check_count(count: usize, configuration: &Mapping<'_>) -> Result<(), TemplateError> {
    const MAX: usize = 5;
    match count {
        0 => {
            let reason = format!(
                "Enabled is true without a processor; Firehose needs 1 to {MAX}; add one to \
                 Processors, or set Enabled to false"
            );
            Err(TemplateError::wrong(configuration.path(), reason))
        }
        1..=MAX => Ok(()),
        _ => {
            let reason = format!("has {count} processors; Firehose allows {MAX}");
            Err(TemplateError::wrong(configuration.path_of("Processors"), reason))
        }
    }
}

impl<'a> Processing<'a> {
    fn add(&mut self, processor: &ResolvedValue<'a>) -> Result<(), TemplateError> {
        let processor = processor.mapping()?;
        processor.reject_unknown(&["Type", "Parameters"])?;
        let kind = processor.require("Type")?;
        match kind.text()?.as_str() {
            "Lambda" if self.lambda.is_some() => {
                return Err(kind.wrong("a delivery stream has at most one Lambda processor"));
            }
            "Lambda" => self.lambda = Some(LambdaParameters::read(&processor)?),
            // Firehose ignores the parameters: the delimiter is always a newline.
            "AppendDelimiterToRecord" => self.append_delimiter = true,
            // AWS accepts each of the next two types several times, and runs it once.
            "Decompression" => {
                check_decompression(&processor)?;
                self.processors.decompresses = true;
                self.decompression.get_or_insert_with(|| processor.path().to_owned());
            }
            "CloudWatchLogProcessing" => {
                self.processors.extracts_messages |= read_log_processing(&processor)?;
                self.log_processing.get_or_insert_with(|| processor.path().to_owned());
            }
            "RecordDeAggregation" if self.processors.sub_records.is_some() => {
                return Err(kind.not_simulated("a second RecordDeAggregation is not simulated"));
            }
            "RecordDeAggregation" => {
                self.processors.sub_records = Some(read_sub_records(&processor)?);
            }
            "MetadataExtraction" if self.extraction.is_some() => {
                return Err(kind.not_simulated("a second MetadataExtraction is not simulated"));
            }
            "MetadataExtraction" => {
                self.extraction = Some(processor.path().to_owned());
                self.processors.metadata_query = Some(read_metadata_query(&processor)?);
            }
            other => return Err(kind.wrong(format!("Firehose has no processor `{other}`"))),
        }
        Ok(())
    }

    /// Checks that log messages are extracted from decompressed records only, as AWS does.
    fn check_order(&self, configuration: &Mapping<'_>) -> Result<(), TemplateError> {
        match &self.log_processing {
            Some(path) if self.decompression.is_none() => {
                let reason = format!(
                    "CloudWatchLogProcessing needs a Decompression processor; add {{Type: \
                     Decompression}} to {}",
                    configuration.path_of("Processors")
                );
                Err(TemplateError::wrong(path.as_str(), reason))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::cloudformation::sample_deployment;

    const LAMBDA: &str = "{Type: Lambda, Parameters: [{ParameterName: LambdaArn, \
         ParameterValue: !Ref Square.Alias}]}";

    #[test]
    fn an_unknown_processor_is_an_error() {
        let cases = [
            "{Type: Uppercase}".to_owned(),
            "{Parameters: []}".to_owned(),
            format!("{LAMBDA}, {LAMBDA}"),
            ["{Type: AppendDelimiterToRecord}"; 6].join(", "),
            String::new(),
        ];
        let errors =
            cases.map(|processors| sample_deployment::processors(&processors).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Type: Firehose has no processor `Uppercase`
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0]: the required Type is missing
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[1].Type: a delivery stream has at most one Lambda processor
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors: has 6 processors; Firehose allows 5
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration: Enabled is true without a processor; Firehose needs 1 to 5; add one to Processors, or set Enabled to false
        ");
    }

    #[test]
    fn append_delimiter_to_record_appends_a_newline() {
        let read = sample_deployment::processors("{Type: AppendDelimiterToRecord}").unwrap();
        assert!(read.delivery_streams[0].append_delimiter);
        assert_eq!(read.delivery_streams[0].lambda, None);
    }

    #[test]
    fn disabled_processors_have_no_effect_but_a_warning() {
        for enabled in ["", "Enabled: false, "] {
            let read = sample_deployment::destination(&format!(
                "ProcessingConfiguration: {{{enabled}Processors: [{LAMBDA}]}}"
            ))
            .unwrap();
            assert_eq!(read.delivery_streams[0].lambda, None);
            assert!(read.functions.is_empty());
            assert!(read.notes.is_empty());
            insta::allow_duplicates! {
                insta::assert_snapshot!(sample_deployment::notes(&read), @"(warning) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration: Enabled is not true, so the records are delivered without processing");
            }
        }
    }
}
