use std::{collections::BTreeMap, time::Duration};

use crate::cloudformation::evaluator::property::{Fields, Property};
use crate::error::TemplateError;
use firehose_delivery::delivery_stream::{BufferingHints, MEGABYTE};

/// The limits of a Lambda processor:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html> and
/// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>.
const MIN_BUFFER_MEGABYTES: f64 = 0.2;
const MAX_BUFFER_MEGABYTES: f64 = 3.0;
const MAX_BUFFER_SECONDS: u64 = 900;
const MAX_RETRIES: u32 = 300;

/// What a `ProcessingConfiguration` says.
#[derive(Debug, Default)]
pub(crate) struct Processing<'a> {
    pub lambda: Option<Lambda<'a>>,
    pub append_delimiter: bool,
    /// For people to read.
    pub note: Option<String>,
}

/// A Lambda processor, before its function is looked for. What is `None` has Firehose's default.
#[derive(Debug)]
pub(crate) struct Lambda<'a> {
    pub arn: Property<'a>,
    size: Option<u64>,
    interval: Option<Duration>,
    pub retries: Option<u32>,
}

impl Lambda<'_> {
    /// The hints, with the defaults where there are none.
    pub(crate) fn buffering(&self, default: BufferingHints) -> BufferingHints {
        BufferingHints {
            size: self.size.unwrap_or(default.size),
            interval: self.interval.unwrap_or(default.interval),
        }
    }
}

/// Reads a `ProcessingConfiguration`, which does nothing unless it is enabled.
pub(crate) fn read<'a>(configuration: &Fields<'a>) -> Result<Processing<'a>, TemplateError> {
    configuration.only(&["Enabled", "Processors"])?;
    let mut processing = Processing::default();
    let processors = match configuration.get("Processors")? {
        Some(processors) => processors.items()?,
        None => Vec::new(),
    };
    if !configuration.is_true("Enabled")? {
        if !processors.is_empty() {
            processing.note = Some(format!(
                "{}: Enabled is not true, so that its processors do nothing",
                configuration.path
            ));
        }
        return Ok(processing);
    }
    for processor in processors {
        let fields = processor.fields()?;
        fields.only(&["Type", "Parameters"])?;
        let kind = fields.require("Type")?;
        match kind.text()?.as_str() {
            "Lambda" if processing.lambda.is_some() => {
                return Err(kind.wrong("a delivery stream has one Lambda processor at most"));
            }
            "Lambda" => processing.lambda = Some(lambda(&fields)?),
            // Firehose takes no notice of its parameters: the delimiter is a newline.
            "AppendDelimiterToRecord" => processing.append_delimiter = true,
            other @ ("Decompression"
            | "CloudWatchLogProcessing"
            | "RecordDeAggregation"
            | "MetadataExtraction") => {
                return Err(kind.not_simulated(format!("the processor {other} is not simulated")));
            }
            other => return Err(kind.wrong(format!("Firehose has no processor {other}"))),
        }
    }
    Ok(processing)
}

fn lambda<'a>(processor: &Fields<'a>) -> Result<Lambda<'a>, TemplateError> {
    let mut parameters = BTreeMap::new();
    let list = processor.require("Parameters")?;
    for parameter in list.items()? {
        let fields = parameter.fields()?;
        let name = fields.require("ParameterName")?;
        let mut value = fields.require("ParameterValue")?;
        let text = name.text()?;
        // Its index alone says little.
        value.path = format!("{} ({text})", value.path);
        match text.as_str() {
            "LambdaArn"
            | "BufferSizeInMBs"
            | "BufferIntervalInSeconds"
            | "NumberOfRetries"
            | "RoleArn" => {}
            other => {
                let reason = format!("the parameter {other} of a Lambda processor is not known");
                return Err(name.not_simulated(reason));
            }
        }
        if parameters.insert(text.clone(), value).is_some() {
            return Err(name.wrong(format!("the parameter {text} is there twice")));
        }
    }
    let size = match parameters.get("BufferSizeInMBs") {
        Some(size) => Some(bytes(size.number(MIN_BUFFER_MEGABYTES, MAX_BUFFER_MEGABYTES)?)),
        None => None,
    };
    let interval = match parameters.get("BufferIntervalInSeconds") {
        Some(interval) => Some(Duration::from_secs(interval.number(0, MAX_BUFFER_SECONDS)?)),
        None => None,
    };
    let retries = match parameters.get("NumberOfRetries") {
        Some(retries) => Some(retries.number(0, MAX_RETRIES)?),
        None => None,
    };
    let Some(arn) = parameters.remove("LambdaArn") else {
        return Err(list.wrong("LambdaArn is required among them, and missing"));
    };
    Ok(Lambda { arn, size, interval, retries })
}

