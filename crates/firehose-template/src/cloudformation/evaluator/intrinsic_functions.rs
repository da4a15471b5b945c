use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::{
    evaluated::Evaluated,
    node::{Intrinsic, Node, entry},
    template::Template,
};
use crate::error::TemplateError;

/// The intrinsic functions that return a value.
impl<'a> Template<'a> {
    /// Evaluates a call of an intrinsic function.
    pub(super) fn call(
        &'a self,
        call: Intrinsic<'a>,
        path: &str,
    ) -> Result<Evaluated<'a>, TemplateError> {
        match call.name {
            "Ref" => self.reference(&self.text(call.argument, path)?, path),
            "GetAtt" => self.get_att(call, path).map(Evaluated::Text),
            "Sub" => self.substitute(call, path).map(Evaluated::Text),
            "If" => {
                let [condition, then, otherwise] = arguments(call, path)?;
                let condition = self.condition(&self.text(condition, path)?, path)?;
                self.evaluate(if condition { then } else { otherwise }, path)
            }
            "Join" => self.join(call, path),
            "Split" => self.split(call, path),
            "Select" => self.select(call, path),
            "FindInMap" => self.find_in_map(call, path),
            "Base64" => {
                let text = self.text(call.argument, path)?;
                Ok(Evaluated::Text(BASE64_STANDARD.encode(text)))
            }
            "ImportValue" => {
                let name = self.text(call.argument, path)?;
                match self.given.imports.get(&name) {
                    Some(value) => Ok(Evaluated::Text(value.clone())),
                    None => Err(TemplateError::import(path, &name)),
                }
            }
            _ => Err(not_evaluated(call, path)),
        }
    }

    fn join(&'a self, call: Intrinsic<'a>, path: &str) -> Result<Evaluated<'a>, TemplateError> {
        let [delimiter, list] = arguments(call, path)?;
        let delimiter = self.text(delimiter, path)?;
        let texts = self.texts(list, path)?;
        // The delimiters alone can exceed the budget.
        self.budget.spend(delimiter.len().saturating_mul(texts.len()), path)?;
        let joined = texts.join(&delimiter);
        self.budget.spend(joined.len(), path)?;
        Ok(Evaluated::Text(joined))
    }

    fn split(&'a self, call: Intrinsic<'a>, path: &str) -> Result<Evaluated<'a>, TemplateError> {
        let [delimiter, text] = arguments(call, path)?;
        let delimiter = self.text(delimiter, path)?;
        if delimiter.is_empty() {
            return Err(TemplateError::wrong(
                path,
                "Fn::Split needs a delimiter that is not empty",
            ));
        }
        let text = self.text(text, path)?;
        Ok(Evaluated::List(text.split(&delimiter).map(str::to_owned).collect()))
    }

    fn select(&'a self, call: Intrinsic<'a>, path: &str) -> Result<Evaluated<'a>, TemplateError> {
        let [index, list] = arguments(call, path)?;
        let index = self.text(index, path)?;
        let item = match (index.parse::<usize>(), self.evaluate(list, path)?) {
            (Ok(index), Evaluated::List(texts)) => {
                texts.into_iter().nth(index).map(Evaluated::Text)
            }
            (Ok(index), Evaluated::Node(Node::List(nodes))) => {
                nodes.get(index).map(|node| self.evaluate(node, path)).transpose()?
            }
            (Ok(_), _) => {
                let reason = "the second argument of Fn::Select must be a list";
                return Err(TemplateError::wrong(path, reason));
            }
            (Err(_), _) => None,
        };
        item.ok_or_else(|| {
            TemplateError::wrong(
                path,
                format!(
                    "`{index}` is not an index of the list of Fn::Select; the first index is 0"
                ),
            )
        })
    }

    fn find_in_map(
        &'a self,
        call: Intrinsic<'a>,
        path: &str,
    ) -> Result<Evaluated<'a>, TemplateError> {
        let [map, top, second] = arguments(call, path)?;
        let map = self.text(map, path)?;
        let (top, second) = (self.text(top, path)?, self.text(second, path)?);
        self.mappings
            .get(map.as_str())
            .and_then(|node| entry(node.entries()?, &top))
            .and_then(|node| entry(node.entries()?, &second))
            .map(Evaluated::Node)
            .ok_or_else(|| {
                let reason =
                    format!("Fn::FindInMap names Mappings.{map}.{top}.{second}, which is missing");
                TemplateError::wrong(path, reason)
            })
    }
}

/// Returns the arguments of a function that takes a list of `N` items.
pub(super) fn arguments<'a, const N: usize>(
    call: Intrinsic<'a>,
    path: &str,
) -> Result<&'a [Node; N], TemplateError> {
    match call.argument {
        Node::List(nodes) => nodes.as_slice().try_into().ok(),
        Node::Null | Node::Scalar(_) | Node::Map(_) | Node::Tagged(..) | Node::Unresolved(_) => {
            None
        }
    }
    .ok_or_else(|| TemplateError::wrong(path, format!("{call} needs a list of {N} arguments")))
}

