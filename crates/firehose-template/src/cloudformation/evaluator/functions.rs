use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::node::{Intrinsic, Node, entry};
use super::parameters::Value;
use super::scope::{Resolved, Scope};
use crate::error::TemplateError;
use firehose_delivery::aws_names::{ACCOUNT_ID, REGION, arn};

/// Evaluates the functions that give a value. Those that give a condition are in `conditions.rs`.
impl<'a> Scope<'a> {
    pub(crate) fn call(
        &'a self,
        call: Intrinsic<'a>,
        path: &str,
    ) -> Result<Resolved<'a>, TemplateError> {
        match call.name {
            "Ref" => self.reference(&self.text(call.argument, path)?, path),
            "GetAtt" => self.attribute_call(call, path).map(Resolved::Text),
            "Sub" => self.substitute(call, path).map(Resolved::Text),
            "If" => {
                let [condition, then, otherwise] = arguments(call, path)?;
                let condition = self.condition(&self.text(condition, path)?, path)?;
                self.resolve(if condition { then } else { otherwise }, path)
            }
            "Join" => {
                let [delimiter, list] = arguments(call, path)?;
                let delimiter = self.text(delimiter, path)?;
                let texts = self.texts(list, path)?;
                // The delimiters alone may be more than all text so far.
                self.spend(delimiter.len().saturating_mul(texts.len()), path)?;
                let joined = texts.join(&delimiter);
                self.spend(joined.len(), path)?;
                Ok(Resolved::Text(joined))
            }
            "Split" => {
                let [delimiter, text] = arguments(call, path)?;
                let delimiter = self.text(delimiter, path)?;
                if delimiter.is_empty() {
                    return Err(TemplateError::wrong(path, "Fn::Split has an empty delimiter"));
                }
                let text = self.text(text, path)?;
                Ok(Resolved::List(text.split(&delimiter).map(str::to_owned).collect()))
            }
            "Select" => self.select(call, path),
            "FindInMap" => self.find_in_map(call, path),
            "Base64" => {
                let text = self.text(call.argument, path)?;
                Ok(Resolved::Text(BASE64_STANDARD.encode(text)))
            }
            _ => Err(not_evaluated(call, path)),
        }
    }

    /// What `Ref` gives for a name.
    pub(crate) fn reference(
        &'a self,
        name: &str,
        path: &str,
    ) -> Result<Resolved<'a>, TemplateError> {
        if let Some(text) = pseudo_parameter(name) {
            return Ok(Resolved::Text(text));
        }
        if name == "AWS::NoValue" {
            return Ok(Resolved::NoValue);
        }
        match self.parameters.get(name) {
            Some(Value::Text(text)) => {
                self.spend(text.len(), path)?;
                Ok(Resolved::Text(text.clone()))
            }
            Some(Value::List(texts)) => {
                self.spend(texts.iter().map(|text| text.len() + 1).sum(), path)?;
                Ok(Resolved::List(texts.clone()))
            }
            Some(Value::Missing(reason)) => Err(TemplateError::wrong(path, reason.as_str())),
            None if name == "AWS::NotificationARNs" => {
                Err(TemplateError::not_simulated(path, "AWS::NotificationARNs is not known here"))
            }
            None => self.deeper(path, || self.resource_reference(name, path)).map(Resolved::Text),
        }
    }

    fn attribute_call(&'a self, call: Intrinsic<'a>, path: &str) -> Result<String, TemplateError> {
        if let Node::List(_) = call.argument {
            let [id, attribute] = arguments(call, path)?;
            let (id, attribute) = (self.text(id, path)?, self.text(attribute, path)?);
            return self.deeper(path, || self.attribute(&id, &attribute, path));
        }
        let text = self.text(call.argument, path)?;
        let Some((id, attribute)) = text.split_once('.') else {
            let reason = format!("Fn::GetAtt {text} names no attribute, as {text}.Arn does");
            return Err(TemplateError::wrong(path, reason));
        };
        self.deeper(path, || self.attribute(id, attribute, path))
    }

    fn select(&'a self, call: Intrinsic<'a>, path: &str) -> Result<Resolved<'a>, TemplateError> {
        let [index, list] = arguments(call, path)?;
        let index = self.text(index, path)?;
        let found = match (index.parse::<usize>(), self.resolve(list, path)?) {
            (Ok(index), Resolved::List(texts)) => texts.into_iter().nth(index).map(Resolved::Text),
            (Ok(index), Resolved::Node(Node::List(nodes))) => {
                nodes.get(index).map(|node| self.resolve(node, path)).transpose()?
            }
            (Ok(_), _) => return Err(TemplateError::wrong(path, "Fn::Select has no list")),
            (Err(_), _) => None,
        };
        found.ok_or_else(|| {
            TemplateError::wrong(path, format!("Fn::Select finds nothing at the index {index}"))
        })
    }

    fn find_in_map(
        &'a self,
        call: Intrinsic<'a>,
        path: &str,
    ) -> Result<Resolved<'a>, TemplateError> {
        let [map, top, second] = arguments(call, path)?;
        let map = self.text(map, path)?;
        let (top, second) = (self.text(top, path)?, self.text(second, path)?);
        self.mappings
            .get(map.as_str())
            .and_then(|node| entry(node.entries()?, &top))
            .and_then(|node| entry(node.entries()?, &second))
            .map(Resolved::Node)
            .ok_or_else(|| {
                let reason = format!("Fn::FindInMap finds no Mappings.{map}.{top}.{second}");
                TemplateError::wrong(path, reason)
            })
    }
}

