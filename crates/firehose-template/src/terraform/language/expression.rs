use std::collections::BTreeMap;

use hcl_edit::expr::{Expression, FuncCall, ObjectKey};

use super::{
    functions,
    interpreter::Interpreter,
    scope::{Bindings, Scope},
    value::{Fault, Value},
};

/// Evaluates an expression. A value that only a deployment has is [`Value::Unknown`].
///
/// # Errors
///
/// If Terraform rejects the expression.
pub(crate) fn evaluate(
    expression: &Expression,
    scope: &dyn Scope,
    bindings: &Bindings,
) -> Result<Value, Fault> {
    Interpreter::new(scope, bindings).evaluate(expression)
}

impl Interpreter<'_> {
    /// Evaluates an expression.
    pub(super) fn evaluate(self, expression: &Expression) -> Result<Value, Fault> {
        self.budget().nest(|| match expression {
            Expression::Null(_) => Ok(Value::Null),
            Expression::Bool(value) => Ok(Value::Bool(*value.value())),
            Expression::Number(number) => match number.value().as_f64() {
                Some(number) => Ok(Value::Number(number)),
                None => Err(Fault::new(format!("`{}` is not a number", number.value()))),
            },
            Expression::String(text) => {
                self.budget().spend(text.len())?;
                Ok(Value::from(text.as_str()))
            }
            Expression::Array(items) => items
                .iter()
                .map(|item| self.evaluate(item))
                .collect::<Result<Vec<_>, _>>()
                .map(Value::List),
            Expression::Object(object) => {
                let mut entries = BTreeMap::new();
                for (key, value) in object {
                    let key = match key {
                        ObjectKey::Ident(name) => Value::from(name.as_str()),
                        ObjectKey::Expression(key) => self.evaluate(key)?,
                    };
                    if let Value::Unknown(unknown) = key {
                        return Ok(Value::Unknown(unknown));
                    }
                    let Some(key) = key.to_text() else {
                        return Err(Fault::new(format!(
                            "a key of a map must be a text, but is {}",
                            key.kind()
                        )));
                    };
                    entries.insert(key, self.evaluate(value.expr())?);
                }
                Ok(Value::Map(entries))
            }
            Expression::StringTemplate(elements) => self.template(elements),
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template),
            Expression::Parenthesis(inner) => self.evaluate(inner.inner()),
            Expression::Variable(name) => match self.bindings.get(name.as_str()) {
                Some(value) => {
                    self.budget().spend(value.size())?;
                    Ok(value.clone())
                }
                None => self.scope.reference(name.as_str(), &[], self.bindings),
            },
            Expression::Conditional(choice) => self.conditional(choice),
            Expression::FuncCall(call) => self.function_call(call),
            Expression::Traversal(path) => self.traversal(path),
            Expression::UnaryOp(operation) => self.unary(operation),
            Expression::BinaryOp(operation) => self.binary(operation),
            Expression::ForExpr(expression) => self.for_expression(expression),
        })
    }

    /// Calls a function. The arguments are evaluated first, except those of `try` and `can`, which accept
    /// a fault.
    fn function_call(self, call: &FuncCall) -> Result<Value, Fault> {
        let name = call.name.name.as_str();
        if call.name.is_namespaced() {
            let reason = format!("the function {name} of a provider is not evaluated");
            return Ok(Value::deployed(name, reason));
        }
        match name {
            "try" => {
                let mut result = Err(Fault::new("try needs an argument"));
                for argument in call.args.iter() {
                    result = self.evaluate(argument);
                    if result.is_ok() {
                        break;
                    }
                }
                return result;
            }
            "can" => {
                let [argument] = call.args.iter().collect::<Vec<_>>()[..] else {
                    return Err(Fault::new("can needs one argument"));
                };
                return Ok(Value::Bool(self.evaluate(argument).is_ok()));
            }
            _ => {}
        }
        let mut arguments = Vec::new();
        for argument in call.args.iter() {
            arguments.push(self.evaluate(argument)?);
        }
        if call.args.expand_final() {
            match arguments.pop() {
                Some(Value::List(items)) => arguments.extend(items),
                Some(Value::Unknown(unknown)) => return Ok(Value::Unknown(unknown)),
                _ => return Err(Fault::new(format!("the last argument of {name} must be a list"))),
            }
        }
        self.budget().spend(arguments.iter().map(Value::size).sum())?;
        if let Some(result) = self.scope.file_function(name, &arguments, self.bindings) {
            return result;
        }
        let value = functions::call(name, &arguments, self.budget())?;
        self.budget().spend(value.size())?;
        Ok(value)
    }
}
