use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::event::malformed::MalformedEvent;

/// The event as Lambda delivered it: its text, or an error for an event that is not JSON.
///
/// For any other event type, `lambda_runtime` reads field by field, and rejects the whole event if
/// one field does not fit. This type accepts any bytes, and leaves the parsing to
/// [`Handler`](crate::Handler).
#[derive(Debug)]
pub struct EventText(Result<Box<str>, MalformedEvent>);

impl EventText {
    /// Returns the text.
    ///
    /// # Errors
    ///
    /// If the event is not JSON.
    pub fn into_text(self) -> Result<String, MalformedEvent> {
        self.0.map(String::from)
    }
}

impl From<String> for EventText {
    fn from(text: String) -> Self {
        Self(Ok(text.into()))
    }
}

impl<'de> Deserialize<'de> for EventText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // After an error here, the event would not reach the handler, which reports such events.
        let text = Box::<RawValue>::deserialize(deserializer);
        Ok(Self(text.map(Box::<str>::from).map_err(MalformedEvent::new)))
    }
}
