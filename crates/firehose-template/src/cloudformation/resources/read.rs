use std::collections::{BTreeMap, BTreeSet};

use super::delivery_stream;
use super::notes;
use crate::cloudformation::evaluator::node::Node;
use crate::cloudformation::evaluator::resource::Resource;
use crate::cloudformation::evaluator::scope::Scope;
use crate::deployment::Deployment;
use crate::error::TemplateError;

/// What a delivery stream may name: the resources by their ARNs.
#[derive(Debug)]
pub(crate) struct Targets<'a> {
    pub scope: &'a Scope<'a>,
    pub kinesis_streams: BTreeMap<String, Resource<'a>>,
    pub functions: BTreeMap<String, Resource<'a>>,
}

impl Deployment {
    /// Reads a CloudFormation or SAM template, in YAML or JSON, with values for its parameters in
    /// place of their defaults.
    ///
    /// # Errors
    ///
    /// If AWS would not deploy the template, or a parameter lacks its value, or is not one of the
    /// template. A delivery stream that AWS may deploy, and that cannot be simulated, is no error:
    /// see [`unsupported`](Self::unsupported).
    pub fn from_template(
        text: &str,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        let template = Node::parse(text)?;
        let scope = Scope::new(&template, parameters)?;
        let targets = Targets::find(&scope);
        let mut deployment = Self::default();
        let mut names = BTreeSet::new();
        for resource in scope.resources_in_order() {
            if resource.kind != "AWS::KinesisFirehose::DeliveryStream"
                || !resource.is_deployed(&scope)?
            {
                continue;
            }
            // Where the name cannot be evaluated, reading says so.
            let name = resource.name(&scope).unwrap_or_else(|_| resource.id.to_owned());
            if !names.insert(name.clone()) {
                let path = resource.path("DeliveryStreamName");
                let reason = format!("{name} is the name of another delivery stream too");
                return Err(TemplateError::wrong(path, reason));
            }
            match delivery_stream::read(&targets, resource) {
                Ok(part) => deployment.add(part),
                Err(error) if error.is_not_simulated() => {
                    deployment.unsupported.insert(name, error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
        let notes = notes::of_template(&template, &targets, &deployment);
        deployment.notes.extend(notes);
        Ok(deployment)
    }

    fn add(&mut self, part: Self) {
        self.kinesis_streams.extend(part.kinesis_streams);
        self.delivery_streams.extend(part.delivery_streams);
        self.functions.extend(part.functions);
        self.notes.extend(part.notes);
    }
}

impl<'a> Targets<'a> {
    fn find(scope: &'a Scope<'a>) -> Self {
        let mut targets =
            Self { scope, kinesis_streams: BTreeMap::new(), functions: BTreeMap::new() };
        for resource in scope.resources_in_order() {
            let by_arn = match resource.kind {
                "AWS::Kinesis::Stream" => &mut targets.kinesis_streams,
                _ if resource.is_function() => &mut targets.functions,
                _ => continue,
            };
            // One whose condition or name cannot be evaluated is an error where something refers
            // to it.
            if let (Ok(true), Ok(arn)) = (resource.is_deployed(scope), resource.arn(scope)) {
                by_arn.insert(arn, *resource);
            }
        }
        targets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    const STREAM: &str = "Type: 'AWS::KinesisFirehose::DeliveryStream', Properties";
    const S3: &str = "S3DestinationConfiguration: {BucketARN: 'arn:aws:s3:::b'}";

    #[test]
    fn one_that_cannot_be_simulated_leaves_the_others_usable() {
        let read = sample::read(&format!(
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
        Three: Resources.Three.Properties.DeliveryStreamName: Fn::ImportValue cannot be evaluated: it gives what another stack exports
        two: Resources.Two.Properties.SplunkDestinationConfiguration: is not simulated: sources are Direct PUT and Kinesis, and S3 is the only destination
        ");
    }

    #[test]
    fn delivery_streams_keep_the_order_of_the_template() {
        let read = sample::read(&format!(
            "Resources:\n  B: {{{STREAM}: {{{S3}}}}}\n  A: {{{STREAM}: {{{S3}, DeliveryStreamName: first}}}}"
        ));
        let names: Vec<String> =
            read.unwrap().delivery_streams.into_iter().map(|stream| stream.name).collect();
        assert_eq!(names, ["B", "first"]);
    }

    #[test]
    fn a_name_that_is_there_twice_is_an_error() {
        let error = sample::read(&format!(
            "Resources:\n  A: {{{STREAM}: {{{S3}}}}}\n  B: {{{STREAM}: {{DeliveryStreamName: A, {S3}}}}}"
        ));
        insta::assert_snapshot!(error.unwrap_err(), @"Resources.B.Properties.DeliveryStreamName: A is the name of another delivery stream too");
    }

    #[test]
    fn a_resource_with_a_false_condition_is_not_there() {
        let text = format!(
            "Parameters: {{Stage: {{Type: String, Default: test}}}}
Conditions: {{Live: !Equals [!Ref Stage, live]}}
Resources:
  A: {{Condition: Live, {STREAM}: {{{S3}}}}}"
        );
        assert_eq!(sample::read(&text).unwrap(), Deployment::default());
        let live = BTreeMap::from([("Stage".to_owned(), "live".to_owned())]);
        assert_eq!(Deployment::from_template(&text, &live).unwrap().delivery_streams.len(), 1);
    }

    #[test]
    fn what_is_not_read_is_not_evaluated() {
        let read = sample::read(&format!(
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
    fn what_is_no_template_is_an_error() {
        let cases = ["", "text", "{", "a: 1", "Resources: []", "Resources: {}\nParameters: x"];
        let errors = cases.map(|text| sample::read(text).map(|_| ()).unwrap_err());
        insta::assert_snapshot!(errors.join("\n"), @r"
        there are no Resources; is it a CloudFormation or SAM template?
        there are no Resources; is it a CloudFormation or SAM template?
        the template is no YAML: did not find expected node content at line 2 column 1, while parsing a flow node
        there are no Resources; is it a CloudFormation or SAM template?
        Resources: is no mapping
        Parameters: is no mapping
        ");
    }

    #[test]
    fn json_is_read_too() {
        let text = r#"{"Resources": {"A": {"Type": "AWS::KinesisFirehose::DeliveryStream",
            "Properties": {"S3DestinationConfiguration": {"BucketARN":
            {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::b"]]}}}}}}"#;
        assert_eq!(sample::read(text).unwrap().delivery_streams[0].destination.bucket, "b");
    }
}