/// The arguments of a call, which are a list of so many.
pub(crate) fn arguments<'a, const N: usize>(
    call: Intrinsic<'a>,
    path: &str,
) -> Result<&'a [Node; N], TemplateError> {
    match call.argument {
        Node::List(nodes) => nodes.as_slice().try_into().ok(),
        Node::Null | Node::Scalar(_) | Node::Map(_) | Node::Tagged(..) => None,
    }
    .ok_or_else(|| TemplateError::wrong(path, format!("{call} takes a list of {N}")))
}

fn not_evaluated(call: Intrinsic<'_>, path: &str) -> TemplateError {
    let reason = match call.name {
        "ImportValue" => "gives what another stack exports",
        "Transform" => "runs a macro, which is code in AWS",
        "GetAZs" => "gives what a region has",
        "Cidr" | "Length" | "ToJsonString" | "ForEach" => "is not one of the functions read here",
        "And" | "Or" | "Not" | "Equals" | "Condition" => "belongs into Conditions or Fn::If",
        _ => "is not known here",
    };
    TemplateError::not_simulated(path, format!("{call} cannot be evaluated: it {reason}"))
}

/// What a run says instead of the account and the region that a template is deployed to.
fn pseudo_parameter(name: &str) -> Option<String> {
    let text = match name {
        "AWS::Region" => REGION,
        "AWS::AccountId" => ACCOUNT_ID,
        "AWS::Partition" => "aws",
        "AWS::StackName" => "firehose-local",
        "AWS::URLSuffix" => "amazonaws.com",
        "AWS::StackId" => {
            let stack = "stack/firehose-local/00000000-0000-0000-0000-000000000000";
            return Some(arn("cloudformation", stack));
        }
        _ => return None,
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::sample;

    const SECTIONS: &str = "
Parameters:
  Stage: {Type: String, Default: test}
  Zones: {Type: CommaDelimitedList, Default: 'a,b,c'}
  Secret: {Type: String}
Mappings:
  Sizes: {test: {memory: 512, names: [x, y]}}
Conditions:
  IsTest: !Equals [!Ref Stage, test]
  IsLive: !Not [!Condition IsTest]
";

    const RESOURCES: &str = "
  Bucket: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub 'data-${Stage}'}}
  Queue: {Type: 'AWS::SQS::Queue'}
  Live: {Type: 'AWS::S3::Bucket', Condition: IsLive}
  Api: {Type: 'AWS::ApiGateway::RestApi'}