/// Returns the error for a call that has no value here. CloudFormation accepts condition functions
/// only in `Conditions`, except `Fn::If`:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html>.
fn not_evaluated(call: Intrinsic<'_>, path: &str) -> TemplateError {
    if let "And" | "Or" | "Not" | "Equals" | "Condition" = call.name {
        let reason = format!(
            "{call} is a condition function, which is allowed only in Conditions; define a \
             condition there and use it with Fn::If"
        );
        return TemplateError::wrong(path, reason);
    }
    let reason = match call.name {
        "Transform" => "a macro is code that runs in AWS",
        "GetAZs" => "its value depends on the region",
        "Cidr" | "Length" | "ToJsonString" | "ForEach" => "the function is not simulated",
        _ => "the function is unknown",
    };
    TemplateError::undeployed(path, call.name, format!("{call} cannot be evaluated: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::super::sample_value;

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
        sample_value::evaluate(text, SECTIONS, RESOURCES)
    }

    #[test]
    fn a_function_gives_the_same_value_as_in_cloudformation() {
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
    fn a_function_that_cannot_be_evaluated_is_named() {
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
        (not simulated) Resources.Function.Properties.Environment.Variables.V: Fn::ImportValue other-stack cannot be evaluated: another stack exports its value
        (not simulated) Resources.Function.Properties.Environment.Variables.V: Fn::GetAZs cannot be evaluated: its value depends on the region
        (not simulated) Resources.Function.Properties.Environment.Variables.V: Fn::Transform cannot be evaluated: a macro is code that runs in AWS
        (not simulated) Resources.Function.Properties.Environment.Variables.V: Fn::Length cannot be evaluated: the function is not simulated
        (not simulated) Resources.Function.Properties.Environment.Variables.V: Fn::GetAtt Api.RootResourceId cannot be evaluated: the attribute RootResourceId of AWS::ApiGateway::RestApi is not simulated
        (not simulated) Resources.Function.Properties.Environment.Variables.V: `{{resolve:ssm:/name}}` is a dynamic reference, which only AWS can resolve
        ");
    }

    #[test]
    fn a_call_that_aws_rejects_is_an_error() {
        let cases = [
            "!Ref Nothing",
            "!Ref Secret",
            "!Ref Live",
            "!Ref Zones",
            "!GetAtt Bucket",
            "!GetAtt Nothing.Arn",
            "!GetAtt Bucket.ARN",
            "!Sub '${Stage'",
            "!Sub '${Nothing}'",
            "!Select [3, !Ref Zones]",
            "!Select [x, [a]]",
            "!FindInMap [Sizes, live, memory]",
            "!Join ['-']",
            "!Split ['', a]",
            "!If [Nothing, a, b]",
            "!Equals [a, b]",
            "!Condition IsTest",
            "[a]",
        ];
        let errors = cases.map(|text| value(text).unwrap_err()).join("\n");
        insta::assert_snapshot!(errors, @r"
        Resources.Function.Properties.Environment.Variables.V: no parameter and no resource is named Nothing
        Resources.Function.Properties.Environment.Variables.V: the parameter Secret has no default and no value
        Resources.Function.Properties.Environment.Variables.V: refers to the resource Live, whose condition IsLive is false here; the parameters that decide it: Stage
        Resources.Function.Properties.Environment.Variables.V: must be text
        Resources.Function.Properties.Environment.Variables.V: Fn::GetAtt Bucket needs an attribute, such as Bucket.Arn
        Resources.Function.Properties.Environment.Variables.V: no resource is named Nothing
        Resources.Function.Properties.Environment.Variables.V: Fn::GetAtt Bucket.ARN: the attribute ARN does not exist; write Bucket.Arn
        Resources.Function.Properties.Environment.Variables.V: a `${` is not closed with `}` in the text of Fn::Sub: ${Stage
        Resources.Function.Properties.Environment.Variables.V: no parameter and no resource is named Nothing
        Resources.Function.Properties.Environment.Variables.V: `3` is not an index of the list of Fn::Select; the first index is 0
        Resources.Function.Properties.Environment.Variables.V: `x` is not an index of the list of Fn::Select; the first index is 0
        Resources.Function.Properties.Environment.Variables.V: Fn::FindInMap names Mappings.Sizes.live.memory, which is missing
        Resources.Function.Properties.Environment.Variables.V: Fn::Join needs a list of 2 arguments
        Resources.Function.Properties.Environment.Variables.V: Fn::Split needs a delimiter that is not empty
        Resources.Function.Properties.Environment.Variables.V: the condition Nothing is not defined in Conditions
        Resources.Function.Properties.Environment.Variables.V: Fn::Equals is a condition function, which is allowed only in Conditions; define a condition there and use it with Fn::If
        Resources.Function.Properties.Environment.Variables.V: Condition is a condition function, which is allowed only in Conditions; define a condition there and use it with Fn::If
        Resources.Function.Properties.Environment.Variables.V: must be text
        ");
    }

    #[test]
    fn a_circular_reference_is_an_error() {
        let resources = "
  A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref B}}
  B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref A}}
";
        let error = sample_value::evaluate("!Ref A", "", resources).unwrap_err();
        insta::assert_snapshot!(error, @"Resources.B.Properties.BucketName: functions and references are nested more than 100 levels deep; check for a circular reference");
    }

    #[test]
    fn references_that_expand_exponentially_are_an_error() {
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
        let error = sample_value::evaluate("!Ref B39", "", &resources).unwrap_err();
        insta::assert_snapshot!(error, @"Resources.B5.Properties.BucketName: the evaluation takes more than 10000000 steps; check for references that expand exponentially");
    }
}
