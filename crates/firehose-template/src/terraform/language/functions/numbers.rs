use super::arguments::wrong_arguments;
use crate::terraform::language::value::{Fault, Value};

/// Calls a function of numbers. Returns `None` for another function.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
    let arguments = match (name, arguments) {
        ("sum", [Value::List(items)]) => items,
        _ => arguments,
    };
    let numbers: Option<Vec<f64>> = arguments.iter().map(Value::to_number).collect();
    let number = match (name, numbers.unwrap_or_default().as_slice()) {
        ("max", [first, rest @ ..]) => rest.iter().fold(*first, |a, b| a.max(*b)),
        ("min", [first, rest @ ..]) => rest.iter().fold(*first, |a, b| a.min(*b)),
        ("sum", numbers @ [_, ..]) => numbers.iter().sum(),
        ("abs", [number]) => number.abs(),
        ("ceil", [number]) => number.ceil(),
        ("floor", [number]) => number.floor(),
        ("signum", [number]) if *number == 0.0 => 0.0,
        ("signum", [number]) => number.signum(),
        ("pow", [base, exponent]) => base.powf(*exponent),
        ("parseint", _) => {
            return Some(parse_integer(arguments).ok_or_else(|| wrong_arguments(name)));
        }
        ("max" | "min" | "sum" | "abs" | "ceil" | "floor" | "signum" | "pow", _) => {
            return Some(Err(wrong_arguments(name)));
        }
        _ => return None,
    };
    Some(match number.is_finite() {
        true => Ok(Value::Number(number)),
        false => Err(wrong_arguments(name)),
    })
}

fn parse_integer(arguments: &[Value]) -> Option<Value> {
    let [text, base] = arguments else { return None };
    let base: u32 = base.to_text()?.parse().ok().filter(|base| (2..=36).contains(base))?;
    let number = i32::from_str_radix(&text.to_text()?, base).ok()?;
    Some(Value::Number(f64::from(number)))
}
