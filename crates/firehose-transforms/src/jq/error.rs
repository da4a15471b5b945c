use std::fmt;

use json_scanner::LocatedSyntaxError;

use super::{limits::JqLimits, meter::Exceeded, values::stop::Stop};

/// An error of a run of a filter on one item. The message shows no part of the item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JqError {
    /// The item is not valid JSON, or has more than 128 levels of arrays and objects.
    Json(LocatedSyntaxError),
    /// The filter failed. The text is jq's message without the values of the item.
    Failed(String),
    /// An output has a number that is not finite, which JSON cannot represent.
    NotFinite,
    /// The filter needs more operations than this limit.
    Operations(u64),
    /// The filter builds more bytes than this limit.
    Bytes(usize),
    /// The filter builds a value with more nested arrays and objects than this limit.
    Nesting(usize),
    /// The calls of functions nest too deeply for the stack, or a thread with a larger stack could
    /// not be started.
    Recursion,
}

impl JqError {
    pub(super) fn new(stop: Stop, limits: JqLimits) -> Self {
        match stop {
            Stop::Error(thrown) => Self::Failed(thrown.public.into_owned()),
            Stop::Break(_) => Self::Failed("`break` has no label around it".to_owned()),
            Stop::NotFinite => Self::NotFinite,
            Stop::Exceeded(Exceeded::Operations) => Self::Operations(limits.operations()),
            Stop::Exceeded(Exceeded::Bytes) => Self::Bytes(limits.bytes()),
            Stop::Exceeded(Exceeded::Nesting) => Self::Nesting(JqLimits::MAX_NESTING),
            Stop::Exceeded(Exceeded::Stack) => Self::Recursion,
        }
    }
}

impl fmt::Display for JqError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(_) => f.write_str("the item is not valid JSON"),
            Self::Failed(message) => write!(f, "the jq filter failed: {message}"),
            Self::NotFinite => {
                f.write_str("an output of the filter has a number that is not finite")
            }
            Self::Operations(limit) => {
                write!(f, "the filter needs more than {limit} operations")
            }
            Self::Bytes(limit) => write!(f, "the filter builds more than {limit} bytes"),
            Self::Nesting(limit) => {
                write!(f, "the filter builds a value with more than {limit} levels of nesting")
            }
            Self::Recursion => f.write_str("the calls of functions in the filter nest too deeply"),
        }
    }
}

impl std::error::Error for JqError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        if let Self::Json(error) = self { Some(error) } else { None }
    }
}
