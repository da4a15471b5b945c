use std::borrow::Cow;

use super::{super::meter::Exceeded, value::Value};

/// The reason why a filter stops.
#[derive(Debug)]
pub(crate) enum Stop {
    /// An error that `try` catches.
    Error(Box<Thrown>),
    /// `break` to the label with this number.
    Break(u64),
    /// A limit, which `try` does not catch.
    Exceeded(Exceeded),
    /// A number in an output that JSON cannot represent.
    NotFinite,
}

/// An error of a filter.
#[derive(Debug)]
pub(crate) struct Thrown {
    /// The value that `catch` receives: jq's message, or the argument of `error`.
    pub(crate) value: Value,
    /// The message without values of the item.
    pub(crate) public: Cow<'static, str>,
}

impl From<Exceeded> for Stop {
    fn from(exceeded: Exceeded) -> Self {
        Self::Exceeded(exceeded)
    }
}

impl Stop {
    /// Creates an error with jq's message, and the message without values of the item.
    pub(crate) fn error(message: String, public: impl Into<Cow<'static, str>>) -> Self {
        Self::Error(Box::new(Thrown { value: Value::text(message), public: public.into() }))
    }

    /// Creates an error whose message contains no values of the item.
    pub(crate) fn public(message: impl Into<Cow<'static, str>>) -> Self {
        let public = message.into();
        Self::Error(Box::new(Thrown { value: Value::text(&*public), public }))
    }
}
