use std::time::Duration;

use crate::cloudformation::evaluator::property::{Fields, Property};
use crate::cloudformation::evaluator::resource::Resource;
use crate::cloudformation::evaluator::scope::Scope;
use crate::deployment::DeployedFunction;
use crate::error::TemplateError;

/// The longest that Lambda lets an invocation take:
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>, like the memory.
const MAX_TIMEOUT_SECONDS: u64 = 900;
const MIN_MEMORY: u32 = 128;
const MAX_MEMORY: u32 = 10_240;

/// Reads a function, with what `Globals` says where it says nothing itself.
pub(crate) fn read<'a>(
    scope: &'a Scope<'a>,
    resource: &Resource<'a>,
) -> Result<DeployedFunction, TemplateError> {
    let properties = resource.properties(scope)?;
    let globals =
        if resource.kind == "AWS::Serverless::Function" { scope.function_globals } else { &[] };
    let globals = Fields::new(scope, "Globals.Function", globals);
    let property = |name: &str| -> Result<Option<Property<'a>>, TemplateError> {
        Ok(match properties.get(name)? {
            Some(property) => Some(property),
            None => globals.get(name)?,
        })
    };
    let mut function = DeployedFunction { binary: binary(scope, resource)?, ..Default::default() };
    if let Some(timeout) = property("Timeout")? {
        function.timeout = Duration::from_secs(timeout.number(1, MAX_TIMEOUT_SECONDS)?);
    }
    if let Some(memory) = property("MemorySize")? {
        function.memory_size = memory.number(MIN_MEMORY, MAX_MEMORY)?;
    }
    // SAM adds up the variables of both.
    for layer in [&globals, &properties] {
        let variables = layer.fields("Environment")?.fields("Variables")?;
        for name in variables.keys()? {
            function.environment.insert(name.to_owned(), variables.require(name)?.text()?);
        }
    }
    Ok(function)
}

/// The binary that SAM builds with cargo-lambda, if it does.
fn binary<'a>(
    scope: &'a Scope<'a>,
    resource: &Resource<'a>,
) -> Result<Option<String>, TemplateError> {
    let metadata = resource.metadata(scope)?;
    if metadata.text("BuildMethod")?.as_deref() != Some("rust-cargolambda") {
        return Ok(None);
    }
    metadata.fields("BuildProperties")?.text("Binary")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn read(globals: &str, function: &str) -> Result<DeployedFunction, String> {
        let mut read = sample::read(&format!(
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
    fn a_function_of_sam_has_the_globals_of_sam() {
        let globals = "Timeout: 30, MemorySize: 256, Environment: {Variables: {A: 1, B: 1}}";
        let function = "Type: 'AWS::Serverless::Function', Properties: {Timeout: 60, \
             Environment: {Variables: {B: 2, C: !Ref 'AWS::Region'}}}, \
             Metadata: {BuildMethod: rust-cargolambda, BuildProperties: {Binary: f}}";
        let variables = [("A", "1"), ("B", "2"), ("C", "us-east-1")];
        assert_eq!(
            read(globals, function).unwrap(),
            DeployedFunction {
                binary: Some("f".to_owned()),
                timeout: Duration::from_secs(60),
                memory_size: 256,
                environment: variables.map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
            }
        );
    }

    #[test]
    fn a_function_that_says_nothing_has_the_defaults_of_lambda() {
        let function = "Type: 'AWS::Lambda::Function', Properties: {Runtime: python3.13}";
        assert_eq!(read("Timeout: 30", function).unwrap(), DeployedFunction::default());
    }

    #[test]
    fn what_is_out_of_lambdas_limits_is_an_error() {
        let cases =
            ["Timeout: 0", "Timeout: 901", "MemorySize: 64", "MemorySize: 10241", "Timeout: x"];
        let errors = cases.map(|property| {
            let function = format!("Type: 'AWS::Lambda::Function', Properties: {{{property}}}");
            read("", &function).unwrap_err()
        });
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.F.Properties.Timeout: 0 is no number from 1 to 900
        Resources.F.Properties.Timeout: 901 is no number from 1 to 900
        Resources.F.Properties.MemorySize: 64 is no number from 128 to 10240
        Resources.F.Properties.MemorySize: 10241 is no number from 128 to 10240
        Resources.F.Properties.Timeout: x is no number from 1 to 900
        ");
    }
}
