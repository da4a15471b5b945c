use super::{lambda_processor::LambdaParameters, reasons::Reasons};
use crate::{
    cloudformation::evaluator::{Mapping, ResolvedValue},
    error::TemplateError,
};

/// A `ProcessingConfiguration`.
#[derive(Debug, Default)]
pub(super) struct Processing<'a> {
    pub lambda: Option<LambdaParameters<'a>>,
    pub append_delimiter: bool,
    /// The path of the configuration, if it has processors but is not enabled.
    pub disabled: Option<String>,
}

/// Reads the `ProcessingConfiguration` of a destination. It has no effect unless it is enabled.
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
    let processors = reasons.keep(processors)?.unwrap_or_default();
    match reasons.keep(configuration.is_true("Enabled"))? {
        Some(true) => {}
        Some(false) if !processors.is_empty() => {
            processing.disabled = Some(configuration.path().to_owned());
            return Ok(processing);
        }
        Some(false) | None => return Ok(processing),
    }
    for processor in processors {
        reasons.keep(processing.add(&processor))?;
    }
    Ok(processing)
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
            other @ ("Decompression"
            | "CloudWatchLogProcessing"
            | "RecordDeAggregation"
            | "MetadataExtraction") => {
                return Err(kind.not_simulated(format!("the processor {other} is not simulated")));
            }
            other => return Err(kind.wrong(format!("Firehose has no processor `{other}`"))),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::cloudformation::sample_deployment;

    const LAMBDA: &str = "{Type: Lambda, Parameters: [{ParameterName: LambdaArn, \
         ParameterValue: !Ref Square.Alias}]}";

    #[test]
    fn an_unsupported_processor_is_not_ignored() {
        let cases = [
            "{Type: Decompression}".to_owned(),
            "{Type: RecordDeAggregation}".to_owned(),
            "{Type: Uppercase}".to_owned(),
            "{Parameters: []}".to_owned(),
            format!("{LAMBDA}, {LAMBDA}"),
        ];
        let errors =
            cases.map(|processors| sample_deployment::processors(&processors).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Type: the processor Decompression is not simulated
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Type: the processor RecordDeAggregation is not simulated
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Type: Firehose has no processor `Uppercase`
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0]: the required Type is missing
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[1].Type: a delivery stream has at most one Lambda processor
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
