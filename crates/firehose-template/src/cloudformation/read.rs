use std::collections::BTreeSet;

use super::{
    evaluator::{Addresses, Node, RepeatedKey, Template},
    missing_values::{SourceCode, missing_values},
    resources::{ResourcesByArn, note_not_simulated, read_delivery_stream},
};
use crate::{
    deployment::{Deployment, UnsupportedStream, Warning},
    error::TemplateError,
    given_values::GivenValues,
};

/// Reads a CloudFormation or SAM template in YAML or JSON. `given` values replace the defaults of
/// the template's parameters, the exports of other stacks, and properties.
///
/// Some values exist only in a deployed stack. For the name of a bucket, a stream or a function,
/// the deployment has a placeholder and a note, because such a name does not change the delivered
/// data. An environment variable is left out, with a note. A role needs no value.
///
/// A delivery stream that AWS may accept, but that cannot be simulated or that lacks values, is not
/// an error. See [`Deployment::unsupported`].
///
/// # Errors
///
/// If AWS would reject the template, if a condition refers to a parameter without a value, if `given`
/// has a parameter or an import that the template does not have, or if `given` has a property that no
/// delivery stream uses.
pub fn read_cloudformation(text: &str, given: &GivenValues) -> Result<Deployment, TemplateError> {
    let (document, repeated_keys) = Node::parse(text)?;
    let mut deployment = read_document(&document.expand_loops(given), given, None)
        // A repeated key can be the cause of the error, because only its last value counts.
        .map_err(|error| error.with_repeated_keys(&repeated_keys))?;
    let warnings = repeated_keys.into_iter().map(|RepeatedKey { path, line }| {
        let subject = line.map_or_else(|| "a line".to_owned(), |line| format!("line {line}"));
        let text = format!("{subject} repeats the key; only its last value counts");
        Warning::new(path, text)
    });
    deployment.warnings.splice(..0, warnings);
    Ok(deployment)
}

/// Reads the resources of a document. `addresses` are the paths of the code from which the document
/// was translated.
pub(crate) fn read_document(
    document: &Node,
    given: &GivenValues,
    addresses: Option<&Addresses>,
) -> Result<Deployment, TemplateError> {
    let code = SourceCode { document, given, addresses, others: &[] };
    let template = Template::new(document, given)?.with_addresses(addresses);
    let deployment = read_template(&code, &template)?;
    check_used(&deployment, &template)?;
    Ok(deployment)
}

/// Fails if no delivery stream of a deployment has used one of the given properties of a template.
pub(super) fn check_used(
    deployment: &Deployment,
    template: &Template<'_>,
) -> Result<(), TemplateError> {
    let all_read = deployment.unsupported.is_empty();
    template.unused_property("no delivery stream uses it", all_read).map_or(Ok(()), Err)
}

