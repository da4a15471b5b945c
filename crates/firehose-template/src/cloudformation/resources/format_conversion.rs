use firehose_delivery::delivery_stream::BUFFER_MEGABYTES;

use crate::{cloudformation::evaluator::Mapping, deployment::Deployment, error::TemplateError};

/// The smallest size hint with the conversion of record formats, in megabytes:
/// <https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html>.
const MIN_MEGABYTES_TO_CONVERT: u64 = 64;

/// Returns `true` if the destination converts the record format, and adds a note: the records are
/// delivered without conversion.
pub(super) fn converts_format(
    configuration: &Mapping<'_>,
    deployment: &mut Deployment,
) -> Result<bool, TemplateError> {
    let Some(conversion) = configuration.get("DataFormatConversionConfiguration")? else {
        return Ok(false);
    };
    // Default: true.
    let is_enabled = match conversion.mapping()?.get("Enabled")? {
        Some(enabled) => enabled.boolean()?,
        None => true,
    };
    if is_enabled {
        check_conversion(&conversion.mapping()?, configuration)?;
        let text = "the conversion of record formats is not simulated; the records are delivered as \
                    JSON, uncompressed";
        deployment.note(conversion.path(), text);
    }
    Ok(is_enabled)
}

/// Checks the settings that the conversion of record formats needs:
/// <https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html>.
fn check_conversion(
    conversion: &Mapping<'_>,
    configuration: &Mapping<'_>,
) -> Result<(), TemplateError> {
    for part in ["InputFormatConfiguration", "OutputFormatConfiguration", "SchemaConfiguration"] {
        // Check only that the part is present, because only a deployed stack may have its values.
        if conversion.unevaluated(part).is_none() {
            let reason = format!("the required {part} is missing");
            return Err(TemplateError::wrong(conversion.path(), reason));
        }
    }
    if let Some(format) = configuration.get("CompressionFormat")?
        && format.text()? != "UNCOMPRESSED"
    {
        let reason = format!(
            "is {}, but must be UNCOMPRESSED with DataFormatConversionConfiguration; the compression \
             is part of its OutputFormatConfiguration",
            format.text()?
        );
        return Err(format.wrong(reason));
    }
    let hints = configuration.mapping("BufferingHints")?;
    if let Some(size) = hints.get("SizeInMBs")? {
        size.number(MIN_MEGABYTES_TO_CONVERT..=*BUFFER_MEGABYTES.end())?;
    }
    Ok(())
}