";

    fn value(text: &str) -> Result<String, String> {
        sample::value(text, SECTIONS, RESOURCES)
    }

    #[test]
    fn functions_give_what_cloudformation_gives() {
        let cases = [
            ("!Ref Stage", "test"),
            ("{Ref: Stage}", "test"),
            ("!Ref Bucket", "data-test"),
            ("!Ref 'AWS::Region'", "us-east-1"),
            ("!Ref 'AWS::AccountId'", "123456789012"),
            ("!GetAtt Bucket.Arn", "arn:aws:s3:::data-test"),
            ("{'Fn::GetAtt': [Bucket, Arn]}", "arn:aws:s3:::data-test"),
            ("!Ref Queue", "https://sqs.us-east-1.amazonaws.com/123456789012/Queue"),
            ("!GetAtt Queue.Arn", "arn:aws:sqs:us-east-1:123456789012:Queue"),
            (
                "!Sub '${Stage}/${!Stage}/${Bucket.Arn}/!{x:y}'",
                "test/${Stage}/arn:aws:s3:::data-test/!{x:y}",
            ),
            ("!Sub ['${Stage}-${n}', {n: !Ref Bucket}]", "test-data-test"),
            ("!Join ['-', [a, !Ref Stage, !Ref 'AWS::NoValue', 1]]", "a-test-1"),
            ("!Join ['-', !Ref Zones]", "a-b-c"),
            ("!Select [1, !Ref Zones]", "b"),
            ("!Select ['0', [!Ref Stage, !ImportValue x]]", "test"),
            ("!Select [2, !Split ['/', 'a/b/c']]", "c"),
            ("!FindInMap [Sizes, !Ref Stage, memory]", "512"),
            ("!Join ['', !FindInMap [Sizes, test, names]]", "xy"),
            ("!Base64 abc", "YWJj"),
            ("!If [IsTest, yes, !ImportValue x]", "yes"),
            ("!If [IsLive, !ImportValue x, no]", "no"),
            ("!If [IsLive, x, !Ref 'AWS::NoValue']", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_evaluated_names_its_path_and_its_function() {
        let cases = [
            "!ImportValue other-stack",
            "!GetAZs ''",
            "{'Fn::Transform': {Name: Macro}}",
            "!Length [1]",
            "!GetAtt Api.RootResourceId",
            "'{{resolve:ssm:/name}}'",
        ];
        let errors = cases.map(|text| value(text).unwrap_err()).join("\n");
        insta::assert_snapshot!(errors, @r"
        (not simulated) Resources.Function.Properties.Environment.Variables.V: Fn::ImportValue cannot be evaluated: it gives what another stack exports
        (not simulated) Resources.Function.Properties.Environment.Variables.V: Fn::GetAZs cannot be evaluated: it gives what a region has
        (not simulated) Resources.Function.Properties.Environment.Variables.V: Fn::Transform cannot be evaluated: it runs a macro, which is code in AWS
        (not simulated) Resources.Function.Properties.Environment.Variables.V: Fn::Length cannot be evaluated: it is not one of the functions read here
        (not simulated) Resources.Function.Properties.Environment.Variables.V: Fn::GetAtt Api.RootResourceId cannot be evaluated: the attribute RootResourceId of AWS::ApiGateway::RestApi is not known here
        (not simulated) Resources.Function.Properties.Environment.Variables.V: {{resolve:ssm:/name}} is a dynamic reference, which only AWS can look up
        ");
    }

    #[test]
    fn what_aws_would_refuse_is_an_error() {
        let cases = [
            "!Ref Nothing",
            "!Ref Secret",
            "!Ref Live",
            "!Ref Zones",
            "!GetAtt Bucket",
            "!GetAtt Nothing.Arn",
            "!Sub '${Stage'",
            "!Sub '${Nothing}'",
            "!Select [3, !Ref Zones]",
            "!Select [x, [a]]",
            "!FindInMap [Sizes, live, memory]",
            "!Join ['-']",
            "!Split ['', a]",
            "!If [Nothing, a, b]",
            "[a]",
        ];
        let errors = cases.map(|text| value(text).unwrap_err()).join("\n");
        insta::assert_snapshot!(errors, @r"
        Resources.Function.Properties.Environment.Variables.V: there is no parameter and no resource Nothing
        Resources.Function.Properties.Environment.Variables.V: the parameter Secret has no default; give it a value with --parameter Secret=VALUE
        Resources.Function.Properties.Environment.Variables.V: refers to Live, whose condition is false
        Resources.Function.Properties.Environment.Variables.V: is no text
        Resources.Function.Properties.Environment.Variables.V: Fn::GetAtt Bucket names no attribute, as Bucket.Arn does
        Resources.Function.Properties.Environment.Variables.V: there is no resource Nothing
        Resources.Function.Properties.Environment.Variables.V: Fn::Sub has a ${ without its }: ${Stage
        Resources.Function.Properties.Environment.Variables.V: there is no parameter and no resource Nothing
        Resources.Function.Properties.Environment.Variables.V: Fn::Select finds nothing at the index 3
        Resources.Function.Properties.Environment.Variables.V: Fn::Select finds nothing at the index x
        Resources.Function.Properties.Environment.Variables.V: Fn::FindInMap finds no Mappings.Sizes.live.memory
        Resources.Function.Properties.Environment.Variables.V: Fn::Join takes a list of 2
        Resources.Function.Properties.Environment.Variables.V: Fn::Split has an empty delimiter
        Resources.Function.Properties.Environment.Variables.V: there is no condition Nothing in Conditions
        Resources.Function.Properties.Environment.Variables.V: is no text
        ");
    }

    #[test]
    fn references_in_a_circle_come_to_an_end() {
        let resources = "
  A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref B}}
  B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref A}}
";
        let error = sample::value("!Ref A", "", resources).unwrap_err();
        insta::assert_snapshot!(error, @"Resources.B.Properties.BucketName: references go more than 100 deep; do they go in a circle?");
    }

    #[test]
    fn references_that_multiply_come_to_an_end() {
        let mut resources = format!(
            "  B0: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: {}}}}}\n",
            "x".repeat(1000)
        );
        for n in 1..40 {
            resources.push_str(&format!(
                "  B{n}: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: !Sub '${{B{0}}}${{B{0}}}'}}}}\n",
                n - 1
            ));
        }
        let error = sample::value("!Ref B39", "", &resources).unwrap_err();
        insta::assert_snapshot!(error, @"Resources.B5.Properties.BucketName: takes more than 10000000 steps to evaluate; do references multiply?");
    }
}
