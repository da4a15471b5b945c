//! Properties that hold for every payload, beyond the cases in the fixtures.

use std::collections::BTreeMap;

use firehose_runtime::{Outcome, Record, Transform};
use proptest::prelude::*;

fn squared(data: String) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let transform = square_values::transform();
    match runtime.block_on(transform.transform(Record::new("1", data))) {
        Ok(Outcome::Ok(output)) => Ok(String::from_utf8(output.into_data().into()).unwrap()),
        Ok(Outcome::Dropped) => panic!("square-values drops nothing"),
        Ok(Outcome::ProcessingFailed(cause)) | Err(cause) => Err(cause.to_string()),
    }
}

proptest! {
    #[test]
    fn integers_of_64_bits_are_exact(values: BTreeMap<String, i64>) {
        let expected: BTreeMap<_, _> =
            values.iter().map(|(key, n)| (key, u128::from(n.unsigned_abs()).pow(2))).collect();
        let expected = serde_json::to_string(&expected).unwrap();
        prop_assert_eq!(squared(serde_json::to_string(&values).unwrap()), Ok(expected));
    }

    #[test]
    fn longer_integers_are_exact_or_fail(n: u128) {
        let answer = squared(format!(r#"{{"n":{n}}}"#));
        match n.checked_mul(n) {
            Some(square) => prop_assert_eq!(answer, Ok(format!(r#"{{"n":{square}}}"#))),
            None => prop_assert!(answer.unwrap_err().starts_with(r#"key "n": "#)),
        }
    }

    #[test]
    fn doubles_are_squared_as_doubles(x in any::<f64>()) {
        let answer = squared(format!(r#"{{"x":{x:e}}}"#));
        if (x * x).is_finite() {
            let answer = answer.unwrap();
            let square = answer.strip_prefix(r#"{"x":"#).unwrap().strip_suffix('}').unwrap();
            // Parse with the standard library, since serde_json may round the last bit differently.
            prop_assert_eq!(square.parse::<f64>().unwrap().to_bits(), (x * x).to_bits());
            prop_assert!(serde_json::from_str::<f64>(square).is_ok(), "{} is not valid JSON", square);
        } else {
            prop_assert!(answer.unwrap_err().starts_with(r#"key "x": "#));
        }
    }

    #[test]
    fn only_objects_are_squared(data: String) {
        if let Ok(answer) = squared(data.clone()) {
            let objects = data.trim_start().starts_with('{') && answer.starts_with('{');
            prop_assert!(objects, "{} gave {}", data, answer);
        }
    }
}
