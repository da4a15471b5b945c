use firehose_transforms::fields::TimeFormat;
use schemars::JsonSchema;
use serde::Deserialize;

/// A way to write a point in time.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TimeChoice {
    /// A text such as `2026-01-31T12:30:00.5Z`.
    #[default]
    Rfc3339,
    /// The number of seconds since 1970.
    EpochSeconds,
    /// The number of milliseconds since 1970.
    EpochMillis,
}

impl From<TimeChoice> for TimeFormat {
    fn from(choice: TimeChoice) -> Self {
        match choice {
            TimeChoice::Rfc3339 => Self::Rfc3339,
            TimeChoice::EpochSeconds => Self::EpochSeconds,
            TimeChoice::EpochMillis => Self::EpochMillis,
        }
    }
}
