use firehose_core::{
    BoxError, JsonSyntaxError, Outcome, Record, Timestamp, Transform, async_trait,
};

use crate::parse::{
    json_depth::check_depth,
    json_object::{find, write_merged, write_with},
    json_text::decoded_text,
    line_format::LineFormat,
    member_path::{InvalidMemberPath, MemberPath},
    object_writer::escaped_name,
    parse_error::ParseError,
    parsed::Parsed,
};

/// A transform that parses a log line into a JSON object.
///
/// | [`with_from`](Self::with_from) | [`with_into`](Self::with_into) | line | output |
/// |---|---|---|---|
/// | not set | not set | the payload | the object of the line |
/// | not set | set | the payload | an object with the object of the line at the path `into` |
/// | set | not set | a string in the payload, which is a JSON object | the payload, with the members of the line after its other members |
/// | set | set | a string in the payload, which is a JSON object | the payload, with the object of the line at the path `into` |
///
/// All other members of the payload keep their bytes and their order. A member of the output that is set
/// from the line replaces all members with the same name.
///
/// A header line of the format is `Dropped`. A line that does not have the format is
/// `ProcessingFailed`.
///
/// ```
/// use firehose_core::{Record, Transform};
/// use firehose_transforms::parse::{LineFormat, Parse};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let parse = Parse::new(LineFormat::from_name("logfmt")?)
///     .with_from(".message")?
///     .with_into(".fields")?;
/// let record = Record::new("1", r#"{"id":1.50,"message":"level=info msg=\"all well\""}"#);
/// let outcome = parse.transform(record).await?;
/// assert_eq!(
///     outcome.output().unwrap().data(),
///     concat!(
///         r#"{"id":1.50,"message":"level=info msg=\"all well\"","#,
///         r#""fields":{"level":"info","msg":"all well"}}"#
///     )
/// );
/// # Ok::<_, firehose_core::BoxError>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct Parse {
    format: LineFormat,
    from: Option<MemberPath>,
    into: Option<MemberPath>,
}

impl Parse {
    /// Creates a transform that parses the payload.
    pub fn new(format: LineFormat) -> Self {
        Self { format, from: None, into: None }
    }

    /// Reads the line from a string in the payload, which must be a JSON object. `path` is a path such as
    /// `.message` or `.event.original`.
    ///
    /// # Errors
    ///
    /// If the path is invalid.
    pub fn with_from(mut self, path: &str) -> Result<Self, InvalidMemberPath> {
        self.from = Some(MemberPath::parse(path)?);
        Ok(self)
    }

    /// Writes the object of the line to the member at this path. Replaces the member if it exists, and
    /// creates missing objects on the path.
    ///
    /// # Errors
    ///
    /// If the path is invalid.
    pub fn with_into(mut self, path: &str) -> Result<Self, InvalidMemberPath> {
        self.into = Some(MemberPath::parse(path)?);
        Ok(self)
    }

    /// Parses a payload and appends the output to `out`.
    ///
    /// `received_at` is the arrival time of the record. See [`LineFormat::parse_line`].
    ///
    /// # Errors
    ///
    /// - The line does not have the format.
    /// - With [`with_from`](Self::with_from), the payload is not a JSON object of at most 128 levels, or
    ///   has no string at the path.
    /// - With [`with_into`](Self::with_into), the output has more than 128 levels.
    /// - With `with_from` and `with_into`, the path of `with_into` leads through a
    ///   member that is not an object.
    ///
    /// After an error, `out` is unchanged. The error shows no payload.
    pub fn parse_payload(
        &self,
        payload: &str,
        received_at: Option<Timestamp>,
        out: &mut Vec<u8>,
    ) -> Result<Parsed, ParseError> {
        match (&self.from, &self.into) {
            (None, None) => self.format.parse_line(payload, received_at, out),
            (None, Some(into)) => self.parse_wrapped(payload, into, received_at, out),
            (Some(from), into) => self.parse_member(payload, from, into.as_ref(), received_at, out),
        }
    }

    fn parse_wrapped(
        &self,
        payload: &str,
        into: &MemberPath,
        received_at: Option<Timestamp>,
        out: &mut Vec<u8>,
    ) -> Result<Parsed, ParseError> {
        let start = out.len();
        for name in into.names() {
            out.extend_from_slice(b"{\"");
            out.extend_from_slice(escaped_name(name).as_bytes());
            out.extend_from_slice(b"\":");
        }
        let parsed = self.format.parse_line(payload, received_at, out);
        match parsed {
            Ok(Parsed::Object) => {
                out.extend(into.names().iter().map(|_| b'}'));
                check_result(out, start, into)?;
            }
            Ok(Parsed::Header) | Err(_) => out.truncate(start),
        }
        parsed
    }

    fn parse_member(
        &self,
        payload: &str,
        from: &MemberPath,
        into: Option<&MemberPath>,
        received_at: Option<Timestamp>,
        out: &mut Vec<u8>,
    ) -> Result<Parsed, ParseError> {
        let in_from = |error: ParseError| error.in_member(from.as_str());
        let member = find(payload, from.names()).map_err(|error| not_json(&error))?;
        check_depth(payload)?;
        let member = member.ok_or_else(|| in_from(ParseError::new("the member is missing")))?;
        let line = decoded_text(member);
        let line =
            line.ok_or_else(|| in_from(ParseError::new("the value is not a valid string")))?;
        let mut object = Vec::new();
        if self.format.parse_line(&line, received_at, &mut object).map_err(in_from)?
            == Parsed::Header
        {
            return Ok(Parsed::Header);
        }
        let start = out.len();
        match into {
            Some(into) => {
                let written = write_with(payload, into.names(), &object, out);
                written.map_err(|_| {
                    out.truncate(start);
                    let problem = "the path leads through a member that is not an object";
                    ParseError::new(problem).in_member(into.as_str())
                })?;
                check_result(out, start, into)?;
            }
            // The parsers write valid UTF-8.
            None => write_merged(payload, &String::from_utf8_lossy(&object), out),
        }
        Ok(Parsed::Object)
    }
}

/// Checks the levels of the result, which has those of the path and those of the object of the line. If
/// there are too many, removes the result from `out`.
fn check_result(out: &mut Vec<u8>, start: usize, into: &MemberPath) -> Result<(), ParseError> {
    // The parsers write valid UTF-8.
    let checked = check_depth(str::from_utf8(&out[start..]).unwrap_or_default());
    checked.map_err(|_| {
        out.truncate(start);
        let problem = "the result has more than 128 levels of objects and arrays";
        ParseError::new(problem).in_member(into.as_str())
    })
}

fn not_json(error: &JsonSyntaxError) -> ParseError {
    let problem = format!("the payload is not a JSON object: expected {}", error.expected());
    ParseError::at(error.offset(), problem)
}

#[async_trait]
impl Transform for Parse {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let payload = record.text()?;
        // The object is longer than the line, because it also has the names of the members.
        let mut out = Vec::with_capacity(2 * payload.len() + 256);
        match self.parse_payload(payload, record.arrival_time(), &mut out)? {
            Parsed::Object => Ok(out.into()),
            Parsed::Header => Ok(Outcome::Dropped),
        }
    }
}
