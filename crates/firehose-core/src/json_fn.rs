use std::{any::type_name, fmt, marker::PhantomData};

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    json::is_none::is_none,
    outcome::{BoxError, Outcome},
    output::Output,
    record::Record,
    transform::Transform,
};

/// Creates a transform from a closure that takes a value and returns a value.
///
/// The transform reads the value from the JSON of the record, and writes the returned value as
/// JSON.
///
/// The closure returns one of these:
///
/// | return type | meaning |
/// |---|---|
/// | `Result<Out, E>` | `Err` is `ProcessingFailed` |
/// | `Option<Out>` | `None` is `Dropped` |
/// | `Result<Option<Out>, E>` | `Ok(None)` is `Dropped`, `Err` is `ProcessingFailed` |
/// | [`Outcome`] or `Result<Outcome, E>` | any of the three results |
///
/// A payload that is not valid JSON, or does not fit the argument of the closure, is
/// `ProcessingFailed`.
///
/// The output is compact JSON without a newline after it. For JSON lines, add
/// [`.with_delimiter("\n")`](crate::TransformExt::with_delimiter).
///
/// A `None` drops the record, whether the closure returns it alone, in `Ok` or in `Some`. Other
/// values that are `null` in JSON, such as `()` and `serde_json::Value::Null`, are delivered.
///
/// ```
/// use firehose_core::json_fn;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize)]
/// struct Reading { celsius: f64 }
///
/// #[derive(Serialize)]
/// struct Converted { fahrenheit: f64 }
///
/// let convert = json_fn(|reading: Reading| -> Result<Converted, String> {
///     if reading.celsius < -273.15 {
///         return Err("celsius is below absolute zero".into());
///     }
///     Ok(Converted { fahrenheit: reading.celsius * 1.8 + 32.0 })
/// });
/// # use firehose_core::{Record, Transform};
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let outcome = convert.transform(Record::new("1", r#"{"celsius": 100}"#)).await.unwrap();
/// assert_eq!(outcome.output().unwrap().data(), r#"{"fahrenheit":212.0}"#);
/// # });
/// ```
pub fn json_fn<F, In, R>(function: F) -> JsonFn<F, In>
where
    F: Fn(In) -> R + Send + Sync + 'static,
    In: DeserializeOwned + 'static,
    R: IntoJsonOutcome,
{
    JsonFn { function, input: PhantomData }
}

/// The transform that [`json_fn`] returns.
pub struct JsonFn<F, In> {
    function: F,
    input: PhantomData<fn(In)>,
}

#[async_trait]
impl<F, In, R> Transform for JsonFn<F, In>
where
    F: Fn(In) -> R + Send + Sync + 'static,
    In: DeserializeOwned + 'static,
    R: IntoJsonOutcome,
{
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        Ok((self.function)(record.json()?).into_json_outcome())
    }
}

impl<F: Clone, In> Clone for JsonFn<F, In> {
    fn clone(&self) -> Self {
        Self { function: self.function.clone(), input: PhantomData }
    }
}

impl<F, In> fmt::Debug for JsonFn<F, In> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JsonFn").field(&type_name::<F>()).finish()
    }
}

/// A type that a closure of [`json_fn`] may return.
///
/// You cannot implement this trait, and you do not need to: return your own value in an `Option` or
/// a `Result`.
#[diagnostic::on_unimplemented(
    message = "`json_fn` cannot use `{Self}` as the result of its closure",
    label = "return a `Result<Out, E>`, an `Option<Out>` or an `Outcome`",
    note = "`Out` must implement `serde::Serialize`, and `E` must convert into `BoxError`"
)]
pub trait IntoJsonOutcome: sealed::Sealed {
    /// Converts the value into an outcome, as JSON.
    fn into_json_outcome(self) -> Outcome;
}

impl<T: Serialize, E: Into<BoxError>> IntoJsonOutcome for Result<T, E> {
    fn into_json_outcome(self) -> Outcome {
        match self {
            Ok(value) => outcome_of(&value),
            Err(error) => Outcome::failed(error),
        }
    }
}

impl<T: Serialize> IntoJsonOutcome for Option<T> {
    fn into_json_outcome(self) -> Outcome {
        outcome_of(&self)
    }
}

fn outcome_of<T: Serialize>(value: &T) -> Outcome {
    if is_none(value) { Outcome::Dropped } else { Output::json(value).into() }
}

impl<E: Into<BoxError>> IntoJsonOutcome for Result<Outcome, E> {
    fn into_json_outcome(self) -> Outcome {
        self.into()
    }
}

impl IntoJsonOutcome for Outcome {
    fn into_json_outcome(self) -> Outcome {
        self
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T, E> Sealed for Result<T, E> {}
    impl<T> Sealed for Option<T> {}
    impl Sealed for super::Outcome {}
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answer(transform: impl Transform, data: &'static str) -> String {
        match transform.transform(Record::new("1", data)).await.into() {
            Outcome::Ok(output) => String::from_utf8(output.into_data().into()).unwrap(),
            Outcome::Dropped => "Dropped".to_owned(),
            Outcome::ProcessingFailed(cause) => format!("failed: {cause}"),
        }
    }

    #[tokio::test]
    async fn each_return_type_has_its_outcomes() {
        let half = |n: u64| n.is_multiple_of(2).then_some(n / 2);
        assert_eq!(answer(json_fn(half), "8").await, "4");
        assert_eq!(answer(json_fn(half), "7").await, "Dropped");

        let checked = json_fn(move |n: u64| half(n).ok_or("odd"));
        assert_eq!(answer(checked, "7").await, "failed: odd");

        let checked = || json_fn(move |n: u64| if n == 0 { Err("zero") } else { Ok(half(n)) });
        assert_eq!(answer(checked(), "0").await, "failed: zero");
        assert_eq!(answer(checked(), "7").await, "Dropped");
        assert_eq!(answer(checked(), "8").await, "4");
        assert_eq!(answer(json_fn(|_: u64| Some(serde_json::Value::Null)), "1").await, "null");

        let both = json_fn(move |n: u64| match n {
            0 => Err("zero"),
            n => Ok(half(n).map_or(Outcome::Dropped, |n| n.to_string().into())),
        });
        assert_eq!(answer(both, "0").await, "failed: zero");

        let both = json_fn(move |n: u64| Outcome::from(half(n).map(|n| n.to_string())));
        assert_eq!(answer(both, "3").await, "Dropped");
    }

    #[tokio::test]
    async fn a_payload_of_another_type_fails_without_being_shown() {
        let double = json_fn(|n: u64| Some(n * 2));
        let failure = answer(double, r#""s3cret""#).await;
        assert_eq!(failure, "failed: invalid type: string, expected u64 at line 1 column 8");
    }
}
