use crate::{
    fields::{
        number_text::{Decimal, json_number},
        rfc3339,
    },
    paths::json_string::exact_text,
};

/// A format of a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "schema",
    derive(serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum TimeFormat {
    /// A string such as `2026-01-31T12:30:00.5Z`
    /// ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339)).
    ///
    /// Reading accepts any offset, and a space in place of the `T`. Times are written in UTC, with as
    /// many digits of the second as the time has, up to nine. Reading ignores further digits. The default.
    #[default]
    Rfc3339,
    /// The number of seconds since 1970-01-01T00:00:00Z. Reading accepts a fraction, and the number as a
    /// string. Writing rounds down to an integer.
    EpochSeconds,
    /// The number of milliseconds since 1970-01-01T00:00:00Z. Reading accepts a fraction, and the number
    /// as a string. Writing rounds down to an integer.
    EpochMillis,
}

impl TimeFormat {
    /// Reads a JSON value as nanoseconds since 1970-01-01T00:00:00Z. Returns `None` if the value is not a
    /// time in this format, or if the time is not in the years 0 to 9999.
    pub(crate) fn read(self, value: &str) -> Option<i128> {
        let text = if value.starts_with('"') { Some(exact_text(value)?) } else { None };
        let epoch = |power| {
            let number = json_number(text.as_deref().unwrap_or(value))?;
            rfc3339::in_range(Decimal::parse(&number)?.scaled(power)?)
        };
        match self {
            Self::Rfc3339 => rfc3339::read(text.as_deref()?),
            Self::EpochSeconds => epoch(9),
            Self::EpochMillis => epoch(6),
        }
    }

    /// Writes a time in nanoseconds since 1970-01-01T00:00:00Z as JSON.
    pub(super) fn write(self, time: i128) -> String {
        match self {
            Self::Rfc3339 => format!("\"{}\"", rfc3339::write(time)),
            Self::EpochSeconds => time.div_euclid(1_000_000_000).to_string(),
            Self::EpochMillis => time.div_euclid(1_000_000).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_in_every_format() {
        use TimeFormat::{EpochMillis, EpochSeconds, Rfc3339};
        for (from, value, to, expected) in [
            (Rfc3339, r#""2026-01-31T12:30:00Z""#, EpochSeconds, "1769862600"),
            (Rfc3339, r#""2026-01-31T13:30:00.999999+01:00""#, EpochMillis, "1769862600999"),
            (Rfc3339, r#""1969-12-31 23:59:59.5z""#, EpochSeconds, "-1"),
            (EpochSeconds, "1769862600", Rfc3339, r#""2026-01-31T12:30:00Z""#),
            (EpochSeconds, r#""1769862600.25""#, Rfc3339, r#""2026-01-31T12:30:00.25Z""#),
            (EpochSeconds, "1.7698626e9", EpochMillis, "1769862600000"),
            (EpochMillis, "-1", Rfc3339, r#""1969-12-31T23:59:59.999Z""#),
            (EpochMillis, "1769862600000.5", Rfc3339, r#""2026-01-31T12:30:00.0005Z""#),
            (Rfc3339, r#""9999-12-31T23:59:59.5Z""#, Rfc3339, r#""9999-12-31T23:59:59.5Z""#),
            (Rfc3339, r#""9999-12-31T23:59:59+01:00""#, EpochSeconds, "253402297199"),
            (EpochSeconds, "253402300799", Rfc3339, r#""9999-12-31T23:59:59Z""#),
            (EpochSeconds, "253370764800", Rfc3339, r#""9999-01-01T00:00:00Z""#),
            (EpochSeconds, "253370764799", Rfc3339, r#""9998-12-31T23:59:59Z""#),
            (EpochMillis, "-62167219200000", Rfc3339, r#""0000-01-01T00:00:00Z""#),
            (
                Rfc3339,
                r#""2026-01-31T12:30:00.12345678999Z""#,
                Rfc3339,
                r#""2026-01-31T12:30:00.123456789Z""#,
            ),
        ] {
            let time = from.read(value);
            assert_eq!(time.map(|it| to.write(it)).as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn other_values_are_not_times() {
        for value in [
            r#""2026-01-31""#,
            r#""noon""#,
            r#""1769862600""#,
            "1769862600",
            "null",
            r#""-000001-01-01T00:00:00Z""#,
            r#""+002026-01-31T12:30:00Z""#,
            r#""2026-01-31T12:30:00+01:00[Europe/Paris]""#,
            r#""0000-01-01T00:00:00+01:00""#,
            r#""9999-12-31T23:59:59-01:00""#,
            r#""9999-02-29T00:00:00Z""#,
        ] {
            assert_eq!(TimeFormat::Rfc3339.read(value), None, "{value}");
        }
        for value in
            [r#""2026-01-31T12:30:00Z""#, "1e30", "null", "true", "[1]", r#""""#, "253402300800"]
        {
            assert_eq!(TimeFormat::EpochSeconds.read(value), None, "{value}");
        }
        assert_eq!(TimeFormat::EpochMillis.read("-62167219200001"), None);
    }
}
