use std::{collections::BTreeSet, rc::Rc};

use hcl_edit::{
    expr::{Expression, Traversal, TraversalOperator},
    structure::Body,
    visit::{Visit, visit_traversal},
};

use super::{evaluator::Evaluator, instances::INSTANCE_ARGUMENTS, module_instance::ModuleInstance};
use crate::{deployment::UndeployedStream, error::MissingValue};

/// The longest expression that a reason shows, in characters.
const MAX_SHOWN: usize = 80;

/// A resource block without instances.
#[derive(Clone, Debug)]
pub(crate) struct AbsentResource {
    /// The address of the block, such as `module.delivery.aws_lambda_function.clean`.
    pub address: String,
    /// `true` for a delivery stream, `false` for a function.
    pub is_delivery_stream: bool,
    /// The reason, and the values that decide whether the resource is deployed.
    pub undeployed: UndeployedStream,
}

impl<'a> Evaluator<'a> {
    /// Returns the reason why a block of the module `instance` has no instances. `subject` returns the
    /// words for `count` or `for_each` of the block, such as `its count`.
    pub(super) fn undeployed(
        &self,
        instance: &Rc<ModuleInstance<'a>>,
        body: &'a Body,
        address: &str,
        subject: &dyn Fn(&str) -> String,
    ) -> UndeployedStream {
        let argument = INSTANCE_ARGUMENTS.into_iter().find(|name| body.has_attribute(name));
        let argument = argument.unwrap_or_default();
        let path = format!("{address}.{argument}");
        let value = if argument == "count" { "0" } else { "empty" };
        let reason = format!("{} is {value} here", subject(argument));
        let expression = body.get_attribute(argument).map(|it| &it.value);
        // A given value replaces the expression.
        let Some(expression) = expression.filter(|_| !self.given.properties.contains_key(&path))
        else {
            let deciding = vec![MissingValue::Property(path)];
            return UndeployedStream { reason, deciding };
        };
        let text = expression.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        let is_literal = ["0", "[]", "{}"].contains(&text.as_str());
        let reason = match !is_literal && text.chars().count() <= MAX_SHOWN {
            true => format!("{reason} ({text})"),
            false => reason,
        };
        let variables = self.variables_behind(instance, expression);
        let deciding = match variables.is_empty() {
            true => vec![MissingValue::Property(path)],
            false => variables.into_iter().map(MissingValue::Parameter).collect(),
        };
        UndeployedStream { reason, deciding }
    }

    /// Returns the variables of the root module on which an expression of a module depends, also
    /// through locals and the arguments of calls.
    fn variables_behind(
        &self,
        instance: &Rc<ModuleInstance<'a>>,
        expression: &'a Expression,
    ) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![(Rc::clone(instance), expression)];
        while let Some((instance, expression)) = open.pop() {
            let mut references = References::default();
            references.visit_expr(expression);
            for (root, name) in references.0 {
                if !seen.insert(instance.address_of(&format!("{root}.{name}"))) {
                    continue;
                }
                let folder = instance.folder;
                match (root.as_str(), &instance.caller) {
                    ("local", _) => {
                        let local = folder.locals.get(&name);
                        open.extend(local.map(|local| (Rc::clone(&instance), local)));
                    }
                    ("var", None) if folder.variables.contains_key(&name) => {
                        found.insert(name);
                    }
                    ("var", Some(caller)) => {
                        let call: &'a Body = &caller.call.body;
                        let argument = call.get_attribute(&name);
                        open.extend(argument.map(|it| (Rc::clone(&caller.instance), &it.value)));
                    }
                    _ => {}
                }
            }
        }
        found
    }
}

/// The first two names of each reference in an expression, such as `var` and `enabled`.
#[derive(Default)]
struct References(Vec<(String, String)>);

impl Visit for References {
    fn visit_traversal(&mut self, node: &Traversal) {
        let first = node.operators.first().map(|operator| operator.value());
        if let (Expression::Variable(root), Some(TraversalOperator::GetAttr(name))) =
            (&node.expr, first)
        {
            self.0.push((root.as_str().to_owned(), name.as_str().to_owned()));
        }
        visit_traversal(self, node);
    }
}
