use clap::{
    Error,
    error::{ContextKind, ContextValue},
};

/// The options whose values can hold credentials: a URL with a password, or the value of a secret
/// parameter.
const SECRET: [&str; 5] = ["--endpoint", "--parameter", "--import", "--value", "--url"];

/// Returns an error of the arguments without the value of an option that can hold a credential. A
/// mistyped value is a value of the same kind.
pub(crate) fn without_secrets(mut error: Error) -> Error {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let name = argument.split([' ', '=']).next().unwrap_or_default();
    if SECRET.contains(&name) && error.get(ContextKind::InvalidValue).is_some() {
        error.insert(ContextKind::InvalidValue, ContextValue::String("(hidden)".to_owned()));
    }
    error
}
