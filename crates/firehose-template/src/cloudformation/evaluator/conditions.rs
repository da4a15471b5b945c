use std::collections::BTreeSet;

use super::{
    intrinsic_functions::arguments,
    missing_parameters::references,
    node::{Intrinsic, Node},
    template::Template,
};
use crate::error::TemplateError;

/// Conditions and the functions that they consist of.
impl<'a> Template<'a> {
    /// Evaluates a condition of the section `Conditions`.
    pub(super) fn condition(&'a self, name: &str, path: &str) -> Result<bool, TemplateError> {
        let Some(node) = self.conditions.get(name) else {
            let reason = format!("the condition {name} is not defined in Conditions");
            return Err(TemplateError::wrong(path, reason));
        };
        self.truth(node, &format!("Conditions.{name}"))
    }

    /// Returns the parameters that decide a condition, also through other conditions.
    pub(super) fn condition_parameters(&self, name: &'a str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![name];
        while let Some(name) = open.pop() {
            let Some(node) = self.conditions.get(name) else { continue };
            if seen.insert(name) {
                references(node, &mut names);
                inner_conditions(node, &mut open);
            }
        }
        names.retain(|name| self.parameters.contains_key(name.as_str()));
        names
    }

    fn truth(&'a self, node: &'a Node, path: &str) -> Result<bool, TemplateError> {
        self.budget.nest(path, || {
            let Some(call) = node.intrinsic().or_else(|| condition_key(node)) else {
                return Err(TemplateError::wrong(path, "must be a condition function"));
            };
            match call.name {
                "Condition" => self.condition(&self.text(call.argument, path)?, path),
                "Equals" => {
                    let [left, right] = arguments(call, path)?;
                    Ok(self.text(left, path)? == self.text(right, path)?)
                }
                "Not" => {
                    let [inner] = arguments(call, path)?;
                    Ok(!self.truth(inner, path)?)
                }
                "And" => self.truths(call, path, false),
                "Or" => self.truths(call, path, true),
                _ => {
                    let reason = format!("must be a condition function, but is {call}");
                    Err(TemplateError::wrong(path, reason))
                }
            }
        })
    }

    /// Evaluates conditions in order. Returns `decisive` at the first condition with this value, or
    /// `!decisive` if no condition has this value. `decisive` is `false` for `Fn::And`, and `true`
    /// for `Fn::Or`.
    fn truths(
        &'a self,
        call: Intrinsic<'a>,
        path: &str,
        decisive: bool,
    ) -> Result<bool, TemplateError> {
        let Node::List(nodes) = call.argument else {
            return Err(TemplateError::wrong(path, format!("{call} needs a list of conditions")));
        };
        for node in nodes {
            if self.truth(node, path)? == decisive {
                return Ok(decisive);
            }
        }
        Ok(!decisive)
    }
}

/// Collects the names of the conditions inside a condition. The recursion is bounded, because the
/// nesting of a template is bounded.
fn inner_conditions<'a>(node: &'a Node, names: &mut Vec<&'a str>) {
    if let Some(Intrinsic { name: "Condition", argument: Node::Scalar(name) }) =
        node.intrinsic().or_else(|| condition_key(node))
    {
        names.push(name);
        return;
    }
    match node {
        Node::List(items) => items.iter().for_each(|item| inner_conditions(item, names)),
        Node::Map(entries) => entries.iter().for_each(|(_, it)| inner_conditions(it, names)),
        Node::Tagged(_, argument) => inner_conditions(argument, names),
        Node::Null | Node::Scalar(_) | Node::Unresolved(_) => {}
    }
}

/// Returns the call in `Condition: Name`, the long form of `!Condition Name`.
fn condition_key(node: &Node) -> Option<Intrinsic<'_>> {
    match node.entries()? {
        [(name, argument)] if name == "Condition" => Some(Intrinsic { name, argument }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_value;

    fn truth(condition: &str) -> Result<String, String> {
        let sections = format!(
            "Parameters: {{Stage: {{Type: String, Default: test}}}}\nConditions:\n  \
             Yes: !Equals [a, a]\n  No: !Equals [!Ref Stage, live]\n  Circle: !Not [!Condition Circle]\n  \
             Tested: {condition}"
        );
        sample_value::evaluate("!If [Tested, yes, no]", &sections, "")
    }

    #[test]
    fn conditions_combine() {
        let cases = [
            ("!Equals [!Ref Stage, test]", "yes"),
            ("!And [!Condition Yes, !Condition No]", "no"),
            ("!Or [!Condition No, {Condition: Yes}]", "yes"),
            ("{'Fn::Not': [{Condition: No}]}", "yes"),
            ("!And [!Condition Yes, !Not [!Equals [1, '1']]]", "no"),
        ];
        for (condition, expected) in cases {
            assert_eq!(truth(condition).as_deref(), Ok(expected), "{condition}");
        }
    }

    #[test]
    fn an_invalid_condition_is_an_error() {
        let cases = ["!Condition Circle", "!Condition Nothing", "!Ref Stage", "yes", "!Equals [1]"];
        let errors = cases.map(|condition| truth(condition).unwrap_err()).join("\n");
        insta::assert_snapshot!(errors, @r"
        Conditions.Circle: functions and references are nested more than 100 levels deep; check for a circular reference
        Conditions.Tested: the condition Nothing is not defined in Conditions
        Conditions.Tested: must be a condition function, but is Ref
        Conditions.Tested: must be a condition function
        Conditions.Tested: Fn::Equals needs a list of 2 arguments
        ");
    }
}
