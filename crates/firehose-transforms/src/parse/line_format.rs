use std::sync::Arc;

use firehose_core::Timestamp;

use crate::{
    nearest_name::nearest_name,
    parse::{
        format_error::InvalidFormat,
        format_options::{FormatOptions, OptionReader},
        line_parser::LineParser,
        object_writer::ObjectWriter,
        parse_error::ParseError,
        parsed::Parsed,
        registry::FORMATS,
    },
};

/// A format of log lines, with its options.
///
/// A clone is cheap.
///
/// ```
/// use firehose_transforms::parse::LineFormat;
///
/// let format = LineFormat::from_name("logfmt")?;
/// let mut json = Vec::new();
/// format.parse_line("level=info status=200", None, &mut json)?;
/// assert_eq!(json, br#"{"level":"info","status":"200"}"#);
///
/// let error = LineFormat::from_name("logfm").unwrap_err();
/// assert!(error.to_string().contains("did you mean `logfmt`?"));
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone, Debug)]
pub struct LineFormat {
    name: &'static str,
    parser: Arc<dyn LineParser>,
}

impl LineFormat {
    /// Creates the format with this name, without options.
    ///
    /// # Errors
    ///
    /// If no format has this name, if its feature is disabled, or if the format requires an option.
    pub fn from_name(name: &str) -> Result<Self, InvalidFormat> {
        Self::with_options(name, &FormatOptions::default())
    }

    /// Creates the format with this name, with options.
    ///
    /// # Errors
    ///
    /// If no format has this name, if its feature is disabled, if an option is missing or invalid, or if
    /// an option has no effect on the format.
    pub fn with_options(name: &str, options: &FormatOptions) -> Result<Self, InvalidFormat> {
        let Some(format) = FORMATS.iter().find(|format| format.name == name) else {
            return Err(InvalidFormat::UnknownName {
                name: name.to_owned(),
                nearest: nearest_name(name, Self::names()),
                formats: Self::names().collect(),
            });
        };
        let name = format.name;
        let build = format
            .build
            .map_err(|feature| InvalidFormat::DisabledFeature { format: name, feature })?;
        let mut reader = OptionReader::new(name, options);
        let parser = build(&mut reader)?;
        reader.finish()?;
        Ok(Self { name, parser })
    }

    /// Returns the names of all formats, including formats whose feature is disabled.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FORMATS.iter().map(|format| format.name)
    }

    /// Returns the name of the format.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Parses a line and appends its JSON object to `out`.
    ///
    /// Ignores one line break at the end of the line. `received_at` is the arrival time of the record.
    /// Only `syslog` needs this time, for times without a year. `None` means the current time.
    ///
    /// # Errors
    ///
    /// If the line does not have this format. `out` is then unchanged. The error shows no part of the
    /// line.
    pub fn parse_line(
        &self,
        line: &str,
        received_at: Option<Timestamp>,
        out: &mut Vec<u8>,
    ) -> Result<Parsed, ParseError> {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let start = out.len();
        let mut object = ObjectWriter::begin(out);
        let parsed = self.parser.parse(line, received_at, &mut object);
        match parsed {
            Ok(Parsed::Object) => object.end(),
            Ok(Parsed::Header) | Err(_) => out.truncate(start),
        }
        parsed
    }
}
