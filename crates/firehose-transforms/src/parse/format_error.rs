use std::fmt;

/// An error for a format that does not exist, or for missing, unused or invalid options of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidFormat {
    /// No format has this name.
    UnknownName {
        /// The given name.
        name: String,
        /// The most similar name of a format, if any.
        nearest: Option<&'static str>,
        /// The names of all formats.
        formats: Vec<&'static str>,
    },
    /// The crate is built without the feature of this format.
    DisabledFeature {
        /// The name of the format.
        format: &'static str,
        /// The feature of the crate that contains the format.
        feature: &'static str,
    },
    /// The format needs this option.
    MissingOption {
        /// The name of the format.
        format: &'static str,
        /// The name of the option.
        option: &'static str,
    },
    /// The option has no effect on the format.
    UnusedOption {
        /// The name of the format.
        format: &'static str,
        /// The name of the option.
        option: &'static str,
    },
    /// The value of the option is invalid.
    InvalidOption {
        /// The name of the format.
        format: &'static str,
        /// The name of the option.
        option: &'static str,
        /// The problem, and usually a remedy.
        problem: String,
    },
}

impl fmt::Display for InvalidFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName { name, nearest, formats } => {
                write!(f, "the format `{name}` does not exist; ")?;
                if let Some(nearest) = nearest {
                    write!(f, "did you mean `{nearest}`? ")?;
                }
                write!(f, "the formats are {}", formats.join(", "))
            }
            Self::DisabledFeature { format, feature } => write!(
                f,
                "the format `{format}` is not built in; enable the feature `{feature}` of \
                 firehose-transforms"
            ),
            Self::MissingOption { format, option } => {
                write!(f, "the format `{format}` needs the option `{option}`")
            }
            Self::UnusedOption { format, option } => write!(
                f,
                "the option `{option}` has no effect on the format `{format}`; remove the option"
            ),
            Self::InvalidOption { format, option, problem } => {
                write!(f, "the option `{option}` of the format `{format}` is invalid: {problem}")
            }
        }
    }
}

impl std::error::Error for InvalidFormat {}
