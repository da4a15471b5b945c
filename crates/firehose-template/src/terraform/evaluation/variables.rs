use std::{collections::BTreeSet, rc::Rc};

use hcl_edit::{expr::Expression, structure::Body};

use super::{evaluator::Evaluator, module_instance::ModuleInstance, module_scope::ModuleScope};
use crate::{
    cloudformation::evaluator::{Cause, Unresolved},
    terraform::language::{Bindings, Fault, Value, conform, evaluate},
};

/// The stand-in for a missing value. With the stand-in, the reader continues and finds further missing
/// values.
const STAND_IN: &str = "1";

impl<'a> Evaluator<'a> {
    /// Returns the value of a variable.
    pub(super) fn variable(
        &self,
        instance: &Rc<ModuleInstance<'a>>,
        name: &str,
    ) -> Result<Value, Fault> {
        let Some(declaration) = instance.folder.variables.get(name) else {
            return Err(Fault::new(format!("no variable is named {name}")));
        };
        self.once(instance.address_of(&format!("var.{name}")), || {
            let scope = ModuleScope::new(self, instance);
            let value = self.argument(instance, name, declaration)?;
            let is_nullable = declaration
                .get_attribute("nullable")
                .is_none_or(|it| it.value.as_bool() != Some(false));
            let value = match value {
                Some(Value::Null) if !is_nullable => None,
                value => value,
            };
            let value = match (value, declaration.get_attribute("default")) {
                (Some(value), _) => value,
                (None, Some(default)) => evaluate(&default.value, &scope, &Bindings::default())?,
                (None, None) => missing(instance, name)?,
            };
            Ok(match declaration.get_attribute("type") {
                Some(constraint) => conform(value, &constraint.value, &scope),
                None => value,
            })
        })
    }

    /// Returns the value that a variable gets from outside its module: from the call of the module,
    /// or from the user and the `.tfvars` files.
    fn argument(
        &self,
        instance: &Rc<ModuleInstance<'a>>,
        name: &str,
        declaration: &Body,
    ) -> Result<Option<Value>, Fault> {
        if let Some(caller) = &instance.caller {
            let Some(argument) = caller.call.body.get_attribute(name) else { return Ok(None) };
            let scope = ModuleScope::new(self, &caller.instance).with_key(&caller.key);
            return evaluate(&argument.value, &scope, &Bindings::default()).map(Some);
        }
        let scope = ModuleScope::new(self, instance);
        if let Some(text) = self.given.parameters.get(name) {
            return given(text, declaration, &scope).map(Some);
        }
        match self.configuration.values.get(name) {
            Some(value) => evaluate(value, &scope, &Bindings::default()).map(Some),
            None => Ok(None),
        }
    }

    /// Returns the value of a local.
    pub(super) fn local(
        &self,
        instance: &Rc<ModuleInstance<'a>>,
        name: &str,
    ) -> Result<Value, Fault> {
        let Some(expression) = instance.folder.locals.get(name) else {
            return Err(Fault::new(format!("no local value is named {name}")));
        };
        let scope = ModuleScope::new(self, instance);
        self.once(instance.address_of(&format!("local.{name}")), || {
            evaluate(expression, &scope, &Bindings::default())
        })
    }
}

/// Returns the value of a text that the user gives for a variable. As in Terraform, the text is an
/// expression unless the variable has the type `string` or `any` or no type.
fn given(text: &str, declaration: &Body, scope: &ModuleScope<'_, '_>) -> Result<Value, Fault> {
    let is_text = match declaration.get_attribute("type").map(|it| &it.value) {
        None => true,
        Some(Expression::Variable(name)) => matches!(name.as_str(), "string" | "any"),
        Some(_) => false,
    };
    if is_text {
        return Ok(Value::from(text));
    }
    match text.parse::<Expression>() {
        Ok(expression) => evaluate(&expression, scope, &Bindings::default()),
        Err(error) => {
            Err(Fault::new(format!("`{text}` is not an expression: {}", error.message())))
        }
    }
}

/// Returns an unknown value for a variable of the root module without a value, because Terraform asks
/// the user for the value. Returns a fault for a called module, because Terraform rejects a call without
/// a required argument.
fn missing(instance: &ModuleInstance<'_>, name: &str) -> Result<Value, Fault> {
    if instance.caller.is_some() {
        return Err(Fault::new(format!("{} needs the argument {name}", instance.address)));
    }
    Ok(Value::Unknown(Box::new(Unresolved {
        reason: format!("the variable {name} has no default and no value"),
        cause: Cause::Variables(BTreeSet::from([name.to_owned()])),
        placeholder: Some(STAND_IN.to_owned()),
    })))
}
