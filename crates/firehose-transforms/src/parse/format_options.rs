use crate::parse::{format_error::InvalidFormat, time_zone::FixedZone};

/// Options of a format. The table of formats in the [module](crate::parse) lists the options of each
/// format.
///
/// An option that has no effect on the format is an error of
/// [`LineFormat::with_options`](crate::parse::LineFormat::with_options).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatOptions {
    fields: Option<Vec<String>>,
    pattern: Option<String>,
    definitions: Vec<(String, String)>,
    delimiter: Option<char>,
    time_zone: Option<String>,
}

impl FormatOptions {
    /// Sets the names of the fields, in their order.
    ///
    /// A list of one string is read in the notation of the format: a format string of flow logs
    /// (`"${srcaddr} ${dstaddr}"`), a `#Fields:` header of CloudFront, or a header row of CSV.
    #[must_use]
    pub fn with_fields<I: IntoIterator<Item: Into<String>>>(mut self, fields: I) -> Self {
        self.fields = Some(fields.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the regular expression or the grok pattern.
    #[must_use]
    pub fn with_pattern(mut self, pattern: impl Into<String>) -> Self {
        self.pattern = Some(pattern.into());
        self
    }

    /// Adds a named pattern for grok, or replaces the pattern with this name in the pattern library.
    #[must_use]
    pub fn with_definition(mut self, name: impl Into<String>, pattern: impl Into<String>) -> Self {
        self.definitions.push((name.into(), pattern.into()));
        self
    }

    /// Sets the delimiter of CSV, an ASCII character. Default: a comma.
    #[must_use]
    pub fn with_delimiter(mut self, delimiter: char) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// Sets the time zone of times without a time zone: `UTC` or an offset such as `+02:00`. Default:
    /// `UTC`.
    ///
    /// Names of regions such as `Europe/Berlin` need a database of time zones, which the crate does
    /// not contain.
    #[must_use]
    pub fn with_time_zone(mut self, time_zone: impl Into<String>) -> Self {
        self.time_zone = Some(time_zone.into());
        self
    }
}

/// The options that the builder of a format has not read yet. Options that are left at the end are an
/// error.
#[derive(Debug)]
pub(crate) struct OptionReader {
    format: &'static str,
    left: FormatOptions,
}

impl OptionReader {
    pub(crate) fn new(format: &'static str, options: &FormatOptions) -> Self {
        Self { format, left: options.clone() }
    }

    pub(crate) fn fields(&mut self) -> Result<Option<Vec<String>>, InvalidFormat> {
        match self.left.fields.take() {
            Some(fields) if fields.is_empty() => Err(self.invalid("fields", "the list is empty")),
            fields => Ok(fields),
        }
    }

    #[cfg(any(feature = "parse_regex", feature = "parse_grok"))]
    pub(crate) fn pattern(&mut self) -> Result<String, InvalidFormat> {
        self.left.pattern.take().ok_or_else(|| self.missing("pattern"))
    }

    #[cfg(feature = "parse_grok")]
    pub(crate) fn definitions(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.left.definitions)
    }

    #[cfg(feature = "parse_csv")]
    pub(crate) fn delimiter(&mut self) -> Result<u8, InvalidFormat> {
        match self.left.delimiter.take().map(u8::try_from) {
            None => Ok(b','),
            Some(Ok(byte)) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(byte),
            Some(_) => Err(self.invalid(
                "delimiter",
                "the delimiter must be an ASCII character other than a quote or a line break",
            )),
        }
    }

    pub(crate) fn time_zone(&mut self) -> Result<FixedZone, InvalidFormat> {
        match self.left.time_zone.take() {
            None => Ok(FixedZone::UTC),
            Some(text) => FixedZone::parse(&text).ok_or_else(|| {
                self.invalid("time_zone", "write `UTC` or an offset such as `+02:00`")
            }),
        }
    }

    pub(crate) fn missing(&self, option: &'static str) -> InvalidFormat {
        InvalidFormat::MissingOption { format: self.format, option }
    }

    pub(crate) fn invalid(
        &self,
        option: &'static str,
        problem: impl Into<String>,
    ) -> InvalidFormat {
        InvalidFormat::InvalidOption { format: self.format, option, problem: problem.into() }
    }

    /// Checks that the builder of the format has read all options.
    pub(crate) fn finish(self) -> Result<(), InvalidFormat> {
        let given = [
            ("fields", self.left.fields.is_some()),
            ("pattern", self.left.pattern.is_some()),
            ("definitions", !self.left.definitions.is_empty()),
            ("delimiter", self.left.delimiter.is_some()),
            ("time_zone", self.left.time_zone.is_some()),
        ];
        match given.into_iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) => Err(InvalidFormat::UnusedOption { format: self.format, option }),
            None => Ok(()),
        }
    }
}
