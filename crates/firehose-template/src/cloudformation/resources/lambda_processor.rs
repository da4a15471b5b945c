use std::{collections::BTreeMap, time::Duration};

use firehose_delivery::{
    aws_names::function_arn,
    delivery_stream::{
        LAMBDA_BUFFER_MEGABYTES, LAMBDA_BUFFER_SECONDS, LAMBDA_RETRIES, LambdaProcessorConfig,
        megabytes_to_bytes,
    },
};

use super::{
    destination_section::SectionKind,
    lambda_function::read_function,
    processor_parameters::{Parameter, read_parameters},
    resources_by_arn::ResourcesByArn,
};
use crate::{
    arn,
    cloudformation::evaluator::{Mapping, Node, ResolvedValue},
    deployment::{DeployedFunction, Deployment},
    error::TemplateError,
};

/// The names of the parameters of a Lambda processor.
const NAMES: &[&str] =
    &["LambdaArn", "BufferSizeInMBs", "BufferIntervalInSeconds", "NumberOfRetries", "RoleArn"];

/// The parameters of a Lambda processor. A missing parameter has Firehose's default.
#[derive(Debug)]
pub(super) struct LambdaParameters<'a> {
    arn: Parameter<'a>,
    buffer_size: Option<u64>,
    buffer_interval: Option<Duration>,
    retries: Option<u32>,
}

impl<'a> LambdaParameters<'a> {
    /// Reads the parameters of a processor of type `Lambda`.
    pub(super) fn read(processor: &Mapping<'a>) -> Result<Self, TemplateError> {
        let list = processor.require("Parameters")?;
        let mut parameters = read_parameters(&list, "Lambda", NAMES)?;
        let arn = parameters.remove("LambdaArn");
        // The role has no effect on a local run, so its value may be unknown.
        parameters.remove("RoleArn");
        let mut known = BTreeMap::new();
        for (name, value) in parameters {
            known.insert(name, value.value?);
        }
        let parameters = known;
        let buffer_size = match parameters.get("BufferSizeInMBs") {
            Some(size) => Some(megabytes_to_bytes(size.number(LAMBDA_BUFFER_MEGABYTES)?)),
            None => None,
        };
        let buffer_interval = match parameters.get("BufferIntervalInSeconds") {
            Some(interval) => Some(Duration::from_secs(interval.number(LAMBDA_BUFFER_SECONDS)?)),
            None => None,
        };
        let retries = match parameters.get("NumberOfRetries") {
            Some(retries) => Some(retries.number(LAMBDA_RETRIES)?),
            None => None,
        };
        let Some(arn) = arn else {
            return Err(list.wrong("the required parameter LambdaArn is missing"));
        };
        check_both_hints(&list, buffer_size.is_some(), buffer_interval.is_some())?;
        Ok(Self { arn, buffer_size, buffer_interval, retries })
    }

    /// Sets the defaults of the buffering parameters for a destination other than S3: 256 KB for
    /// Splunk and Snowflake, and 30 seconds for Snowflake
    /// (<https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>).
    pub(super) fn set_default_buffering(&mut self, destination: SectionKind) {
        if matches!(destination, SectionKind::Splunk | SectionKind::Snowflake) {
            self.buffer_size.get_or_insert(256 * 1024);
        }
        if destination == SectionKind::Snowflake {
            self.buffer_interval.get_or_insert(Duration::from_secs(30));
        }
    }

    /// Creates the processor, and adds its function to the deployment.
    pub(super) fn into_processor(
        self,
        resources: &ResourcesByArn<'_>,
        deployment: &mut Deployment,
    ) -> Result<LambdaProcessorConfig, TemplateError> {
        let Parameter { mapping, value } = self.arn;
        let (id, arn, function) = match value.and_then(|value| Ok((value.text()?, value))) {
            Ok((arn, value)) => read_arn(&arn, &value, resources, deployment)?,
            Err(error) => undeployed_function(&error, &mapping, resources, deployment)?,
        };
        deployment.functions.insert(id.clone(), function);
        let mut processor = LambdaProcessorConfig::new(id, arn.as_str());
        let buffering = &mut processor.buffering;
        buffering.size = self.buffer_size.unwrap_or(buffering.size);
        buffering.interval = self.buffer_interval.unwrap_or(buffering.interval);
        processor.retries = self.retries.unwrap_or(processor.retries);
        Ok(processor)
    }
}

/// Checks that a processor has both buffering hints or neither:
/// [observed](https://github.com/badmintoncryer/cdk-preflight).
fn check_both_hints(
    parameters: &ResolvedValue<'_>,
    has_size: bool,
    has_interval: bool,
) -> Result<(), TemplateError> {
    let (set, missing, default) = match (has_size, has_interval) {
        (true, false) => ("BufferSizeInMBs", "BufferIntervalInSeconds", 60),
        (false, true) => ("BufferIntervalInSeconds", "BufferSizeInMBs", 1),
        (true, true) | (false, false) => return Ok(()),
    };
    Err(parameters.wrong(format!(
        "{set} is set without {missing}; Firehose needs both or neither; its default for {missing} \
         is {default}"
    )))
}

