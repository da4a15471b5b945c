use firehose_delivery::delivery_stream::DeliveryStream;

use super::resources_by_arn::ResourcesByArn;
use crate::{
    cloudformation::evaluator::{Mapping, ResolvedValue, Resource},
    deployment::Deployment,
    error::TemplateError,
};

/// Warns if the role of a destination may put objects, but not below a prefix of the delivery
/// stream.
///
/// The check reads the policies of the template only. It does not warn if the role has managed
/// policies, if it has no statement about `s3:PutObject`, or if a value cannot be evaluated: other
/// policies may allow more.
pub(super) fn warn_role(
    resources: &ResourcesByArn<'_>,
    configuration: &Mapping<'_>,
    stream: &DeliveryStream,
    deployment: &mut Deployment,
) {
    let Ok(Some(arn)) = configuration.text("RoleARN") else { return };
    let Ok(Some(bucket)) = configuration.text("BucketARN") else { return };
    let Some(role) = resources.roles.get(&arn) else { return };
    let Ok(allowed) = allowed_objects(*role, &resources.policies) else { return };
    if allowed.is_empty() {
        return;
    }
    let destination = &stream.destination;
    let prefixes = [
        ("Prefix", Some(&destination.prefix)),
        ("ErrorOutputPrefix", destination.error_output_prefix.as_ref()),
    ];
    for (property, prefix) in prefixes {
        let Some(prefix) = prefix else { continue };
        // All keys begin with the text before the first expression.
        let start = prefix.split("!{").next().unwrap_or_default();
        let objects = format!("{bucket}/{start}");
        if !allowed.iter().any(|pattern| can_match(pattern, &objects)) {
            let text = format!(
                "the role {} may put objects only to {}, so Firehose cannot deliver to {objects}",
                role.id(),
                allowed.join(", ")
            );
            deployment.warn(configuration.path_of(property), text);
        }
    }
}

/// Returns the resources of all statements that allow `s3:PutObject`.
fn allowed_objects(
    role: Resource<'_>,
    policies: &[Resource<'_>],
) -> Result<Vec<String>, TemplateError> {
    let properties = role.properties()?;
    let mut allowed = Vec::new();
    if properties.get("ManagedPolicyArns")?.is_some() {
        return Ok(allowed);
    }
    if let Some(inline) = properties.get("Policies")? {
        for policy in inline.items()? {
            add_statements(&policy.mapping()?, &mut allowed)?;
        }
    }
    let name = role.name()?;
    for policy in policies {
        let properties = policy.properties()?;
        let Some(roles) = properties.get("Roles")? else { continue };
        for attached in roles.items()? {
            if attached.text()? == name {
                add_statements(&properties, &mut allowed)?;
            }
        }
    }
    Ok(allowed)
}

/// Adds the resources of the statements in `PolicyDocument` that allow `s3:PutObject`.
fn add_statements(policy: &Mapping<'_>, allowed: &mut Vec<String>) -> Result<(), TemplateError> {
    let document = policy.require("PolicyDocument")?.mapping()?;
    for statement in one_or_many(document.require("Statement")?)? {
        let statement = statement.mapping()?;
        let puts = match statement.get("Action")? {
            Some(action) => texts(action)?.iter().any(|action| can_match(action, "s3:PutObject")),
            None => false,
        };
        if puts && statement.text("Effect")?.as_deref() == Some("Allow") {
            allowed.extend(texts(statement.require("Resource")?)?);
        }
    }
    Ok(())
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
    // `reached[at]` is true if the characters so far can match the first `at` characters of the
    // pattern.
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
    for character in start.chars() {
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
    reached.contains(&true)
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
}
