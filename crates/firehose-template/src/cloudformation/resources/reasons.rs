use crate::error::TemplateError;

/// The reasons why a delivery stream cannot be simulated.
#[derive(Debug, Default)]
pub(super) struct Reasons {
    /// Errors that no given value fixes.
    not_simulated: Vec<TemplateError>,
    /// The first error about a missing value.
    missing: Option<TemplateError>,
}

impl Reasons {
    /// Keeps the reason if a part of the delivery stream cannot be simulated, so that the caller can
    /// read on and find further reasons. Returns `None` then.
    ///
    /// # Errors
    ///
    /// If AWS rejects the part. After a reason, such an error is ignored: the simulation knows the
    /// rules of such a delivery stream only in part.
    pub(super) fn keep<T>(
        &mut self,
        read: Result<T, TemplateError>,
    ) -> Result<Option<T>, TemplateError> {
        match read {
            Ok(value) => return Ok(Some(value)),
            Err(error) if !error.is_not_simulated() => {
                if self.not_simulated.is_empty() && self.missing.is_none() {
                    return Err(error);
                }
            }
            Err(error) if error.missing_value().is_some() => {
                self.missing.get_or_insert(error);
            }
            Err(error) => self.not_simulated.push(error),
        }
        Ok(None)
    }

    /// Returns an error with all reasons that no given value fixes. If there are none, returns the
    /// error about the first missing value.
    pub(super) fn into_result(self) -> Result<(), TemplateError> {
        let mut errors = self.not_simulated.into_iter();
        match errors.next() {
            Some(first) => Err(first.with_reasons(errors.as_slice())),
            None => self.missing.map_or(Ok(()), Err),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::cloudformation::sample_deployment;

    /// Returns the properties that an error names.
    fn named(error: &str) -> Vec<&str> {
        let start = "Resources.Delivery.Properties.";
        error.split(start).skip(1).map(|it| it.split(": ").next().unwrap_or(it)).collect()
    }

    #[test]
    fn all_reasons_are_named_at_once() {
        let error = sample_deployment::destination(
            "Prefix: !ImportValue prefix, CustomTimeZone: Nowhere, New: 1, \
             ProcessingConfiguration: {Enabled: true, Processors: [\
             {Type: RecordDeAggregation, Parameters: [{ParameterName: New, ParameterValue: 1}]}, \
             {Type: Decompression, Parameters: [{ParameterName: New, ParameterValue: 1}]}]}",
        )
        .unwrap_err();
        let names = [
            "New",
            "ProcessingConfiguration.Processors[0].Parameters[0].ParameterName",
            "ProcessingConfiguration.Processors[1].Parameters[0].ParameterName",
        ];
        let names = names.map(|name| format!("ExtendedS3DestinationConfiguration.{name}"));
        assert_eq!(named(&error), names);

        let error = sample_deployment::delivery_stream(
            "DatabaseSourceConfiguration: {}\nHttpEndpointDestinationConfiguration: {}",
        )
        .unwrap_err();
        assert_eq!(named(&error), ["DatabaseSourceConfiguration"]);
    }

    #[test]
    fn a_reason_comes_before_a_missing_value() {
        let error = sample_deployment::destination("Prefix: !ImportValue prefix").unwrap_err();
        assert_eq!(named(&error), ["ExtendedS3DestinationConfiguration.Prefix"]);
        let both = "Prefix: !ImportValue prefix, New: 1";
        let error = sample_deployment::destination(both).unwrap_err();
        assert_eq!(named(&error), ["ExtendedS3DestinationConfiguration.New"]);
    }

    #[test]
    fn a_value_that_aws_rejects_is_an_error_only_without_a_reason() {
        let wrong = "BufferingHints: {SizeInMBs: 0, IntervalInSeconds: 60}";
        let error = sample_deployment::destination(wrong).unwrap_err();
        assert!(!error.starts_with("(not simulated)"), "{error}");
        let error = sample_deployment::destination(&format!("{wrong}, New: 1")).unwrap_err();
        assert!(error.starts_with("(not simulated)"), "{error}");
    }
}
