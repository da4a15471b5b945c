use hcl_edit::template::{Directive, Element, Strip, Template};

use super::{
    expression::evaluate,
    for_expression::{Iteration, iterate},
    scope::{Bindings, Scope},
    value::{Fault, Value},
};
use crate::cloudformation::evaluator::{Cause, Unresolved};

/// Evaluates a template, such as the text `"${var.name}-logs"`. A template of a single interpolation
/// has the type of its value.
///
/// If a part is unknown, the text is unknown. Its placeholder consists of the known parts and of the
/// placeholders of the others.
pub(crate) fn template(
    template: &Template,
    scope: &dyn Scope,
    bindings: &Bindings,
) -> Result<Value, Fault> {
    if let Some(Element::Interpolation(only)) = template.as_single_element() {
        return evaluate(&only.expr, scope, bindings);
    }
    let mut text = RenderedText::default();
    render(template, (Strip::None, Strip::None), scope, bindings, &mut text)?;
    Ok(text.into_value())
}

/// A text of known and unknown parts.
#[derive(Default)]
struct RenderedText {
    /// The known parts and the placeholders of the others. `None` if a part has no placeholder.
    text: Option<String>,
    has_no_placeholder: bool,
    unknown: Option<Unresolved>,
}

impl RenderedText {
    fn push(&mut self, part: &str) {
        self.text.get_or_insert_default().push_str(part);
    }

    fn push_unknown(&mut self, part: &Unresolved) {
        match &part.placeholder {
            Some(placeholder) => self.push(placeholder),
            None => self.has_no_placeholder = true,
        }
        match &mut self.unknown {
            None => self.unknown = Some(part.clone()),
            Some(Unresolved { cause: Cause::Variables(names), .. }) => {
                if let Cause::Variables(more) = &part.cause {
                    names.extend(more.iter().cloned());
                }
            }
            Some(_) => {}
        }
    }

    fn into_value(self) -> Value {
        let text = self.text.unwrap_or_default();
        match self.unknown {
            None => Value::Text(text),
            Some(unknown) => {
                let placeholder = (!self.has_no_placeholder).then_some(text);
                Value::Unknown(Box::new(Unresolved { placeholder, ..unknown }))
            }
        }
    }
}

fn render(
    template: &Template,
    around: (Strip, Strip),
    scope: &dyn Scope,
    bindings: &Bindings,
    to: &mut RenderedText,
) -> Result<(), Fault> {
    let elements: Vec<_> = template.iter().collect();
    for (index, element) in elements.iter().enumerate() {
        match element {
            Element::Literal(literal) => {
                let before = index.checked_sub(1).map_or(around.0, |it| strip_of(elements[it]));
                let after = elements.get(index + 1).map_or(around.1, |it| strip_of(it));
                let text = stripped(literal.value(), before.strip_end(), after.strip_start());
                scope.budget().spend(text.len())?;
                to.push(text);
            }
            Element::Interpolation(interpolation) => {
                let value = evaluate(&interpolation.expr, scope, bindings)?;
                match (value.to_text(), &value) {
                    (Some(text), _) => {
                        scope.budget().spend(text.len())?;
                        to.push(&text);
                    }
                    (None, Value::Unknown(unknown)) => to.push_unknown(unknown),
                    (None, other) => {
                        let reason =
                            format!("`${{...}}` needs a text, but its value is {}", other.kind());
                        return Err(Fault::new(reason));
                    }
                }
            }
            Element::Directive(directive) => {
                scope.budget().nest(|| render_directive(directive, scope, bindings, to))?;
            }
        }
    }
    Ok(())
}

/// Renders `%{ if ... }` or `%{ for ... }`.
fn render_directive(
    directive: &Directive,
    scope: &dyn Scope,
    bindings: &Bindings,
    to: &mut RenderedText,
) -> Result<(), Fault> {
    match directive {
        Directive::If(choice) => {
            let (then, otherwise) = (&choice.if_expr, &choice.else_expr);
            let end = choice.endif_expr.strip;
            let condition = evaluate(&then.cond_expr, scope, bindings)?;
            match (condition.to_bool(), otherwise) {
                (Some(true), otherwise) => {
                    let after = otherwise.as_ref().map_or(end, |it| it.strip);
                    render(&then.template, (then.strip, after), scope, bindings, to)
                }
                (Some(false), Some(otherwise)) => {
                    render(&otherwise.template, (otherwise.strip, end), scope, bindings, to)
                }
                (Some(false), None) => Ok(()),
                (None, _) => match condition.first_unknown() {
                    Some(unknown) => {
                        to.push_unknown(unknown);
                        Ok(())
                    }
                    None => Err(Fault::new("the condition of `%{ if }` must be true or false")),
                },
            }
        }
        Directive::For(repeat) => {
            let each = &repeat.for_expr;
            let collection = evaluate(&each.collection_expr, scope, bindings)?;
            let items = match iterate(&collection) {
                Ok(items) => items,
                Err(Iteration::Wrong(fault)) => return Err(fault),
                Err(Iteration::Unknown(value)) => {
                    value.first_unknown().into_iter().for_each(|it| to.push_unknown(it));
                    return Ok(());
                }
            };
            for (key, value) in items {
                let mut inner = bindings.with(each.value_var.as_str(), value);
                if let Some(name) = &each.key_var {
                    inner = inner.with(name.as_str(), key);
                }
                let strip = (each.strip, repeat.endfor_expr.strip);
                render(&each.template, strip, scope, &inner, to)?;
            }
            Ok(())
        }
    }
}

/// Returns the strip markers of an element, as its neighbors see them.
fn strip_of(element: &Element) -> Strip {
    let (start, end) = match element {
        Element::Literal(_) => return Strip::None,
        Element::Interpolation(interpolation) => (interpolation.strip, interpolation.strip),
        Element::Directive(directive) => match &**directive {
            Directive::If(choice) => (choice.if_expr.strip, choice.endif_expr.strip),
            Directive::For(repeat) => (repeat.for_expr.strip, repeat.endfor_expr.strip),
        },
    };
    match (start.strip_start(), end.strip_end()) {
        (true, true) => Strip::Both,
        (true, false) => Strip::Start,
        (false, true) => Strip::End,
        (false, false) => Strip::None,
    }
}

/// Removes spaces and line breaks, at the start and at the end.
fn stripped(text: &str, start: bool, end: bool) -> &str {
    let text = if start { text.trim_start() } else { text };
    if end { text.trim_end() } else { text }
}
