use crate::parse::object_writer::ObjectWriter;

/// The parts of a request line such as `GET /index.html HTTP/1.1`.
pub(crate) struct RequestLine<'a> {
    method: &'a str,
    path: &'a str,
    protocol: &'a str,
}

impl<'a> RequestLine<'a> {
    /// Parses a request line. The path may contain spaces.
    ///
    /// Returns `None` for any other text. Clients may also send nothing, or the start of a TLS handshake.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (method, rest) = text.split_once(' ')?;
        let (path, protocol) = rest.rsplit_once(' ')?;
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let (protocol_name, version) = protocol.split_once('/')?;
        let is_valid = !method.is_empty()
            && method.bytes().all(is_word)
            && !protocol_name.is_empty()
            && protocol_name.bytes().all(is_word)
            && version.starts_with(|first: char| first.is_ascii_digit());
        is_valid.then_some(Self { method, path, protocol })
    }

    /// Writes the method, the path and the protocol. If `request` is `None`, writes null for each.
    pub(crate) fn write(request: Option<&Self>, object: &mut ObjectWriter<'_>) {
        object.text_or_null("method", request.map(|it| it.method));
        object.text_or_null("path", request.map(|it| it.path));
        object.text_or_null("protocol", request.map(|it| it.protocol));
    }
}
