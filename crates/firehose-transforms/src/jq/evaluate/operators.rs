use super::super::{
    meter::Meter,
    syntax::node::{Comparison, Math},
    values::{
        arithmetic::{add, divide, multiply, remainder, subtract},
        compare::{compare, equal},
        stop::Stop,
        value::Value,
    },
};

#[inline]
pub(super) fn math(math: Math, left: Value, right: Value, meter: &Meter) -> Result<Value, Stop> {
    match math {
        Math::Add => add(left, right, meter),
        Math::Subtract => subtract(left, right, meter),
        Math::Multiply => multiply(left, right, meter),
        Math::Divide => divide(&left, &right, meter),
        Math::Remainder => remainder(&left, &right, meter),
    }
}

#[inline]
pub(super) fn comparison(
    comparison: Comparison,
    left: &Value,
    right: &Value,
    meter: &Meter,
) -> Result<bool, Stop> {
    Ok(match comparison {
        Comparison::Equal => equal(left, right, meter)?,
        Comparison::NotEqual => !equal(left, right, meter)?,
        Comparison::Less => compare(left, right, meter)?.is_lt(),
        Comparison::LessOrEqual => compare(left, right, meter)?.is_le(),
        Comparison::Greater => compare(left, right, meter)?.is_gt(),
        Comparison::GreaterOrEqual => compare(left, right, meter)?.is_ge(),
    })
}
