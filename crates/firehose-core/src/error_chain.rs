use std::{error::Error, iter};

/// Joins the texts of an error and of its [sources](Error::source) by `: `.
///
/// Leaves out a source if the chain already ends with its text, because some errors end with the
/// text of their source. Stops after 32 sources or 16 kB, because a faulty error may be its own
/// source.
///
/// ```
/// let error = "no such unit".parse::<u8>().unwrap_err();
/// assert_eq!(firehose_core::error_chain(&error), "invalid digit found in string");
/// ```
#[must_use]
pub fn error_chain(error: &dyn Error) -> String {
    const MAX_SOURCES: usize = 32;
    const MAX_BYTES: usize = 16_000;
    let mut text = error.to_string();
    for source in iter::successors(error.source(), |&source| source.source()).take(MAX_SOURCES) {
        let part = source.to_string();
        if text.len() < MAX_BYTES && !text.ends_with(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
    }
    text
}

/// Cuts a text to at most `max` bytes and an ellipsis.
pub(crate) fn shortened(mut text: String, max: usize) -> String {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, fmt};

    use super::*;

    #[derive(Debug)]
    struct Layer(&'static str, Option<Box<Self>>);

    impl fmt::Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Layer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|inner| inner as _)
        }
    }

    fn layers(texts: &[&'static str]) -> Layer {
        let (first, others) = texts.split_first().unwrap();
        Layer(first, (!others.is_empty()).then(|| Box::new(layers(others))))
    }

    #[test]
    fn each_text_occurs_once() {
        let error = layers(&["look-up failed", "connection refused", "refused", "os error 111"]);
        let expected = "look-up failed: connection refused: os error 111";
        assert_eq!(error_chain(&error), expected);
    }

    #[derive(Debug)]
    struct Endless(Cell<u32>);

    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.set(self.0.get() + 1);
            write!(f, "{}", self.0.get())
        }
    }

    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    #[test]
    fn a_circular_chain_ends() {
        let chain = error_chain(&Endless(Cell::new(100)));
        assert!(chain.starts_with("101: 102: ") && chain.ends_with(": 133"), "{chain}");
    }

    #[test]
    fn a_chain_of_long_texts_ends() {
        let long = "é".repeat(8000).leak();
        let chain = error_chain(&layers(&["first", long, "third"]));
        assert_eq!(chain, format!("first: {long}"));
    }
}
