use std::time::Duration;

use firehose_delivery::function::Language;

use super::function_code::read_code;
use crate::{
    cloudformation::evaluator::Resource,
    deployment::{DeployedFunction, Deployment},
    error::TemplateError,
};

/// The longest duration of an invocation, and the limits of the memory in MB:
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const MAX_TIMEOUT_SECONDS: u64 = 900;
const MIN_MEMORY: u32 = 128;
const MAX_MEMORY: u32 = 10_240;

/// Reads a function. `Globals` of SAM replace missing properties.
///
/// A timeout that only a deployed stack has is an error, because the timeout decides which
/// invocations fail.
pub(super) fn read_function(
    resource: Resource<'_>,
    deployment: &mut Deployment,
) -> Result<DeployedFunction, TemplateError> {
    let mut function = read_settings(resource, deployment)?;
    function.timeout = read_timeout(resource)?.unwrap_or(function.timeout);
    Ok(function)
}

/// Reads the timeout of a function.
pub(crate) fn read_timeout(resource: Resource<'_>) -> Result<Option<Duration>, TemplateError> {
    let Some(timeout) = resource.property("Timeout")? else { return Ok(None) };
    Ok(Some(Duration::from_secs(timeout.number(1..=MAX_TIMEOUT_SECONDS)?)))
}

/// Reads a function except its timeout.
///
/// Adds a note for each memory size and environment variable with a value that only a deployed
/// stack has. The memory then has the default size, and the variable is left out.
pub(crate) fn read_settings(
    resource: Resource<'_>,
    deployment: &mut Deployment,
) -> Result<DeployedFunction, TemplateError> {
    let property = |name| resource.property(name);
    let mut function = DeployedFunction { binary: read_binary(resource)?, ..Default::default() };
    if let Ok(Some(package)) = property("PackageType") {
        function.is_image = package.text().is_ok_and(|package| package == "Image");
    }
    match property("Runtime") {
        // `Globals` can have a runtime, but an image has none.
        Ok(_) if function.is_image => {}
        Ok(runtime) => function.runtime = runtime.and_then(|runtime| runtime.text().ok()),
        Err(error) if error.undeployed_value().is_some() => {}
        Err(error) => return Err(error),
    }
    function.handler = property("Handler").ok().flatten().and_then(|handler| handler.text().ok());
    function.code = read_code(resource);
    let language = function.runtime.as_deref().and_then(Language::of_runtime);
    if language.is_some() && !matches!(property("Layers"), Ok(None)) {
        let text = "the layers are not loaded; install their packages for the interpreter, or beside \
                    the code";
        deployment.note(resource.path_of("Layers"), text);
    }
    let memory = property("MemorySize")
        .and_then(|memory| memory.map(|memory| memory.number(MIN_MEMORY..=MAX_MEMORY)).transpose());
    match memory {
        Ok(Some(memory)) => function.memory_size = memory,
        Ok(None) => {}
        Err(error) if error.undeployed_value().is_some() => {
            let here = format!("the function has {} MB here", function.memory_size);
            deployment.note_undeployed(&error, &here);
        }
        Err(error) => return Err(error),
    }
    // SAM merges the variables. A variable of the function replaces the same variable of `Globals`.
    for layer in [resource.globals(), resource.properties()?] {
        let variables = layer.mapping("Environment")?.mapping("Variables")?;
        for name in variables.keys()? {
            match variables.require(name).and_then(|value| value.text()) {
                Ok(value) => {
                    function.environment.insert(name.to_owned(), value);
                }
                Err(error) if error.undeployed_value().is_some() => {
                    let here =
                        format!("set {name} in your environment, which the function inherits");
                    deployment.note_undeployed(&error, &here);
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(function)
}

/// Returns the binary target that SAM builds with cargo-lambda, if the metadata contains its name.
fn read_binary(resource: Resource<'_>) -> Result<Option<String>, TemplateError> {
    let metadata = resource.metadata()?;
    if metadata.text("BuildMethod")?.as_deref() != Some("rust-cargolambda") {
        return Ok(None);
    }
    metadata.mapping("BuildProperties")?.text("Binary")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::sample_deployment;

    fn read(globals: &str, function: &str) -> Result<DeployedFunction, String> {
        let mut read = sample_deployment::read(&format!(
            "Globals: {{Function: {{{globals}}}}}
Resources:
  F: {{{function}}}
  Delivery:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: arn:aws:s3:::b
        ProcessingConfiguration:
          Enabled: true
          Processors:
            - Type: Lambda
              Parameters: [{{ParameterName: LambdaArn, ParameterValue: !GetAtt F.Arn}}]"
        ))?;
        Ok(read.functions.remove("F").unwrap())
    }

    #[test]
    fn a_sam_function_has_the_globals() {
        let globals = "Timeout: 30, MemorySize: 256, Environment: {Variables: {A: 1, B: 1}}";
        let function = "Type: 'AWS::Serverless::Function', Properties: {Timeout: 60, \
             Environment: {Variables: {B: 2, C: !Ref 'AWS::Region'}}}, \
             Metadata: {BuildMethod: rust-cargolambda, BuildProperties: {Binary: f}}";
        let variables = [("A", "1"), ("B", "2"), ("C", "us-east-1")];
        assert_eq!(
            read(globals, function).unwrap(),
            DeployedFunction {
                runtime: None,
                is_image: false,
                handler: None,
                code: None,
                binary: Some("f".to_owned()),
                timeout: Duration::from_secs(60),
                memory_size: 256,
                environment: variables.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
            }
        );
    }

    #[test]
    fn a_function_without_settings_has_the_defaults_of_lambda() {
        let function = "Type: 'AWS::Lambda::Function', Properties: {Runtime: python3.13}";
        let expected = DeployedFunction {
            runtime: Some("python3.13".to_owned()),
            ..DeployedFunction::default()
        };
        assert_eq!(read("Timeout: 30", function).unwrap(), expected);
    }

    #[test]
    fn an_image_does_not_have_the_runtime_of_the_globals() {
        let function = "Type: 'AWS::Serverless::Function', Properties: {PackageType: Image}";
        let expected = DeployedFunction { is_image: true, ..DeployedFunction::default() };
        assert_eq!(read("Runtime: nodejs20.x", function).unwrap(), expected);
    }

    #[test]
    fn a_setting_outside_the_limits_of_lambda_is_an_error() {
        let cases =
            ["Timeout: 0", "Timeout: 901", "MemorySize: 64", "MemorySize: 10241", "Timeout: x"];
        let errors = cases.map(|property| {
            let function = format!("Type: 'AWS::Lambda::Function', Properties: {{{property}}}");
            read("", &function).unwrap_err()
        });
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.F.Properties.Timeout: `0` is not a number from 1 to 900
        Resources.F.Properties.Timeout: `901` is not a number from 1 to 900
        Resources.F.Properties.MemorySize: `64` is not a number from 128 to 10240
        Resources.F.Properties.MemorySize: `10241` is not a number from 128 to 10240
        Resources.F.Properties.Timeout: `x` is not a number from 1 to 900
        ");
    }
}
