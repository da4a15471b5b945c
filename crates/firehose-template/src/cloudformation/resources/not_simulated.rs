use firehose_delivery::delivery_stream::StreamSource;

use super::resources_by_arn::ResourcesByArn;
use crate::{
    cloudformation::evaluator::{Mapping, Resource, Template},
    deployment::{Deployment, Note},
};

/// Adds notes on the parts of a template that a run ignores: macros, nested templates, and event
/// source mappings that read a Kinesis stream of the deployment.
///
/// Skips values that cannot be evaluated, because a missing note does less harm than a failure.
pub(crate) fn note_not_simulated<'a>(
    template: &'a Template<'a>,
    resources: &ResourcesByArn<'a>,
    deployment: &mut Deployment,
) {
    for transform in template.transforms() {
        match transform {
            Some("AWS::Serverless-2016-10-31" | "AWS::LanguageExtensions") => {}
            Some(name) => deployment.note("Transform", format!("the macro {name} does not run")),
            None => deployment.note("Transform", "a macro with parameters does not run"),
        }
    }
    for resource in template.resources() {
        let is_deployed = || resource.is_deployed() == Ok(true);
        match resource.kind() {
            "AWS::CloudFormation::Stack" | "AWS::Serverless::Application" if is_deployed() => {
                deployment.note(resource.path(), "the nested template is not read");
            }
            "AWS::Lambda::EventSourceMapping" if is_deployed() => {
                if let Ok(mapping) = resource.properties() {
                    note_consumer(&mapping, "EventSourceArn", resource, resources, deployment);
                }
            }
            "AWS::Serverless::Function" if is_deployed() => {
                note_events(resource, resources, deployment);
            }
            _ => {}
        }
    }
}

/// Adds notes on the event source mappings of a SAM function that read a Kinesis stream of the
/// deployment.
fn note_events(function: Resource<'_>, resources: &ResourcesByArn<'_>, to: &mut Deployment) {
    let Ok(events) = function.properties().and_then(|properties| properties.mapping("Events"))
    else {
        return;
    };
    for name in events.keys().unwrap_or_default() {
        let Ok(event) = events.mapping(name) else { continue };
        if matches!(event.text("Type"), Ok(Some(kind)) if kind == "Kinesis")
            && let Ok(mapping) = event.mapping("Properties")
        {
            note_consumer(&mapping, "Stream", function, resources, to);
        }
    }
}

/// Adds a note on an event source mapping whose `property` is the ARN of a Kinesis stream in the
/// deployment.
fn note_consumer(
    mapping: &Mapping<'_>,
    property: &str,
    consumer: Resource<'_>,
    resources: &ResourcesByArn<'_>,
    deployment: &mut Deployment,
) {
    let Ok(Some(arn)) = mapping.text(property) else { return };
    let Some(Ok(stream)) = resources.kinesis_streams.get(&arn).map(Resource::name) else { return };
    if deployment.kinesis_streams.contains_key(&stream) {
        let text = format!("the event source mapping that reads {stream} does not run");
        let source = StreamSource::KinesisStream(stream);
        let readers = deployment.delivery_streams.iter().filter(|it| it.source == source);
        let delivery_streams = readers.map(|it| it.name.clone()).collect();
        deployment.add_note(Note { delivery_streams, ..Note::new(consumer.path(), text) });
    }
}

#[cfg(test)]
mod tests {
    use crate::cloudformation::sample_deployment;

    #[test]
    fn a_part_that_does_not_run_has_a_note() {
        let read = sample_deployment::read(
            "Transform: [AWS::Serverless-2016-10-31, OurMacro, {Name: Other}]
Resources:
  Source: {Type: AWS::Kinesis::Stream}
  Unread: {Type: AWS::Kinesis::Stream}
  Nested: {Type: AWS::CloudFormation::Stack}
  Mapping: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Source.Arn}}
  Consumer:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Read: {Type: Kinesis, Properties: {Stream: !GetAtt Source.Arn}}
        Other: {Type: Kinesis, Properties: {Stream: !GetAtt Unread.Arn}}
        Get: {Type: Api, Properties: {Path: /}}
  Delivery:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      DeliveryStreamType: KinesisStreamAsSource
      KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Source.Arn}
      S3DestinationConfiguration: {BucketARN: 'arn:aws:s3:::b'}",
        );
        insta::assert_snapshot!(sample_deployment::notes(&read.unwrap()), @r"
        Transform: the macro OurMacro does not run
        Transform: a macro with parameters does not run
        Resources.Nested: the nested template is not read
        Resources.Mapping: the event source mapping that reads Source does not run
        Resources.Consumer: the event source mapping that reads Source does not run
        ");
    }
}
