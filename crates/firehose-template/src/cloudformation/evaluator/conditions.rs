use super::functions::arguments;
use super::node::{Intrinsic, Node};
use super::scope::Scope;
use crate::error::TemplateError;

/// Evaluates conditions.
impl<'a> Scope<'a> {
    /// Whether a condition of the section `Conditions` is true.
    pub(crate) fn condition(&'a self, name: &str, path: &str) -> Result<bool, TemplateError> {
        let Some(node) = self.conditions.get(name) else {
            let reason = format!("there is no condition {name} in Conditions");
            return Err(TemplateError::wrong(path, reason));
        };
        self.truth(node, &format!("Conditions.{name}"))
    }

    fn truth(&'a self, node: &'a Node, path: &str) -> Result<bool, TemplateError> {
        self.deeper(path, || {
            let Some(call) = node.intrinsic().or_else(|| condition_key(node)) else {
                return Err(TemplateError::wrong(path, "is no condition function"));
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
                    let reason = format!("{call} is no condition function");
                    Err(TemplateError::wrong(path, reason))
                }
            }
        })
    }

    /// Evaluates conditions up to the first that is `decisive`.
    fn truths(
        &'a self,
        call: Intrinsic<'a>,
        path: &str,
        decisive: bool,
    ) -> Result<bool, TemplateError> {
        let Node::List(nodes) = call.argument else {
            return Err(TemplateError::wrong(path, format!("{call} takes a list")));
        };
        for node in nodes {
            if self.truth(node, path)? == decisive {
                return Ok(decisive);
            }
        }
        Ok(!decisive)
    }
}

/// `Condition: Name`, the long form of `!Condition Name`.
fn condition_key(node: &Node) -> Option<Intrinsic<'_>> {
    match node.entries()? {
        [(name, argument)] if name == "Condition" => Some(Intrinsic { name, argument }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::sample;

    fn truth(condition: &str) -> Result<String, String> {
        let sections = format!(
            "Parameters: {{Stage: {{Type: String, Default: test}}}}\nConditions:\n  \
             Yes: !Equals [a, a]\n  No: !Equals [!Ref Stage, live]\n  Around: !Not [!Condition Around]\n  \
             It: {condition}"
        );
        sample::value("!If [It, yes, no]", &sections, "")
    }

    #[test]
    fn conditions_are_put_together() {
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
    fn what_is_no_condition_is_an_error() {
        let cases = ["!Condition Around", "!Condition Nothing", "!Ref Stage", "yes", "!Equals [1]"];
        let errors = cases.map(|condition| truth(condition).unwrap_err()).join("\n");
        insta::assert_snapshot!(errors, @r"
        Conditions.Around: references go more than 100 deep; do they go in a circle?
        Conditions.It: there is no condition Nothing in Conditions
        Conditions.It: Ref is no condition function
        Conditions.It: is no condition function
        Conditions.It: Fn::Equals takes a list of 2
        ");
    }
}
