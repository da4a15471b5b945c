use firehose_delivery::delivery_stream::DeliveryStream;

use super::resources_by_arn::ResourcesByArn;
use crate::{
    cloudformation::evaluator::{Mapping, ResolvedValue, Resource},
    deployment::Deployment,
    error::TemplateError,
};

/// Warns if the role of a destination may not put objects below a prefix of the delivery stream, or
/// if the template does not have the role.
///
/// The check reads the policies of the template only. It does not warn about missing permissions if
/// the role has managed policies, if it has no statement about `s3:PutObject`, or if a value cannot
/// be evaluated: other policies may allow more. A statement that denies counts in any case, unless
/// the statement has a condition.
pub(super) fn warn_role(
    resources: &ResourcesByArn<'_>,
    configuration: &Mapping<'_>,
    stream: &DeliveryStream,
    deployment: &mut Deployment,
) {
    warn_missing_role(configuration, "RoleARN", deployment);
    let Ok(Some(arn)) = configuration.text("RoleARN") else { return };
    let Ok(Some(bucket)) = configuration.text("BucketARN") else { return };
    let Some(role) = resources.roles.get(&arn) else { return };
    let Ok(permissions) = Permissions::read(*role, &resources.policies) else { return };
    let destination = stream.destination.s3();
    let prefixes = [
        ("Prefix", Some(&destination.prefix)),
        ("ErrorOutputPrefix", destination.error_output_prefix.as_ref()),
    ];
    for (property, prefix) in prefixes {
        let Some(prefix) = prefix else { continue };
        // All keys begin with the text before the first expression.
        let start = prefix.split("!{").next().unwrap_or_default();
        if let Some(reason) = permissions.forbid(&format!("{bucket}/{start}")) {
            let text = format!("the role {} {reason}", role.id());
            deployment.warn(configuration.path_of(property), text);
        }
    }
}

/// Warns if AWS rejects the ARN of a role, such as the ARN of a role that the template does not
/// have. The role itself has no effect here.
pub(super) fn warn_missing_role(
    configuration: &Mapping<'_>,
    property: &str,
    deployment: &mut Deployment,
) {
    if let Err(error) = configuration.text(property)
        && error.is_wrong()
    {
        deployment.warn(error.path(), format!("{}; AWS rejects the template", error.reason()));
    }
}

/// The objects that a role may put, as patterns of ARNs.
#[derive(Debug, Default)]
struct Permissions {
    allowed: Vec<String>,
    denied: Vec<String>,
    /// `true` if policies outside the template may allow more.
    is_incomplete: bool,
}

