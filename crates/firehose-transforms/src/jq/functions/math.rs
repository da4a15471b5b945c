//! Functions of numbers. Rounding keeps integers exact. All other functions compute with 64-bit
//! floats.

use super::{
    super::{
        meter::Meter,
        values::{
            number::{Number, ParsedNumber},
            stop::Stop,
            value::Value,
        },
    },
    types::number,
};

pub(crate) fn unary(meter: &Meter, x: &Value, f: impl Fn(f64) -> f64) -> Result<Value, Stop> {
    Ok(float(f(number(x, meter)?.as_f64())))
}

/// Rounds a number. An integer keeps its exact value.
pub(crate) fn round_by(meter: &Meter, x: Value, f: impl Fn(f64) -> f64) -> Result<Value, Stop> {
    match number(&x, meter)?.parsed() {
        ParsedNumber::Int(int) => Ok(Value::Number(Number::from_int(int))),
        ParsedNumber::Float(value) => Ok(float(f(value))),
    }
}

pub(crate) fn binary(
    meter: &Meter,
    arguments: &[Value],
    f: impl Fn(f64, f64) -> f64,
) -> Result<Value, Stop> {
    let (x, y) = (number(&arguments[0], meter)?, number(&arguments[1], meter)?);
    Ok(float(f(x.as_f64(), y.as_f64())))
}

/// Returns a Bessel function of an order and a number. The functions of the library count up to the
/// order.
pub(crate) fn bessel(
    meter: &Meter,
    arguments: &[Value],
    f: impl Fn(i32, f64) -> f64,
) -> Result<Value, Stop> {
    let order = number(&arguments[0], meter)?.as_f64() as i32;
    meter.steps(order.unsigned_abs() as usize / 8)?;
    binary(meter, arguments, |_, x| f(order, x))
}

pub(crate) fn fma(meter: &Meter, _: Value, arguments: &[Value]) -> Result<Value, Stop> {
    let argument = |place: usize| Ok::<_, Stop>(number(&arguments[place], meter)?.as_f64());
    Ok(float(argument(0)?.mul_add(argument(1)?, argument(2)?)))
}

/// Returns the fraction, at least 0.5 and less than 1, and the exponent of two.
pub(crate) fn frexp(meter: &Meter, x: Value, _: &[Value]) -> Result<Value, Stop> {
    let (fraction, exponent) = libm::frexp(number(&x, meter)?.as_f64());
    Ok(Value::array(vec![float(fraction), float(exponent.into())])?)
}

/// Returns the fraction and the whole part.
pub(crate) fn modf(meter: &Meter, x: Value, _: &[Value]) -> Result<Value, Stop> {
    let (fraction, whole) = libm::modf(number(&x, meter)?.as_f64());
    Ok(Value::array(vec![float(fraction), float(whole)])?)
}

/// Returns the logarithm of the absolute value of the gamma function, and its sign.
pub(crate) fn lgamma_r(meter: &Meter, x: Value, _: &[Value]) -> Result<Value, Stop> {
    let (logarithm, sign) = libm::lgamma_r(number(&x, meter)?.as_f64());
    Ok(Value::array(vec![float(logarithm), float(sign.into())])?)
}

pub(crate) fn logb(x: f64) -> f64 {
    if x == 0.0 {
        f64::NEG_INFINITY
    } else if x.is_infinite() {
        f64::INFINITY
    } else if x.is_nan() {
        x
    } else {
        libm::ilogb(x).into()
    }
}

pub(crate) fn significand(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() { x } else { libm::scalbn(x, -libm::ilogb(x)) }
}

pub(crate) fn is_nan(_: &Meter, x: Value, _: &[Value]) -> Result<Value, Stop> {
    Ok(Value::Bool(x.as_number().is_some_and(|number| number.as_f64().is_nan())))
}

pub(crate) fn is_infinite(_: &Meter, x: Value, _: &[Value]) -> Result<Value, Stop> {
    Ok(Value::Bool(x.as_number().is_some_and(|number| number.as_f64().is_infinite())))
}

pub(crate) fn is_normal(_: &Meter, x: Value, _: &[Value]) -> Result<Value, Stop> {
    Ok(Value::Bool(x.as_number().is_some_and(|number| number.as_f64().is_normal())))
}

pub(crate) fn is_finite(_: &Meter, x: Value, _: &[Value]) -> Result<Value, Stop> {
    Ok(Value::Bool(x.as_number().is_some_and(|number| !number.as_f64().is_infinite())))
}

fn float(value: f64) -> Value {
    Value::Number(value.into())
}
