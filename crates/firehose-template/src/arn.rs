/// The last part of an ARN, if it is one of this service.
pub(crate) fn resource_part<'a>(arn: &'a str, service: &str) -> Option<&'a str> {
    let mut parts = arn.splitn(6, ':');
    let is_arn = parts.next()? == "arn" && !parts.next()?.is_empty();
    let of_service = parts.next()? == service;
    // The region and the account, which those of a bucket leave out.
    parts.nth(1)?;
    parts.next().filter(|resource| is_arn && of_service && !resource.is_empty())
}

/// The ARN of a function without the version or the alias, if it is the ARN of a function.
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
    fn the_qualifier_of_a_function_is_no_part_of_its_name() {
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:square";
        assert_eq!(unqualified_function(arn).as_deref(), Some(arn));
        assert_eq!(unqualified_function(&format!("{arn}:live")).as_deref(), Some(arn));
        assert_eq!(unqualified_function(&format!("{arn}:$LATEST")).as_deref(), Some(arn));
        assert_eq!(unqualified_function("square"), None);
    }
}
