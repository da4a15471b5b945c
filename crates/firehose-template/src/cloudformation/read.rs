use std::collections::{BTreeMap, BTreeSet};

use super::{
    evaluator::{Node, Template},
    resources::{ResourcesByArn, note_not_simulated, read_delivery_stream},
};
use crate::{deployment::Deployment, error::TemplateError};

/// Reads a CloudFormation or SAM template in YAML or JSON. `parameters` replace the defaults of the
/// template's parameters.
///
/// A delivery stream that AWS may accept, but that cannot be simulated, is not an error. See
/// [`Deployment::unsupported`].
///
/// # Errors
///
/// If AWS would reject the template, if the template refers to a parameter without a value, or if
/// `parameters` names a parameter that the template does not have.
pub fn read_cloudformation(
    text: &str,
    parameters: &BTreeMap<String, String>,
) -> Result<Deployment, TemplateError> {
    let document = Node::parse(text)?;
    let template = Template::new(&document, parameters)?;
    let resources = ResourcesByArn::find(&template);
    let mut deployment = Deployment::default();
    let mut names = BTreeSet::new();
    for resource in template.resources() {
        if resource.kind() != "AWS::KinesisFirehose::DeliveryStream" || !resource.is_deployed()? {
            continue;
        }
        // `read_delivery_stream` reports the error of a name that cannot be evaluated.
        let name = resource.name().unwrap_or_else(|_| resource.id().to_owned());
        if !names.insert(name.clone()) {
            let path = resource.path_of("DeliveryStreamName");
            let reason = format!("another delivery stream has the name {name}");
            return Err(TemplateError::wrong(path, reason));
        }
        match read_delivery_stream(&resources, resource) {
            Ok(part) => deployment.merge(part),
            Err(error) if error.is_not_simulated() => {
                deployment.unsupported.insert(name, error.to_string());
            }
            Err(error) => return Err(error),
        }
    }
    note_not_simulated(&template, &resources, &mut deployment);
    Ok(deployment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::sample_deployment;

    const STREAM: &str = "Type: 'AWS::KinesisFirehose::DeliveryStream', Properties";
    const S3: &str = "S3DestinationConfiguration: {BucketARN: 'arn:aws:s3:::b'}";

    #[test]
    fn an_unsupported_delivery_stream_leaves_the_others_usable() {
        let read = sample_deployment::read(&format!(
            "Resources:
  One: {{{STREAM}: {{{S3}}}}}
  Two: {{{STREAM}: {{DeliveryStreamName: two, SplunkDestinationConfiguration: {{}}}}}}
  Three: {{{STREAM}: {{DeliveryStreamName: !ImportValue name, {S3}}}}}"
        ))
        .unwrap();
        assert_eq!(read.delivery_streams.len(), 1);
        let reasons: Vec<String> =
            read.unsupported.iter().map(|(name, reason)| format!("{name}: {reason}")).collect();
        insta::assert_snapshot!(reasons.join("\n"), @r"
        Three: Resources.Three.Properties.DeliveryStreamName: Fn::ImportValue cannot be evaluated: another stack exports its value
        two: Resources.Two.Properties.SplunkDestinationConfiguration: is not simulated; the simulated sources are Direct PUT and Kinesis, and the only destination is S3
        ");
    }

    #[test]
    fn delivery_streams_keep_the_order_of_the_template() {
        let read = sample_deployment::read(&format!(
            "Resources:\n  B: {{{STREAM}: {{{S3}}}}}\n  A: {{{STREAM}: {{{S3}, DeliveryStreamName: first}}}}"
        ));
        let names: Vec<String> =
            read.unwrap().delivery_streams.into_iter().map(|stream| stream.name).collect();
        assert_eq!(names, ["B", "first"]);
    }

    #[test]
    fn a_duplicate_name_is_an_error() {
        let error = sample_deployment::read(&format!(
            "Resources:\n  A: {{{STREAM}: {{{S3}}}}}\n  B: {{{STREAM}: {{DeliveryStreamName: A, {S3}}}}}"
        ));
        insta::assert_snapshot!(error.unwrap_err(), @"Resources.B.Properties.DeliveryStreamName: another delivery stream has the name A");
    }

    #[test]
    fn a_resource_with_a_false_condition_is_skipped() {
        let text = format!(
            "Parameters: {{Stage: {{Type: String, Default: test}}}}
Conditions: {{Live: !Equals [!Ref Stage, live]}}
Resources:
  A: {{Condition: Live, {STREAM}: {{{S3}}}}}"
        );
        assert_eq!(sample_deployment::read(&text).unwrap(), Deployment::default());
        let live = BTreeMap::from([("Stage".to_owned(), "live".to_owned())]);
        assert_eq!(read_cloudformation(&text, &live).unwrap().delivery_streams.len(), 1);
    }

    #[test]
    fn an_unread_value_is_not_evaluated() {
        let read = sample_deployment::read(&format!(
            "Parameters: {{Missing: {{Type: String}}}}
Conditions: {{C: !Equals [!Ref Missing, x]}}
Resources:
  Alarm: {{Condition: C, Type: 'AWS::CloudWatch::Alarm', Properties: {{A: !ImportValue x}}}}
  Source: {{Condition: C, Type: 'AWS::Kinesis::Stream'}}
  A: {{{STREAM}: {{{S3}, Tags: !ImportValue tags}}}}"
        ));
        assert_eq!(read.unwrap().delivery_streams.len(), 1);
    }

    #[test]
    fn a_parameter_without_a_value_is_named() {
        let text = format!(
            "Parameters: {{Name: {{Type: String}}}}
Resources: {{A: {{{STREAM}: {{DeliveryStreamName: !Ref Name, {S3}}}}}}}"
        );
        let error = read_cloudformation(&text, &BTreeMap::new()).unwrap_err();
        assert_eq!(error.missing_parameter(), Some("Name"));
        insta::assert_snapshot!(error, @"Resources.A.Properties.DeliveryStreamName: the parameter Name has no default; give it a value");
    }

    #[test]
    fn json_is_read() {
        let text = r#"{"Resources": {"A": {"Type": "AWS::KinesisFirehose::DeliveryStream",
            "Properties": {"S3DestinationConfiguration": {"BucketARN":
            {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::b"]]}}}}}}"#;
        assert_eq!(
            sample_deployment::read(text).unwrap().delivery_streams[0].destination.bucket,
            "b"
        );
    }
}