/// Megabytes, which are few and may have a fraction, in bytes.
fn bytes(megabytes: f64) -> u64 {
    (megabytes * MEGABYTE as f64).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use firehose_delivery::delivery_stream::LambdaProcessorConfig;

    const ARN: &str = "{ParameterName: LambdaArn, ParameterValue: !Ref Square.Alias}";

    fn lambda(parameters: &str) -> Result<LambdaProcessorConfig, String> {
        let text = format!("{{Type: Lambda, Parameters: [{ARN}, {parameters}]}}");
        sample::processors(&text).map(|mut read| read.delivery_streams.remove(0).lambda.unwrap())
    }

    fn parameter(name: &str, value: &str) -> String {
        format!("{{ParameterName: {name}, ParameterValue: {value}}}")
    }

    #[test]
    fn a_lambda_processor_has_the_defaults_of_firehose() {
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:Square:live";
        assert_eq!(lambda("").unwrap(), LambdaProcessorConfig::new("Square", arn));
    }

    #[test]
    fn the_parameters_of_a_lambda_processor_are_read() {
        let parameters = [
            parameter("BufferSizeInMBs", "'0.2'"),
            parameter("BufferIntervalInSeconds", "0"),
            parameter("NumberOfRetries", "300"),
            parameter("RoleArn", "role"),
        ];
        let processor = lambda(&parameters.join(", ")).unwrap();
        assert_eq!(processor.buffering, BufferingHints { size: 209_715, interval: Duration::ZERO });
        assert_eq!(processor.retries, 300);
    }

    #[test]
    fn what_is_out_of_its_limits_is_an_error() {
        let cases = [
            parameter("BufferSizeInMBs", "0.1"),
            parameter("BufferSizeInMBs", "3.5"),
            parameter("BufferSizeInMBs", "nan"),
            parameter("BufferIntervalInSeconds", "901"),
            parameter("BufferIntervalInSeconds", "1.5"),
            parameter("NumberOfRetries", "'-1'"),
            parameter("LambdaArn", "!Ref Square.Alias"),
            parameter("Delimiter", "x"),
        ];
        let errors = cases.map(|parameter| lambda(&parameter).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferSizeInMBs): 0.1 is no number from 0.2 to 3
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferSizeInMBs): 3.5 is no number from 0.2 to 3
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferSizeInMBs): nan is no number from 0.2 to 3
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferIntervalInSeconds): 901 is no number from 0 to 900
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferIntervalInSeconds): 1.5 is no number from 0 to 900
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (NumberOfRetries): -1 is no number from 0 to 300
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterName: the parameter LambdaArn is there twice
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterName: the parameter Delimiter of a Lambda processor is not known
        ");
    }

    #[test]
    fn other_processors_are_not_ignored() {
        let one = format!("{{Type: Lambda, Parameters: [{ARN}]}}");
        let cases = [
            "{Type: Decompression}".to_owned(),
            "{Type: RecordDeAggregation}".to_owned(),
            "{Type: Uppercase}".to_owned(),
            "{Type: Lambda, Parameters: []}".to_owned(),
            "{Parameters: []}".to_owned(),
            format!("{one}, {one}"),
            "{Type: Lambda, Parameters: [{ParameterName: LambdaArn, ParameterValue: Square}]}"
                .to_owned(),
        ];
        let errors = cases.map(|processors| sample::processors(&processors).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Type: the processor Decompression is not simulated
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Type: the processor RecordDeAggregation is not simulated
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Type: Firehose has no processor Uppercase
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters: LambdaArn is required among them, and missing
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0]: Type is required here, and missing
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[1].Type: a delivery stream has one Lambda processor at most
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[0].ParameterValue (LambdaArn): Square is no ARN of a function
        ");
    }

    #[test]
    fn a_newline_between_records_is_a_processor() {
        let read = sample::processors("{Type: AppendDelimiterToRecord}").unwrap();
        assert!(read.delivery_streams[0].append_delimiter);
        assert_eq!(read.delivery_streams[0].lambda, None);
    }

    #[test]
    fn processors_that_are_not_enabled_do_nothing_and_are_noted() {
        for enabled in ["", "Enabled: false, "] {
            let read = sample::destination(&format!(
                "ProcessingConfiguration: {{{enabled}Processors: [{{Type: Lambda, Parameters: [{ARN}]}}]}}"
            ))
            .unwrap();
            assert_eq!(read.delivery_streams[0].lambda, None);
            assert!(read.functions.is_empty());
            insta::allow_duplicates! { insta::assert_snapshot!(read.notes.join("\n"), @"Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration: Enabled is not true, so that its processors do nothing"); }
        }
    }
}