/// Reads the function with this ARN. Returns the id, the ARN and the settings of the function. The
/// id of a function outside the template is its ARN.
fn read_arn(
    arn: &str,
    value: &ResolvedValue<'_>,
    resources: &ResourcesByArn<'_>,
    deployment: &mut Deployment,
) -> Result<(String, String, DeployedFunction), TemplateError> {
    let Some(unqualified) = arn::unqualified_function(arn) else {
        return Err(value.wrong(format!("`{arn}` is not the ARN of a function")));
    };
    if let Some(resource) = resources.functions.get(&unqualified) {
        let function = read_function(*resource, deployment)?;
        return Ok((resource.id().to_owned(), arn.to_owned(), function));
    }
    let text = format!("{arn} is not in this template; assuming the default settings of Lambda");
    deployment.note(value.path(), text);
    Ok((arn.to_owned(), arn.to_owned(), DeployedFunction::default()))
}

/// Returns the function behind an ARN that only a deployed stack has: a function of the template
/// with an unknown name, or a placeholder. Fails if the ARN has another fault.
fn undeployed_function(
    error: &TemplateError,
    parameter: &Mapping<'_>,
    resources: &ResourcesByArn<'_>,
    deployment: &mut Deployment,
) -> Result<(String, String, DeployedFunction), TemplateError> {
    let Some(value) = error.undeployed_value() else { return Err(error.clone()) };
    if let Some(arn) = parameter.local_text("ParameterValue")
        && let Some(unqualified) = arn::unqualified_function(&arn)
        && let Some(resource) = resources.functions.get(&unqualified)
    {
        let id = resource.id().to_owned();
        deployment.note_undeployed(error, &format!("the function is called {id} here"));
        let function = read_function(*resource, deployment)?;
        return Ok((id, arn, function));
    }
    let node = parameter.unevaluated("ParameterValue").unwrap_or(&Node::Null);
    let is_function = |id: &str| resources.functions.values().any(|it| it.id() == id);
    let id = resources.placeholders.id(node, value, is_function);
    let here = format!("the function is called {id} here, with the default settings of Lambda");
    deployment.note_undeployed(error, &here);
    let arn = function_arn(&id);
    Ok((id, arn, DeployedFunction::default()))
}

#[cfg(test)]
mod tests {
    use firehose_delivery::delivery_stream::BufferingHints;

    use super::*;
    use crate::cloudformation::sample_deployment;

    const ARN: &str = "{ParameterName: LambdaArn, ParameterValue: !Ref Square.Alias}";

    fn lambda(parameters: &str) -> Result<LambdaProcessorConfig, String> {
        let text = format!("{{Type: Lambda, Parameters: [{ARN}, {parameters}]}}");
        sample_deployment::processors(&text)
            .map(|mut read| read.delivery_streams.remove(0).lambda.unwrap())
    }

    fn parameter(name: &str, value: &str) -> String {
        format!("{{ParameterName: {name}, ParameterValue: {value}}}")
    }

    #[test]
    fn a_missing_parameter_has_the_default_of_firehose() {
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:Square:live";
        assert_eq!(lambda("").unwrap(), LambdaProcessorConfig::new("Square", arn));
    }

    #[test]
    fn every_parameter_is_read() {
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
    fn an_invalid_parameter_is_an_error() {
        let cases = [
            parameter("BufferSizeInMBs", "0.1"),
            parameter("BufferSizeInMBs", "3.5"),
            parameter("BufferSizeInMBs", "nan"),
            parameter("BufferIntervalInSeconds", "901"),
            parameter("BufferIntervalInSeconds", "1.5"),
            parameter("BufferSizeInMBs", "3"),
            parameter("BufferIntervalInSeconds", "60"),
            parameter("NumberOfRetries", "'-1'"),
            parameter("LambdaArn", "!Ref Square.Alias"),
            parameter("Delimiter", "x"),
        ];
        let errors = cases.map(|parameter| lambda(&parameter).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferSizeInMBs): `0.1` is not a number from 0.2 to 3
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferSizeInMBs): `3.5` is not a number from 0.2 to 3
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferSizeInMBs): `nan` is not a number from 0.2 to 3
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferIntervalInSeconds): `901` is not a number from 0 to 900
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (BufferIntervalInSeconds): `1.5` is not a number from 0 to 900
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters: BufferSizeInMBs is set without BufferIntervalInSeconds; Firehose needs both or neither; its default for BufferIntervalInSeconds is 60
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters: BufferIntervalInSeconds is set without BufferSizeInMBs; Firehose needs both or neither; its default for BufferSizeInMBs is 1
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterValue (NumberOfRetries): `-1` is not a number from 0 to 300
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterName: the parameter LambdaArn occurs twice; remove one
        (not simulated) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[1].ParameterName: the parameter Delimiter of a Lambda processor is unknown
        ");
    }

    #[test]
    fn a_processor_without_the_arn_of_a_function_is_an_error() {
        let cases = [
            "{Type: Lambda, Parameters: []}",
            "{Type: Lambda, Parameters: [{ParameterName: LambdaArn, ParameterValue: Square}]}",
        ];
        let errors = cases.map(|processors| sample_deployment::processors(processors).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters: the required parameter LambdaArn is missing
        Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[0].ParameterValue (LambdaArn): `Square` is not the ARN of a function
        ");
    }
}
