use super::read::Targets;
use crate::cloudformation::evaluator::node::{Node, entry};
use crate::cloudformation::evaluator::property::Fields;
use crate::deployment::Deployment;

/// What the template has and a run does not do, besides what the delivery streams say.
pub(crate) fn of_template<'a>(
    template: &Node,
    targets: &Targets<'a>,
    deployment: &Deployment,
) -> Vec<String> {
    let mut notes = Vec::new();
    for macro_name in transforms(template) {
        if !matches!(macro_name, "AWS::Serverless-2016-10-31" | "AWS::LanguageExtensions") {
            notes.push(format!("the transform {macro_name} is not run"));
        }
    }
    for resource in targets.scope.resources_in_order() {
        let id = resource.id;
        // A note is no reason to fail, and neither is what it would be about.
        let is_deployed = || resource.is_deployed(targets.scope) == Ok(true);
        match resource.kind {
            "AWS::CloudFormation::Stack" | "AWS::Serverless::Application" if is_deployed() => {
                notes.push(format!("{id} is a template of its own, which is not read"));
            }
            "AWS::Lambda::EventSourceMapping" if is_deployed() => {
                if let Ok(mapping) = resource.properties(targets.scope)
                    && let Some(stream) = stream(targets, &mapping, "EventSourceArn", deployment)
                {
                    notes.push(format!("{id} maps {stream} to a function, which is not run"));
                }
            }
            "AWS::Serverless::Function" if is_deployed() => {
                let Ok(properties) = resource.properties(targets.scope) else { continue };
                let Ok(events) = properties.fields("Events") else { continue };
                for name in events.keys().unwrap_or_default() {
                    let Ok(event) = events.fields(name) else { continue };
                    if matches!(event.text("Type"), Ok(Some(kind)) if kind == "Kinesis")
                        && let Ok(mapping) = event.fields("Properties")
                        && let Some(stream) = stream(targets, &mapping, "Stream", deployment)
                    {
                        notes.push(format!(
                            "{id} reads {stream} by an event source mapping, which is not run"
                        ));
                    }
                }
            }
            _ => {}
        }
    }
    notes
}

/// The Kinesis stream that a property has the ARN of, if it is simulated.
fn stream(
    targets: &Targets<'_>,
    fields: &Fields<'_>,
    property: &str,
    deployment: &Deployment,
) -> Option<String> {
    let arn = fields.text(property).ok().flatten()?;
    let name = targets.kinesis_streams.get(&arn)?.name(targets.scope).ok()?;
    deployment.kinesis_streams.contains_key(&name).then_some(name)
}

fn transforms(template: &Node) -> Vec<&str> {
    let transform = template.entries().and_then(|entries| entry(entries, "Transform"));
    match transform {
        Some(Node::Scalar(name)) => vec![name],
        Some(Node::List(nodes)) => nodes
            .iter()
            .map(|node| match node {
                Node::Scalar(name) => name.as_str(),
                _ => "of a list",
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::sample;

    #[test]
    fn what_is_not_run_is_noted() {
        let read = sample::read(
            "Transform: [AWS::Serverless-2016-10-31, OurMacro]
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
        insta::assert_snapshot!(read.unwrap().notes.join("\n"), @r"
        the transform OurMacro is not run
        Nested is a template of its own, which is not read
        Mapping maps Source to a function, which is not run
        Consumer reads Source by an event source mapping, which is not run
        ");
    }
}
