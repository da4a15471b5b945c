use bytes::Bytes;
use firehose_transforms::encode::Encode;

use super::output_format::OutputFormat;

/// The output format of a pipeline.
#[derive(Debug)]
pub(crate) enum ItemOutput {
    Plain(OutputFormat),
    Encoded(Box<dyn Encode>),
}

impl ItemOutput {
    /// Returns the text before the first item of a record.
    pub(crate) fn start(&self) -> Bytes {
        match self {
            Self::Plain(_) => Bytes::new(),
            Self::Encoded(encoder) => encoder.start(),
        }
    }

    /// Returns the delimiter that ends each item.
    pub(crate) fn delimiter(&self) -> Bytes {
        match self {
            Self::Plain(format) => Bytes::from_static(format.delimiter()),
            Self::Encoded(encoder) => encoder.delimiter(),
        }
    }

    /// Returns the text after the last item of a record in place of the delimiter.
    pub(crate) fn end(&self) -> Bytes {
        match self {
            Self::Plain(_) => self.delimiter(),
            Self::Encoded(encoder) => encoder.end(),
        }
    }

    /// Returns the name of the format if it allows only one item per record.
    pub(crate) fn single_name(&self) -> Option<&'static str> {
        match self {
            Self::Plain(OutputFormat::Json) => Some("json"),
            Self::Plain(OutputFormat::Raw) => Some("raw"),
            Self::Plain(_) | Self::Encoded(_) => None,
        }
    }
}