/// Reads the resources of a template. The `others` of `code` are further stacks, whose streams and
/// functions the delivery streams can use.
pub(super) fn read_template(
    code: &SourceCode<'_>,
    template: &Template<'_>,
) -> Result<Deployment, TemplateError> {
    let resources = ResourcesByArn::find(code.others, template);
    let mut deployment = Deployment::default();
    let mut names = BTreeSet::new();
    for resource in template.resources() {
        if resource.kind() != "AWS::KinesisFirehose::DeliveryStream" {
            continue;
        }
        if let Some(undeployed) = resource.not_deployed()? {
            deployment.not_deployed.insert(resource.id().to_owned(), undeployed);
            continue;
        }
        // `read_delivery_stream` reports the error of a name that cannot be evaluated.
        let name = resource.name().unwrap_or_else(|_| resource.label());
        if !names.insert(name.clone()) {
            let path = resource.path_of("DeliveryStreamName");
            let reason = format!("another delivery stream has the name {name}");
            return Err(TemplateError::wrong(path, reason));
        }
        let id = resource.id().to_owned();
        deployment.names.insert(id.clone(), name.clone());
        match read_delivery_stream(&resources, resource) {
            Ok(part) => deployment.merge(part),
            Err(error) if error.is_not_simulated() || !error.missing_parameters().is_empty() => {
                let error = error.with_parameters(&template.missing_parameters(&id));
                let missing = missing_values(code, &id, &error);
                let stream = UnsupportedStream { id, reason: error.to_string(), missing };
                deployment.unsupported.insert(name, stream);
            }
            Err(error) => return Err(error),
        }
    }
    for resource in resources.kinesis_streams.values() {
        if let Ok(name) = resource.local_name() {
            deployment.names.insert(resource.id().to_owned(), name);
        }
    }
    note_not_simulated(template, &resources, &mut deployment);
    Ok(deployment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cloudformation::sample_deployment, deployment::UndeployedStream, error::MissingValue,
    };

    const STREAM: &str = "Type: 'AWS::KinesisFirehose::DeliveryStream', Properties";
    const S3: &str = "S3DestinationConfiguration: {BucketARN: 'arn:aws:s3:::b'}";

    #[test]
    fn an_unsupported_delivery_stream_leaves_the_others_usable() {
        let read = sample_deployment::read(&format!(
            "Resources:
  One: {{{STREAM}: {{{S3}}}}}
  Two: {{{STREAM}: {{DeliveryStreamName: two, DatabaseSourceConfiguration: {{}}, {S3}}}}}
  Three: {{{STREAM}: {{S3DestinationConfiguration: {{BucketARN: 'arn:aws:s3:::b', Prefix: !ImportValue name}}}}}}"
        ))
        .unwrap();
        assert_eq!(read.delivery_streams.len(), 1);
        let reasons: Vec<String> =
            read.unsupported.iter().map(|(name, reason)| format!("{name}: {reason}")).collect();
        insta::assert_snapshot!(reasons.join("\n"), @r"
        Three: Resources.Three.Properties.S3DestinationConfiguration.Prefix: Fn::ImportValue name cannot be evaluated: another stack exports its value
        two: Resources.Two.Properties.DatabaseSourceConfiguration: is not simulated; the simulated sources are Direct PUT, Kinesis and Amazon MSK
        ");
    }

    /// A delivery stream whose names exist only in a deployed stack.
    const UNDEPLOYED: &str = "
Parameters: {Stored: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /path}}
Resources:
  App: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./app.yaml}}
  Made: {Type: Custom::Made, Properties: {ServiceToken: x}}
  A:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamName: !ImportValue name
      DeliveryStreamType: KinesisStreamAsSource
      KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Made.Arn, RoleARN: !Ref Stored}
      ExtendedS3DestinationConfiguration:
        BucketARN: '{{resolve:ssm:/bucket}}'
        RoleARN: !ImportValue role
        Prefix: data/
        ProcessingConfiguration:
          Enabled: true
          Processors:
            - Type: Lambda
              Parameters:
                - {ParameterName: LambdaArn, ParameterValue: !GetAtt App.Outputs.Arn}
                - {ParameterName: RoleArn, ParameterValue: !ImportValue role}
