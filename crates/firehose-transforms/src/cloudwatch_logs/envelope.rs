use json_scanner::{JsonPosition, JsonScanner, JsonSyntaxError};

// The keys as JSON strings, with their quotes.
const MESSAGE_TYPE: &str = r#""messageType""#;
const LOG_GROUP: &str = r#""logGroup""#;
const LOG_STREAM: &str = r#""logStream""#;
const OWNER: &str = r#""owner""#;
const LOG_EVENTS: &str = r#""logEvents""#;

/// The fields of an envelope, as unchanged JSON text.
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
    /// Reads an envelope up to its log events if all other fields of this type precede the log events,
    /// as in the envelopes that CloudWatch Logs sends. Otherwise reads the whole envelope. Returns
    /// `true` if the whole envelope was read.
    ///
    /// The fields may have any order, and unknown fields are skipped. Stopping early avoids a second
    /// scan of the log events, which are nearly the whole text.
    pub(super) fn read_start(
        scanner: &mut JsonScanner<'a>,
    ) -> Result<(Self, bool), JsonSyntaxError> {
        let mut envelope = Self::default();
        scanner.object()?;
        let is_whole = envelope.read_fields(scanner, Self::has_other_fields)?;
        Ok((envelope, is_whole))
    }

    /// Reads the fields up to the end of the object, or up to the log events if `stop` returns `true`
    /// there. Returns `true` at the end of the object.
    fn read_fields(
        &mut self,
        scanner: &mut JsonScanner<'a>,
        stop: impl Fn(&Self) -> bool,
    ) -> Result<bool, JsonSyntaxError> {
        while let Some(key) = scanner.key()? {
            let slot = match key {
                MESSAGE_TYPE => &mut self.message_type,
                LOG_GROUP => &mut self.log_group,
                LOG_STREAM => &mut self.log_stream,
                OWNER => &mut self.owner,
                LOG_EVENTS => {
                    self.log_events = Some(scanner.position());
                    if stop(self) {
                        return Ok(false);
                    }
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
        Ok(true)
    }

    fn has_other_fields(&self) -> bool {
        [self.message_type, self.log_group, self.log_stream, self.owner].iter().all(Option::is_some)
    }
}

/// Reads the fields after the log events, up to the end of the object. Returns the first field that
/// the envelope repeats: [`Envelope::read_start`] has read each field of [`Envelope`] already.
pub(super) fn read_end(
    scanner: &mut JsonScanner<'_>,
) -> Result<Option<&'static str>, JsonSyntaxError> {
    let mut repeated = None;
    while let Some(key) = scanner.key()? {
        scanner.value()?;
        let field = [MESSAGE_TYPE, LOG_GROUP, LOG_STREAM, OWNER, LOG_EVENTS]
            .into_iter()
            .find(|field| *field == key);
        repeated = repeated.or(field);
    }
    Ok(repeated)
}
