//! The region, the account and the ARNs of local resources.

/// The region in the ARNs of all local resources. Functions run with this region too, unless the
/// environment sets `AWS_REGION` or `AWS_DEFAULT_REGION`.
pub const REGION: &str = "us-east-1";

/// The account in the ARNs of all local resources.
pub const ACCOUNT_ID: &str = "123456789012";

/// Returns the ARN of a resource of a service, such as `stream/readings` of `kinesis`.
pub fn arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}")
}

/// Returns the ARN of a delivery stream.
pub fn delivery_stream_arn(name: &str) -> String {
    arn("firehose", &format!("deliverystream/{name}"))
}

/// Returns the ARN of a Kinesis stream.
pub fn kinesis_stream_arn(name: &str) -> String {
    arn("kinesis", &format!("stream/{name}"))
}

/// Returns the ARN of a function. The name may end in a qualifier, such as `:$LATEST`.
pub fn function_arn(name: &str) -> String {
    arn("lambda", &format!("function:{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_have_the_form_of_their_service() {
        let arns = [delivery_stream_arn("a"), kinesis_stream_arn("b"), function_arn("c:$LATEST")];
        insta::assert_snapshot!(arns.join("\n"), @r"
        arn:aws:firehose:us-east-1:123456789012:deliverystream/a
        arn:aws:kinesis:us-east-1:123456789012:stream/b
        arn:aws:lambda:us-east-1:123456789012:function:c:$LATEST
        ");
    }
}
