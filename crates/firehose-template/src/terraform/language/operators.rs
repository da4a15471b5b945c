use hcl_edit::expr::{BinaryOp, BinaryOperator, Conditional, Expression, UnaryOp, UnaryOperator};

use super::{
    interpreter::Interpreter,
    value::{Fault, Value},
};

impl Interpreter<'_> {
    /// Evaluates `condition ? then : otherwise`. Only the chosen value is evaluated.
    pub(super) fn conditional(self, choice: &Conditional) -> Result<Value, Fault> {
        let condition = self.evaluate(&choice.cond_expr)?;
        if let Value::Unknown(unknown) = condition {
            return Ok(Value::Unknown(unknown));
        }
        match condition.to_bool() {
            Some(true) => self.evaluate(&choice.true_expr),
            Some(false) => self.evaluate(&choice.false_expr),
            None => Err(Fault::new(format!(
                "a condition must be true or false, but is {}",
                condition.kind()
            ))),
        }
    }

    /// Evaluates `!value` or `-value`.
    pub(super) fn unary(self, operation: &UnaryOp) -> Result<Value, Fault> {
        let value = self.evaluate(&operation.expr)?;
        if let Value::Unknown(_) = value {
            return Ok(value);
        }
        match *operation.operator.value() {
            UnaryOperator::Neg => number(&value).map(|number| Value::Number(-number)),
            UnaryOperator::Not => boolean(&value).map(|value| Value::Bool(!value)),
        }
    }

    /// Evaluates an operator with two operands. `&&` and `||` do not evaluate the second operand if the
    /// first operand decides the result.
    pub(super) fn binary(self, operation: &BinaryOp) -> Result<Value, Fault> {
        let operator = *operation.operator.value();
        let left = self.evaluate(&operation.lhs_expr)?;
        if let (BinaryOperator::And | BinaryOperator::Or, Some(value)) = (operator, left.to_bool())
            && value == (operator == BinaryOperator::Or)
        {
            return Ok(Value::Bool(value));
        }
        let right = self.evaluate(&operation.rhs_expr)?;
        if let BinaryOperator::Eq | BinaryOperator::NotEq = operator {
            // An unknown value differs from the literal `null`, because an attribute of a resource is not null.
            let is_null = |expression: &Expression| expression.is_null();
            let compared = match (&left, &right) {
                (Value::Unknown(_), Value::Null) if is_null(&operation.rhs_expr) => Some(false),
                (Value::Null, Value::Unknown(_)) if is_null(&operation.lhs_expr) => Some(false),
                _ => None,
            };
            return match (compared.or_else(|| equal(&left, &right)), left.first_unknown()) {
                (Some(equal), _) => Ok(Value::Bool(equal == (operator == BinaryOperator::Eq))),
                (None, Some(unknown)) => Ok(Value::Unknown(Box::new(unknown.clone()))),
                (None, None) => {
                    let unknown = right.first_unknown().cloned();
                    Ok(unknown.map_or(Value::Null, |unknown| Value::Unknown(Box::new(unknown))))
                }
            };
        }
        if let Some(unknown) = left.first_unknown().or(right.first_unknown()) {
            return Ok(Value::Unknown(Box::new(unknown.clone())));
        }
        let numbers = || Ok((number(&left)?, number(&right)?));
        let compare =
            |compare: fn(f64, f64) -> bool| numbers().map(|(a, b)| Value::Bool(compare(a, b)));
        match operator {
            BinaryOperator::And => Ok(Value::Bool(boolean(&left)? && boolean(&right)?)),
            BinaryOperator::Or => Ok(Value::Bool(boolean(&left)? || boolean(&right)?)),
            BinaryOperator::Less => compare(|a, b| a < b),
            BinaryOperator::LessEq => compare(|a, b| a <= b),
            BinaryOperator::Greater => compare(|a, b| a > b),
            BinaryOperator::GreaterEq => compare(|a, b| a >= b),
            BinaryOperator::Plus => numbers().and_then(|(a, b)| finite(a + b)),
            BinaryOperator::Minus => numbers().and_then(|(a, b)| finite(a - b)),
            BinaryOperator::Mul => numbers().and_then(|(a, b)| finite(a * b)),
            BinaryOperator::Div => numbers().and_then(|(a, b)| finite(a / b)),
            BinaryOperator::Mod => numbers().and_then(|(a, b)| finite(a % b)),
            BinaryOperator::Eq | BinaryOperator::NotEq => Ok(Value::Bool(false)),
        }
    }
}

/// Compares two values. Returns `None` if the result depends on unknown parts.
fn equal(left: &Value, right: &Value) -> Option<bool> {
    let all = |parts: &mut dyn Iterator<Item = Option<bool>>| {
        let mut is_known = true;
        for part in parts {
            match part {
                Some(true) => {}
                Some(false) => return Some(false),
                None => is_known = false,
            }
        }
        is_known.then_some(true)
    };
    match (left, right) {
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => None,
        (Value::List(left), Value::List(right)) if left.len() == right.len() => {
            all(&mut left.iter().zip(right).map(|(left, right)| equal(left, right)))
        }
        (Value::Map(left), Value::Map(right)) if left.keys().eq(right.keys()) => {
            all(&mut left.values().zip(right.values()).map(|(left, right)| equal(left, right)))
        }
        (left, right) => Some(left == right),
    }
}

/// Returns the number, or a fault for a division by zero or a number that is too large.
pub(super) fn finite(number: f64) -> Result<Value, Fault> {
    match number.is_finite() {
        true => Ok(Value::Number(number)),
        false => Err(Fault::new("the result of a calculation is not a number")),
    }
}

fn number(value: &Value) -> Result<f64, Fault> {
    let fault = || Fault::new(format!("an operand must be a number, but is {}", value.kind()));
    value.to_number().ok_or_else(fault)
}

fn boolean(value: &Value) -> Result<bool, Fault> {
    let fault = || Fault::new(format!("an operand must be true or false, but is {}", value.kind()));
    value.to_bool().ok_or_else(fault)
}
