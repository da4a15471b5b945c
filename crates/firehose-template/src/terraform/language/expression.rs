use std::collections::BTreeMap;

use hcl_edit::expr::{Expression, FuncCall, ObjectKey};

use super::{
    for_expression::for_expression,
    functions,
    operators::{binary, conditional, unary},
    scope::{Bindings, Scope},
    template::template,
    traversal::traversal,
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
    scope.budget().nest(|| match expression {
        Expression::Null(_) => Ok(Value::Null),
        Expression::Bool(value) => Ok(Value::Bool(*value.value())),
        Expression::Number(number) => match number.value().as_f64() {
            Some(number) => Ok(Value::Number(number)),
            None => Err(Fault::new(format!("`{}` is not a number", number.value()))),
        },
        Expression::String(text) => {
            scope.budget().spend(text.len())?;
            Ok(Value::from(text.as_str()))
        }
        Expression::Array(items) => items
            .iter()
            .map(|item| evaluate(item, scope, bindings))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::List),
        Expression::Object(object) => {
            let mut entries = BTreeMap::new();
            for (key, value) in object {
                let key = match key {
                    ObjectKey::Ident(name) => Value::from(name.as_str()),
                    ObjectKey::Expression(key) => evaluate(key, scope, bindings)?,
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
                entries.insert(key, evaluate(value.expr(), scope, bindings)?);
            }
            Ok(Value::Map(entries))
        }
        Expression::StringTemplate(elements) => template(elements, scope, bindings),
        Expression::HeredocTemplate(heredoc) => template(&heredoc.template, scope, bindings),
        Expression::Parenthesis(inner) => evaluate(inner.inner(), scope, bindings),
        Expression::Variable(name) => match bindings.get(name.as_str()) {
            Some(value) => {
                scope.budget().spend(value.size())?;
                Ok(value.clone())
            }
            None => scope.reference(name.as_str(), &[], bindings),
        },
        Expression::Conditional(choice) => conditional(choice, scope, bindings),
        Expression::FuncCall(call) => function_call(call, scope, bindings),
        Expression::Traversal(path) => traversal(path, scope, bindings),
        Expression::UnaryOp(operation) => unary(operation, scope, bindings),
        Expression::BinaryOp(operation) => binary(operation, scope, bindings),
        Expression::ForExpr(expression) => for_expression(expression, scope, bindings),
    })
}

/// Calls a function. `try` and `can` evaluate their arguments one after the other.
fn function_call(call: &FuncCall, scope: &dyn Scope, bindings: &Bindings) -> Result<Value, Fault> {
    let name = call.name.name.as_str();
    if call.name.is_namespaced() {
        let reason = format!("the function {name} of a provider is not evaluated");
        return Ok(Value::deployed(name, reason));
    }
    match name {
        "try" => {
            let mut result = Err(Fault::new("try needs an argument"));
            for argument in call.args.iter() {
                result = evaluate(argument, scope, bindings);
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
            return Ok(Value::Bool(evaluate(argument, scope, bindings).is_ok()));
        }
        _ => {}
    }
    let mut arguments = Vec::new();
    for argument in call.args.iter() {
        arguments.push(evaluate(argument, scope, bindings)?);
    }
    if call.args.expand_final() {
        match arguments.pop() {
            Some(Value::List(items)) => arguments.extend(items),
            Some(Value::Unknown(unknown)) => return Ok(Value::Unknown(unknown)),
            _ => return Err(Fault::new(format!("the last argument of {name} must be a list"))),
        }
    }
    scope.budget().spend(arguments.iter().map(Value::size).sum())?;
    if let Some(result) = scope.file_function(name, &arguments, bindings) {
        return result;
    }
    let value = functions::call(name, &arguments, scope.budget())?;
    scope.budget().spend(value.size())?;
    Ok(value)
}
