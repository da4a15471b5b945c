use super::destination_section::{DestinationSection, SectionKind};
use crate::{deployment::Deployment, error::TemplateError};

/// Adds a note if the destination backs up all source records. Failed records are written in any
/// case.
pub(super) fn note_backup_mode(
    section: &DestinationSection<'_>,
    deployment: &mut Deployment,
) -> Result<(), TemplateError> {
    let configuration = &section.configuration;
    let key = match section.kind {
        SectionKind::Iceberg => "s3BackupMode",
        _ => "S3BackupMode",
    };
    let Some(mode) = configuration.get(key)? else { return Ok(()) };
    let (failed, all) = modes(section.kind);
    match mode.text()?.as_str() {
        text if text == all => {
            // Other destinations have a required S3 configuration.
            let needs_bucket = section.kind == SectionKind::ExtendedS3;
            if needs_bucket && configuration.unevaluated("S3BackupConfiguration").is_none() {
                let reason = format!("is {text}, but S3BackupConfiguration is missing; add it");
                return Err(mode.wrong(reason));
            }
            let text = "the backup of the source records is not written";
            deployment.note(mode.path(), text);
            Ok(())
        }
        text if text == failed => Ok(()),
        other => Err(mode.wrong(format!("`{other}` is neither {failed} nor {all}"))),
    }
}

/// Returns the mode without and the mode with a backup of all records.
fn modes(kind: SectionKind) -> (&'static str, &'static str) {
    match kind {
        SectionKind::ExtendedS3 | SectionKind::S3 | SectionKind::Redshift => {
            ("Disabled", "Enabled")
        }
        SectionKind::HttpEndpoint | SectionKind::Snowflake | SectionKind::Iceberg => {
            ("FailedDataOnly", "AllData")
        }
        SectionKind::Splunk => ("FailedEventsOnly", "AllEvents"),
        SectionKind::Search(_) => ("FailedDocumentsOnly", "AllDocuments"),
    }
}
