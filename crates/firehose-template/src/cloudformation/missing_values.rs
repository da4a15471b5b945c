use super::{
    evaluator::{Addresses, Node, Template},
    resources::{ResourcesByArn, read_delivery_stream},
};
use crate::{
    error::{MissingValue, TemplateError},
    given_values::GivenValues,
};

/// The number of missing values after which the search ends.
const MAX: usize = 30;

/// The stand-in for a missing value. It is valid as a text and as a number.
const STAND_IN: &str = "1";

/// A document with the values of a user.
#[derive(Clone, Copy, Debug)]
pub(super) struct SourceCode<'a> {
    pub document: &'a Node,
    pub given: &'a GivenValues,
    /// The paths of the code from which the document was translated.
    pub addresses: Option<&'a Addresses>,
    /// The templates of further stacks, whose streams and functions the delivery streams can use.
    pub others: &'a [Template<'a>],
}

/// Returns the values that a delivery stream lacks. `error` is the error of the first value.
///
/// An evaluation ends at the first missing value. This function evaluates the delivery stream again
/// with a stand-in for each missing value, until the evaluation succeeds or has another error.
pub(super) fn missing_values(
    code: &SourceCode<'_>,
    id: &str,
    error: &TemplateError,
) -> Vec<MissingValue> {
    let document = code.document;
    let mut given = code.given.clone();
    let mut found: Vec<MissingValue> = Vec::new();
    let mut next = error.missing_values();
    while found.len() < MAX {
        next.retain(|value| !found.contains(value));
        if next.is_empty() {
            break;
        }
        for value in &next {
            let (values, name, stand_in) = match value {
                MissingValue::Parameter(name) => {
                    (&mut given.parameters, name, allowed_value(document, name))
                }
                MissingValue::Import(name) => (&mut given.imports, name, None),
                MissingValue::Property(path) => (&mut given.properties, path, None),
            };
            values.insert(name.clone(), stand_in.unwrap_or(STAND_IN).to_owned());
        }
        found.append(&mut next);
        next = error_of(code, &given, id).map_or_else(Vec::new, |error| error.missing_values());
    }
    found
}

/// Returns a value that the template allows for a parameter, if the template lists such values.
fn allowed_value<'a>(document: &'a Node, parameter: &str) -> Option<&'a str> {
    let mut node = document;
    for key in ["Parameters", parameter, "AllowedValues"] {
        node = node.entries()?.iter().find(|(name, _)| name == key).map(|(_, node)| node)?;
    }
    let Node::List(values) = node else { return None };
    values.first()?.as_scalar()
}

/// Returns the error of a delivery stream with these values.
fn error_of(code: &SourceCode<'_>, given: &GivenValues, id: &str) -> Option<TemplateError> {
    let template = Template::new(code.document, given).ok()?.with_addresses(code.addresses);
    let resources = ResourcesByArn::find(code.others, &template);
    let resource = template.resources().find(|resource| resource.id() == id)?;
    let error = read_delivery_stream(&resources, resource).err()?;
    Some(error.with_parameters(&template.missing_parameters(id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::{read_cloudformation, sample_deployment};

    const TEXT: &str = "
Parameters: {Size: {Type: Number}, Mode: {Type: String, AllowedValues: [GZIP]}, Other: {Type: String}}
Resources:
  A:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: arn:aws:s3:::b
        RoleARN: !ImportValue role
        Prefix: !Sub ['${a}/${b}/', {a: !ImportValue one, b: !ImportValue two}]
        ErrorOutputPrefix: '{{resolve:ssm:/errors}}'
        BufferingHints: {SizeInMBs: !Ref Size, IntervalInSeconds: !ImportValue seconds}
        CompressionFormat: !Ref Mode
  B:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      S3DestinationConfiguration: {BucketARN: 'arn:aws:s3:::b', Prefix: !Ref Other}
  C:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties: {S3DestinationConfiguration: {BucketARN: 'arn:aws:s3:::b'}}
";

    #[test]
    fn all_values_that_a_delivery_stream_lacks_are_named_at_once() {
        let read = sample_deployment::read(TEXT).unwrap();
        let name = |value: &MissingValue| match value {
            MissingValue::Parameter(name) => format!("parameter {name}"),
            MissingValue::Import(name) => format!("import {name}"),
            MissingValue::Property(path) => path.rsplit('.').next().unwrap().to_owned(),
        };
        let mut missing: Vec<_> = read.unsupported["A"].missing.iter().map(name).collect();
        missing.sort_unstable();
        assert_eq!(
            missing,
            [
                "ErrorOutputPrefix",
                "import one",
                "import seconds",
                "import two",
                "parameter Mode",
                "parameter Size"
            ]
        );
    }

    #[test]
    fn a_delivery_stream_needs_only_its_own_parameters() {
        let read = sample_deployment::read(TEXT).unwrap();
        assert_eq!(read.unsupported["B"].missing, [MissingValue::Parameter("Other".to_owned())]);
        assert_eq!(read.delivery_streams.len(), 1);
        let other = [("Other".to_owned(), "x/".to_owned())].into();
        let read = read_cloudformation(TEXT, &GivenValues::of_parameters(other)).unwrap();
        let names: Vec<_> = read.delivery_streams.iter().map(|stream| &*stream.name).collect();
        assert_eq!(names, ["B", "C"]);
    }
}
