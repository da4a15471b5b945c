/// The parts of `arn:<partition>:<service>:<region>:<account>:<kind>/<name>` that a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arn<'a> {
    pub(super) text: &'a str,
    pub(super) region: Option<&'a str>,
    pub(super) name: &'a str,
}

impl<'a> Arn<'a> {
    /// Parses an ARN of this service and kind. Returns `None` for any other text.
    pub(super) fn parse(text: &'a str, service: &str, kind: &str) -> Option<Self> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", _partition, in_service, region, _account, resource] = parts[..] else {
            return None;
        };
        let name = resource.strip_prefix(kind)?.strip_prefix('/')?;
        let is_name = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        let region = (!region.is_empty()).then_some(region);
        (in_service == service && is_name).then_some(Self { text, region, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_a_region_and_a_name() {
        let text = "arn:aws-cn:kinesis:cn-north-1:111122223333:stream/orders.v-2_x";
        let arn = Arn::parse(text, "kinesis", "stream").unwrap();
        assert_eq!((arn.region, arn.name, arn.text), (Some("cn-north-1"), "orders.v-2_x", text));
        let arn = Arn::parse("arn:aws:firehose::1:deliverystream/a", "firehose", "deliverystream");
        assert_eq!(arn.unwrap().region, None);
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in [
            "",
            "orders",
            "arn:aws:kinesis:eu-west-1:111122223333",
            "arn:aws:kinesis:eu-west-1:111122223333:stream/",
            "arn:aws:kinesis:eu-west-1:111122223333:streams/orders",
            "arn:aws:kinesis:eu-west-1:111122223333:stream/orders/consumer/a:1",
            "arn:aws:firehose:eu-west-1:111122223333:stream/orders",
            "urn:aws:kinesis:eu-west-1:111122223333:stream/orders",
        ] {
            assert_eq!(Arn::parse(text, "kinesis", "stream"), None, "{text}");
        }
    }
}
