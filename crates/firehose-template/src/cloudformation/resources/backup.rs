use std::{ops::RangeInclusive, time::Duration};

use firehose_delivery::delivery_stream::{S3DestinationConfig, Secret};

use super::{
    destination::{check_supported, read_destination},
    destination_section::DestinationSection,
    reasons::Reasons,
    role_check::warn_missing_role,
};
use crate::{cloudformation::evaluator::Mapping, deployment::Deployment, error::TemplateError};

/// The time for retries, in seconds: `DurationInSeconds` of the retry options of all destinations.
const RETRY_SECONDS: RangeInclusive<u64> = 0..=7200;

/// The properties that all destinations other than S3 have. This module reads some of these properties.
/// The others do not change the delivered data.
const PROPERTIES: &[&str] = &[
    "BufferingHints",
    "CloudWatchLoggingOptions",
    "ProcessingConfiguration",
    "RetryOptions",
    "RoleARN",
    "S3BackupMode",
    "S3Configuration",
    "SecretsManagerConfiguration",
];

/// Reads the S3 settings of a destination other than S3, rejects its unknown properties, and adds
/// the notes that all such destinations have. `known` has the properties of the destination itself.
pub(super) fn read_backup(
    section: &DestinationSection<'_>,
    known: &[&str],
    name: &str,
    reasons: &mut Reasons,
    deployment: &mut Deployment,
) -> Result<S3DestinationConfig, TemplateError> {
    let configuration = &section.configuration;
    reasons.keep(configuration.reject_unknown(&[PROPERTIES, known].concat()))?;
    let Some(s3) = reasons.keep(section.s3())? else { return Ok(S3DestinationConfig::default()) };
    warn_missing_role(configuration, "RoleARN", deployment);
    check_supported(&s3, false, reasons)?;
    read_destination(&s3, name, reasons, deployment)
}

/// Returns the time for retries.
pub(super) fn retry_duration(
    configuration: &Mapping<'_>,
    default: Duration,
) -> Result<Duration, TemplateError> {
    let options = configuration.mapping("RetryOptions")?;
    options.reject_unknown(&["DurationInSeconds"])?;
    match options.get("DurationInSeconds")? {
        Some(seconds) => Ok(Duration::from_secs(seconds.number(RETRY_SECONDS)?)),
        None => Ok(default),
    }
}

/// Returns a credential. A credential that only a deployed stack has, or whose parameter has no
/// value, becomes a placeholder with a note: no other value depends on it.
pub(super) fn secret(
    configuration: &Mapping<'_>,
    key: &str,
    deployment: &mut Deployment,
) -> Result<Option<Secret>, TemplateError> {
    let placeholder = || Some(Secret::new(format!("placeholder-of-{key}")));
    match configuration.text(key) {
        Ok(text) => Ok(text.filter(|text| !text.is_empty()).map(Secret::new)),
        Err(error) if error.missing_value().is_some() || error.undeployed_value().is_some() => {
            deployment.note_undeployed(&error, "requests carry a placeholder");
            Ok(placeholder())
        }
        Err(error) => Err(error),
    }
}

/// Adds a note, and returns a placeholder, if AWS takes the credential from Secrets Manager.
pub(super) fn managed_secret(
    configuration: &Mapping<'_>,
    deployment: &mut Deployment,
) -> Result<Option<Secret>, TemplateError> {
    let manager = configuration.mapping("SecretsManagerConfiguration")?;
    manager.reject_unknown(&["Enabled", "RoleARN", "SecretARN"])?;
    if !manager.is_true("Enabled")? {
        return Ok(None);
    }
    let text = "the secret is not read; requests carry a placeholder";
    deployment.note(configuration.path_of("SecretsManagerConfiguration"), text);
    Ok(Some(Secret::new("placeholder-of-the-secret")))
}

/// Returns the address of a destination. The address has no effect here, so the result is empty if only a
/// deployed stack has the address, or if its parameter has no value.
pub(super) fn address(configuration: &Mapping<'_>, key: &str) -> Result<String, TemplateError> {
    match configuration.text(key) {
        Ok(text) => Ok(text.unwrap_or_default()),
        Err(error) if error.missing_value().is_some() || error.undeployed_value().is_some() => {
            Ok(String::new())
        }
        Err(error) => Err(error),
    }
}

/// Returns a text that AWS requires.
pub(super) fn required_text(
    configuration: &Mapping<'_>,
    key: &str,
) -> Result<String, TemplateError> {
    configuration.require(key)?.text()
}
