use std::path::PathBuf;

use crate::{
    cloudformation::evaluator::{Mapping, ResolvedValue, Resource},
    deployment::FunctionCode,
};

/// Returns the place of a function's code. Returns `None` if the template names no place, or a place that
/// only a deployed stack knows: the options of a command can name the code.
pub(super) fn read_code(resource: Resource<'_>) -> Option<FunctionCode> {
    cdk_asset(resource).or_else(|| match resource.kind() {
        "AWS::Serverless::Function" => {
            let inline = || resource.property("InlineCode").ok().flatten()?.text().ok();
            let path = || of_value(&resource.property("CodeUri").ok().flatten()?, "Key");
            inline().map(FunctionCode::Inline).or_else(path)
        }
        _ => {
            let code = resource.property("Code").ok().flatten()?;
            let inline = || code.mapping().ok()?.get("ZipFile").ok().flatten()?.text().ok();
            inline().map(FunctionCode::Inline).or_else(|| of_value(&code, "S3Key"))
        }
    })
}

/// Returns the folder of an asset of the CDK. The template names the archive that a deployment puts to a
/// bucket, and its metadata name the folder beside the template:
/// <https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/cx-api/lib/assets.ts>.
fn cdk_asset(resource: Resource<'_>) -> Option<FunctionCode> {
    let metadata = resource.metadata().ok()?;
    let is_code = matches!(metadata.text("aws:asset:property"), Ok(Some(name)) if name == "Code");
    let path = metadata.text("aws:asset:path").ok().flatten().filter(|_| is_code)?;
    Some(FunctionCode::Path(path.into()))
}

/// Returns the path of a local folder or archive, or the key of an object.
fn of_value(value: &ResolvedValue<'_>, key: &str) -> Option<FunctionCode> {
    if let Ok(text) = value.text() {
        let object = text.strip_prefix("s3://").and_then(|it| it.split_once('/'));
        return Some(match object {
            Some((_, key)) => FunctionCode::Object(key.to_owned()),
            None => FunctionCode::Path(PathBuf::from(text)),
        });
    }
    let object: Mapping<'_> = value.mapping().ok()?;
    object.text(key).ok().flatten().map(FunctionCode::Object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cloudformation::read_cloudformation_function, given_values::GivenValues};

    fn code(globals: &str, function: &str) -> (Option<String>, Option<FunctionCode>) {
        let template =
            format!("Globals: {{Function: {{{globals}}}}}\nResources:\n  F: {{{function}}}");
        let read = read_cloudformation_function(&template, "F", &GivenValues::default());
        let (function, _) = read.unwrap();
        (function.handler, function.code)
    }

    #[test]
    fn the_code_of_a_sam_function_is_a_folder_or_text() {
        let sam = "Type: 'AWS::Serverless::Function'";
        let globals = "CodeUri: src/, Handler: app.handler, Runtime: python3.13";
        let folder = |path: &str| Some(FunctionCode::Path(path.into()));
        assert_eq!(code(globals, sam), (Some("app.handler".to_owned()), folder("src/")));
        let own = format!("{sam}, Properties: {{CodeUri: own, Handler: a.b}}");
        assert_eq!(code(globals, &own), (Some("a.b".to_owned()), folder("own")));
        let inline = format!("{sam}, Properties: {{InlineCode: 'x = 1'}}");
        assert_eq!(code(globals, &inline).1, Some(FunctionCode::Inline("x = 1".to_owned())));
        let key = Some(FunctionCode::Object("k/code.zip".to_owned()));
        let object = format!("{sam}, Properties: {{CodeUri: {{Bucket: b, Key: k/code.zip}}}}");
        assert_eq!(code(globals, &object).1, key);
        assert_eq!(
            code("", &format!("{sam}, Properties: {{CodeUri: 's3://b/k/code.zip'}}")).1,
            key
        );
        assert_eq!(code("", sam), (None, None));
    }

    #[test]
    fn the_code_of_a_function_is_text_an_object_or_a_folder() {
        let of = |code_of: &str, more: &str| {
            let properties = format!("Properties: {{Handler: index.handler, Code: {code_of}}}");
            code("", &format!("Type: 'AWS::Lambda::Function', {properties}{more}")).1
        };
        let inline = of("{ZipFile: 'exports.handler = 1'}", "");
        assert_eq!(inline, Some(FunctionCode::Inline("exports.handler = 1".to_owned())));
        let object = of("{S3Bucket: !Ref 'AWS::Region', S3Key: a/b.zip}", "");
        assert_eq!(object, Some(FunctionCode::Object("a/b.zip".to_owned())));
        assert_eq!(of("./src", ""), Some(FunctionCode::Path("./src".into())));
        let unknown = of("{S3Bucket: b, S3Key: !ImportValue key}", "");
        assert_eq!(unknown, None);
        let metadata = ", Metadata: {'aws:asset:path': asset.1234, 'aws:asset:property': Code}";
        let asset = of("{S3Bucket: b, S3Key: 1234.zip}", metadata);
        assert_eq!(asset, Some(FunctionCode::Path("asset.1234".into())));
    }
}
