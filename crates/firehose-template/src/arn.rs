/// Returns the last part of an ARN of `service`, such as `stream/readings` for `kinesis`.
pub(crate) fn resource_part<'a>(arn: &'a str, service: &str) -> Option<&'a str> {
    let mut parts = arn.splitn(6, ':');
    let is_arn = parts.next()? == "arn" && !parts.next()?.is_empty();
    let has_service = parts.next()? == service;
    // Skip the region and the account, which are empty in the ARN of a bucket.
    parts.nth(1)?;
    parts.next().filter(|resource| is_arn && has_service && !resource.is_empty())
}

/// Returns the ARN of a function without its version or alias.
pub(crate) fn unqualified_function(arn: &str) -> Option<String> {
    let name = resource_part(arn, "lambda")?.strip_prefix("function:")?;
    let qualifier = name.split_once(':').map_or(0, |(_, qualifier)| qualifier.len() + 1);
    (qualifier < name.len()).then(|| arn[..arn.len() - qualifier].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_six_parts() {
        assert_eq!(resource_part("arn:aws:s3:::bucket", "s3"), Some("bucket"));
        assert_eq!(resource_part("arn:aws-cn:s3:::bucket", "s3"), Some("bucket"));
        for text in ["", "bucket", "arn:aws:s3::bucket", "arn:aws:s3:::", "arn:aws:sqs:::bucket"] {
            assert_eq!(resource_part(text, "s3"), None, "{text}");
        }
    }

    #[test]
    fn an_unqualified_arn_has_no_version_or_alias() {
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:square";
        assert_eq!(unqualified_function(arn).as_deref(), Some(arn));
        assert_eq!(unqualified_function(&format!("{arn}:live")).as_deref(), Some(arn));
        assert_eq!(unqualified_function(&format!("{arn}:$LATEST")).as_deref(), Some(arn));
        assert_eq!(unqualified_function("square"), None);
    }
}