impl Permissions {
    /// Reads the policies of a role.
    fn read(role: Resource<'_>, policies: &[Resource<'_>]) -> Result<Self, TemplateError> {
        let properties = role.properties()?;
        let mut permissions = Self {
            is_incomplete: !matches!(properties.get("ManagedPolicyArns"), Ok(None)),
            ..Self::default()
        };
        if let Some(inline) = properties.get("Policies")? {
            for policy in inline.items()? {
                permissions.add(&policy.mapping()?)?;
            }
        }
        let name = role.name()?;
        for policy in policies {
            let properties = policy.properties()?;
            let Some(roles) = properties.get("Roles")? else { continue };
            for attached in roles.items()? {
                if attached.text()? == name {
                    permissions.add(&properties)?;
                }
            }
        }
        Ok(permissions)
    }

    /// Adds the resources of the statements in `PolicyDocument` about `s3:PutObject`.
    fn add(&mut self, policy: &Mapping<'_>) -> Result<(), TemplateError> {
        let document = policy.require("PolicyDocument")?.mapping()?;
        for statement in one_or_many(document.require("Statement")?)? {
            let statement = statement.mapping()?;
            let puts = match statement.get("Action")? {
                Some(action) => {
                    texts(action)?.iter().any(|action| can_match(action, "s3:PutObject"))
                }
                None => false,
            };
            match statement.text("Effect")?.as_deref() {
                Some("Allow") if puts => {
                    self.allowed.extend(texts(statement.require("Resource")?)?);
                }
                // Without `Resource`, the statement has `NotResource`, which is not read.
                Some("Deny") if puts && statement.get("Condition")?.is_none() => {
                    if let Some(resource) = statement.get("Resource")? {
                        self.denied.extend(texts(resource)?);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns the reason why Firehose cannot put any object whose ARN begins with `objects`.
    fn forbid(&self, objects: &str) -> Option<String> {
        if let Some(denied) = self.denied.iter().find(|pattern| matches_all(pattern, objects)) {
            let reason = format!("has a statement that denies {denied}");
            return Some(format!("{reason}, so Firehose cannot deliver to {objects}"));
        }
        let is_known = !self.is_incomplete && !self.allowed.is_empty();
        let is_allowed = || self.allowed.iter().any(|pattern| can_match(pattern, objects));
        (is_known && !is_allowed()).then(|| {
            let allowed = self.allowed.join(", ");
            format!("may put objects only to {allowed}, so Firehose cannot deliver to {objects}")
        })
    }
}

fn one_or_many(value: ResolvedValue<'_>) -> Result<Vec<ResolvedValue<'_>>, TemplateError> {
    match value.items() {
        Ok(items) => Ok(items),
        Err(_) => Ok(vec![value]),
    }
}

fn texts(value: ResolvedValue<'_>) -> Result<Vec<String>, TemplateError> {
    one_or_many(value)?.iter().map(ResolvedValue::text).collect()
}

/// Returns `true` if the pattern matches a text that begins with `start`. In the pattern, `*`
/// stands for any text, and `?` for one character.
fn can_match(pattern: &str, start: &str) -> bool {
    reached(pattern, start).contains(&true)
}

/// Returns `true` if the pattern matches each text that begins with `start`.
fn matches_all(pattern: &str, start: &str) -> bool {
    // The rest of such a pattern consists of stars.
    let stars = pattern.chars().rev().take_while(|c| *c == '*').count();
    let reached = reached(pattern, start);
    stars > 0 && reached.iter().rev().take(stars + 1).any(|reached| *reached)
}

/// Returns a list whose item `at` is `true` if the text can match the first `at` characters of the
/// pattern.
fn reached(pattern: &str, text: &str) -> Vec<bool> {
    let pattern: Vec<char> = pattern.chars().collect();
    let after_stars = |mut at: usize, reached: &mut Vec<bool>| {
        reached[at] = true;
        while pattern.get(at) == Some(&'*') {
            at += 1;
            reached[at] = true;
        }
    };
    let mut reached = vec![false; pattern.len() + 1];
    after_stars(0, &mut reached);
    for character in text.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (at, wanted) in pattern.iter().enumerate().filter(|(at, _)| reached[*at]) {
            match wanted {
                '*' => after_stars(at, &mut next),
                '?' => after_stars(at + 1, &mut next),
                wanted if *wanted == character => after_stars(at + 1, &mut next),
                _ => {}
            }
        }
        reached = next;
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudformation::sample_deployment;

    #[test]
    fn patterns_match_the_start_of_keys() {
        for (pattern, start, expected) in [
            ("arn:aws:s3:::b/data/*", "arn:aws:s3:::b/data/raw/", true),
            ("arn:aws:s3:::b/data/raw/2026/*", "arn:aws:s3:::b/data/raw/", true),
            ("arn:aws:s3:::b/data/*", "arn:aws:s3:::b/other/", false),
            ("arn:aws:s3:::b", "arn:aws:s3:::b/data/", false),
            ("arn:aws:s3:::?/*", "arn:aws:s3:::b/data/", true),
            ("*", "arn:aws:s3:::b/", true),
            ("arn:aws:s3:::*/raw/*", "arn:aws:s3:::b/raw/x", true),
            ("s3:Put*", "s3:PutObject", true),
            ("s3:GetObject", "s3:PutObject", false),
            ("", "a", false),
        ] {
            assert_eq!(can_match(pattern, start), expected, "{pattern} {start}");
        }
    }

    #[test]
    fn a_pattern_that_ends_with_a_star_matches_all_longer_texts() {
        for (pattern, start, expected) in [
            ("b/data/*", "b/data/x/", true),
            ("b/data/*", "b/data/", true),
            ("b/data/*", "b/data", false),
            ("b/data/x/secret*", "b/data/x/", false),
            ("b/data/x/", "b/data/x/", false),
            ("b/*/x/**", "b/data/x/y", true),
            ("*", "", true),
            ("", "", false),
        ] {
            assert_eq!(matches_all(pattern, start), expected, "{pattern} {start}");
        }
    }

    /// Returns the warnings for a delivery stream with this prefix. Its role may put objects to
    /// `resource`, and has the further properties `more`.
    fn warnings(prefix: &str, resource: &str, more: &str) -> String {
        let read = sample_deployment::read(&format!(
            "Resources:
  Bucket: {{Type: 'AWS::S3::Bucket'}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      {more}
      Policies:
        - PolicyDocument:
            Statement:
              - {{Effect: Allow, Action: 's3:ListBucket', Resource: '*'}}
              - {{Effect: Allow, Action: ['s3:GetObject', 's3:PutObject'], Resource: {resource}}}
  A:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: !GetAtt Bucket.Arn
        RoleARN: !GetAtt Role.Arn
        Prefix: '{prefix}!{{timestamp:yyyy}}/'
        ErrorOutputPrefix: 'data/bad/!{{firehose:error-output-type}}/'"
        ));
        sample_deployment::notes(&read.unwrap())
    }

    #[test]
    fn a_prefix_that_the_role_does_not_allow_has_a_warning() {
        let allowed = "!Sub '${Bucket.Arn}/data/*'";
        assert_eq!(warnings("data/good/", allowed, ""), "");
        insta::assert_snapshot!(warnings("other/", allowed, ""), @"(warning) Resources.A.Properties.ExtendedS3DestinationConfiguration.Prefix: the role Role may put objects only to arn:aws:s3:::Bucket/data/*, so Firehose cannot deliver to arn:aws:s3:::Bucket/other/");
        // Managed policies and values of other stacks may allow more.
        assert_eq!(warnings("other/", allowed, "ManagedPolicyArns: [x]"), "");
        assert_eq!(warnings("other/", "!ImportValue x", ""), "");
        assert_eq!(warnings("other/", "['arn:aws:s3:::Bucket', 'arn:aws:s3:::Bucket/*']", ""), "");
    }

    #[test]
    fn a_statement_that_denies_has_a_warning() {
        let deny = |more: &str, resource: &str| {
            format!(
                "ManagedPolicyArns: [x], Policies: [{{PolicyDocument: {{Statement: {{Effect: Deny, \
                 Action: 's3:Put*', Resource: 'arn:aws:s3:::Bucket/{resource}' {more}}}}}}}]"
            )
        };
        let read = |role: &str| {
            let read = sample_deployment::read(&format!(
                "Resources:
  Bucket: {{Type: 'AWS::S3::Bucket'}}
  Role: {{Type: 'AWS::IAM::Role', Properties: {{{role}}}}}
  A:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      S3DestinationConfiguration:
        {{BucketARN: !GetAtt Bucket.Arn, RoleARN: !GetAtt Role.Arn, Prefix: data/x/}}"
            ));
            sample_deployment::notes(&read.unwrap())
        };
        insta::assert_snapshot!(read(&deny("", "data/*")), @"(warning) Resources.A.Properties.S3DestinationConfiguration.Prefix: the role Role has a statement that denies arn:aws:s3:::Bucket/data/*, so Firehose cannot deliver to arn:aws:s3:::Bucket/data/x/");
        assert_eq!(read(&deny("", "data/x/secret/*")), "");
        assert_eq!(read(&deny(", Condition: {}", "data/*")), "");
    }

    #[test]
    fn a_role_that_the_template_does_not_have_has_a_warning() {
        let read = |role: &str| {
            let read = sample_deployment::delivery_stream(&format!(
                "DeliveryStreamType: KinesisStreamAsSource
KinesisStreamSourceConfiguration: {{KinesisStreamARN: !GetAtt Source.Arn, RoleARN: {role}}}
ExtendedS3DestinationConfiguration:
  BucketARN: !GetAtt Bucket.Arn
  RoleARN: {role}
  ProcessingConfiguration:
    Enabled: true
    Processors:
      - Type: Lambda
        Parameters: [{{ParameterName: LambdaArn, ParameterValue: !Ref Square.Alias}}]"
            ));
            sample_deployment::notes(&read.unwrap())
        };
        insta::assert_snapshot!(read("!GetAtt Rolle.Arn"), @r"
        (warning) Resources.Delivery.Properties.KinesisStreamSourceConfiguration.RoleARN: no resource is named Rolle; AWS rejects the template
        (warning) Resources.Delivery.Properties.ExtendedS3DestinationConfiguration.RoleARN: no resource is named Rolle; AWS rejects the template
        ");
        // SAM generates the role of a function.
        for role in ["!GetAtt SquareRole.Arn", "!ImportValue role", "anything"] {
            assert_eq!(read(role), "", "{role}");
        }
    }
}