";

    #[test]
    fn names_that_only_a_deployed_stack_has_get_placeholders_and_notes() {
        let read = sample_deployment::read(UNDEPLOYED).unwrap();
        let stream = &read.delivery_streams[0];
        assert_eq!((&*stream.name, &*stream.destination.s3().bucket), ("A", "bucket-of-A"));
        assert!(read.kinesis_streams.contains_key("source-of-A"));
        assert_eq!(stream.lambda.as_ref().unwrap().function, "App-Outputs-Arn");
        insta::assert_snapshot!(sample_deployment::notes(&read), @"
        Resources.A.Properties.DeliveryStreamName: Fn::ImportValue name cannot be evaluated: another stack exports its value; the delivery stream is called A here
        Resources.A.Properties.KinesisStreamSourceConfiguration.KinesisStreamARN: Fn::GetAtt Made.Arn cannot be evaluated: the attribute Arn of Custom::Made is not simulated; the stream is called source-of-A here, with 4 shards
        Resources.A.Properties.ExtendedS3DestinationConfiguration.BucketARN: `{{resolve:ssm:/bucket}}` is a dynamic reference, which only AWS can resolve; the bucket is called bucket-of-A here
        Resources.A.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors[0].Parameters[0].ParameterValue: Fn::GetAtt App.Outputs.Arn cannot be evaluated: the attribute Outputs.Arn of AWS::CloudFormation::Stack is not simulated; the function is called App-Outputs-Arn here, with the default settings of Lambda
        Resources.App: the nested template is not read
        ");
    }

    #[test]
    fn given_values_replace_exports_of_other_stacks_and_properties() {
        let pair = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into();
        let text = format!(
            "Resources: {{A: {{{STREAM}: {{DeliveryStreamName: !ImportValue name, \
             S3DestinationConfiguration: {{BucketARN: 'arn:aws:s3:::b', Prefix: !ImportValue p}}}}}}}}"
        );
        let path = "Resources.A.Properties.S3DestinationConfiguration.Prefix";
        let given = GivenValues {
            imports: pair("name", "shown"),
            properties: pair(path, "data/"),
            ..GivenValues::default()
        };
        let read = read_cloudformation(&text, &given).unwrap();
        let stream = &read.delivery_streams[0];
        assert_eq!((&*stream.name, &*stream.destination.s3().prefix), ("shown", "data/"));
        assert_eq!(read.names["A"], "shown");

        let missing = sample_deployment::read(&text).unwrap().unsupported["A"].missing.clone();
        assert_eq!(missing, [MissingValue::Import("p".to_owned())]);
        let given = GivenValues {
            imports: [("name", "x"), ("p", "y/")].map(|(k, v)| (k.to_owned(), v.to_owned())).into(),
            properties: pair("Resources.A.Properties.Prefix", "data/"),
            ..GivenValues::default()
        };
        let error = read_cloudformation(&text, &given).unwrap_err();
        insta::assert_snapshot!(error, @"Resources.A.Properties.Prefix: a value is given for this property, but Resources.A.Properties has no such property; its properties are DeliveryStreamName, S3DestinationConfiguration");
    }

    #[test]
    fn all_parameters_without_a_value_are_named_at_once() {
        let text = "
Parameters: {Name: {Type: String}, Bucket: {Type: String}, Role: {Type: String}, Size: {Type: Number},
  Unused: {Type: String}, Seconds: {Type: Number}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Timeout: !Ref Seconds, Role: !Ref Role}}
  A:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamName: !Sub '${Name}-stream'
      ExtendedS3DestinationConfiguration:
        BucketARN: !Join ['', ['arn:aws:s3:::', !Ref Bucket]]
        RoleARN: !Ref Role
        BufferingHints: {SizeInMBs: !Ref Size, IntervalInSeconds: 60}
        ProcessingConfiguration:
          Enabled: true
          Processors: [{Type: Lambda, Parameters: [
            {ParameterName: LambdaArn, ParameterValue: !GetAtt F.Arn}]}]
";
        let read = read_cloudformation(text, &GivenValues::default()).unwrap();
        let stream = &read.unsupported["A"];
        let names = ["Name", "Bucket", "Seconds", "Size"];
        assert_eq!(stream.missing, names.map(|name| MissingValue::Parameter(name.to_owned())));
        insta::assert_snapshot!(stream.reason, @"Resources.A.Properties.DeliveryStreamName: the parameters Name, Bucket, Seconds, Size have no default and no value");
    }

    #[test]
    fn an_error_names_the_repeated_keys() {
        let text = format!(
            "Resources:\n  A: {{{STREAM}: {{{S3}}}}}\n  A: {{{STREAM}: {{}}}}\nOutputs: {{a: 1, a: 2}}"
        );
        let error = sample_deployment::read(&text).unwrap_err();
        insta::assert_snapshot!(error, @"Resources.A.Properties: the destination is missing; add an ExtendedS3DestinationConfiguration; line 3 repeats the key Resources.A; line 4 repeats the key Outputs.a");
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
        let undeployed = UndeployedStream {
            reason: "its condition Live is false here".to_owned(),
            deciding: vec![MissingValue::Parameter("Stage".to_owned())],
        };
        let not_deployed = [("A".to_owned(), undeployed)].into();
        let none = Deployment { not_deployed, ..Deployment::default() };
        assert_eq!(sample_deployment::read(&text).unwrap(), none);
        let live = [("Stage".to_owned(), "live".to_owned())].into();
        let live = GivenValues::of_parameters(live);
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
        let read = read_cloudformation(&text, &GivenValues::default()).unwrap();
        let stream = &read.unsupported["A"];
        assert_eq!(stream.missing, [MissingValue::Parameter("Name".to_owned())]);
        insta::assert_snapshot!(stream.reason, @"Resources.A.Properties.DeliveryStreamName: the parameter Name has no default and no value");
    }

    #[test]
    fn json_is_read() {
        let text = r#"{"Resources": {"A": {"Type": "AWS::KinesisFirehose::DeliveryStream",
            "Properties": {"S3DestinationConfiguration": {"BucketARN":
            {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::b"]]}}}}}}"#;
        assert_eq!(
            sample_deployment::read(text).unwrap().delivery_streams[0].destination.s3().bucket,
            "b"
        );
    }
}
