use json_scanner::{JsonPosition, JsonScanner, JsonSyntaxError};

/// The parts of an envelope, as they are written.
#[derive(Default)]
pub(super) struct Envelope<'a> {
    pub(super) message_type: Option<&'a str>,
    pub(super) log_group: Option<&'a str>,
    pub(super) log_stream: Option<&'a str>,
    pub(super) owner: Option<&'a str>,
    /// The position before the array of log events.
    pub(super) log_events: Option<JsonPosition>,
}

impl<'a> Envelope<'a> {
    /// Reads an envelope and moves past it. The fields may have any order, and unknown fields are
    /// skipped.
    pub(super) fn read(scanner: &mut JsonScanner<'a>) -> Result<Self, JsonSyntaxError> {
        let mut envelope = Self::default();
        scanner.object()?;
        while let Some(key) = scanner.key()? {
            let slot = match key {
                r#""messageType""# => &mut envelope.message_type,
                r#""logGroup""# => &mut envelope.log_group,
                r#""logStream""# => &mut envelope.log_stream,
                r#""owner""# => &mut envelope.owner,
                r#""logEvents""# => {
                    envelope.log_events = Some(scanner.position());
                    scanner.value()?;
                    continue;
                }
                _ => {
                    scanner.value()?;
                    continue;
                }
            };
            *slot = Some(scanner.value()?);
        }
        Ok(envelope)
    }
}
