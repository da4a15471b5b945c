use hcl_edit::template::{Directive, Element, Strip, Template};

use super::{
    for_expression::{Iteration, iterate},
    interpreter::Interpreter,
    value::{Fault, Value},
};
use crate::cloudformation::evaluator::{Cause, Unresolved};

impl Interpreter<'_> {
    /// Evaluates a template, such as the text `"${var.name}-logs"`. A template of a single interpolation
    /// has the type of its value.
    ///
    /// If a part is unknown, the text is unknown. The placeholder of the text consists of the known parts
    /// and the placeholders of the unknown parts.
    pub(crate) fn template(self, template: &Template) -> Result<Value, Fault> {
        if let Some(Element::Interpolation(only)) = template.as_single_element() {
            return self.evaluate(&only.expr);
        }
        let mut text = RenderedText::default();
        self.render(template, (Strip::None, Strip::None), &mut text)?;
        Ok(text.into_value())
    }

    fn render(
        self,
        template: &Template,
        around: (Strip, Strip),
        to: &mut RenderedText,
    ) -> Result<(), Fault> {
        let elements: Vec<_> = template.iter().collect();
        for (index, element) in elements.iter().enumerate() {
            match element {
                Element::Literal(literal) => {
                    let before = index.checked_sub(1).map_or(around.0, |it| strip_of(elements[it]));
                    let after = elements.get(index + 1).map_or(around.1, |it| strip_of(it));
                    let text = stripped(literal.value(), before.strip_end(), after.strip_start());
                    self.budget().spend(text.len())?;
                    to.push(text);
                }
                Element::Interpolation(interpolation) => {
                    let value = self.evaluate(&interpolation.expr)?;
                    match (value.to_text(), &value) {
                        (Some(text), _) => {
                            self.budget().spend(text.len())?;
                            to.push(&text);
                        }
                        (None, Value::Unknown(unknown)) => to.push_unknown(unknown),
                        (None, other) => {
                            let reason = format!(
                                "`${{...}}` needs a text, but its value is {}",
                                other.kind()
                            );
                            return Err(Fault::new(reason));
                        }
                    }
                }
                Element::Directive(directive) => {
                    self.budget().nest(|| self.render_directive(directive, to))?;
                }
            }
        }
        Ok(())
    }

    /// Renders `%{ if ... }` or `%{ for ... }`.
    fn render_directive(self, directive: &Directive, to: &mut RenderedText) -> Result<(), Fault> {
        match directive {
            Directive::If(choice) => {
                let (then, otherwise) = (&choice.if_expr, &choice.else_expr);
                let end = choice.endif_expr.strip;
                let condition = self.evaluate(&then.cond_expr)?;
                match (condition.to_bool(), otherwise) {
                    (Some(true), otherwise) => {
                        let after = otherwise.as_ref().map_or(end, |it| it.strip);
                        self.render(&then.template, (then.strip, after), to)
                    }
                    (Some(false), Some(otherwise)) => {
                        self.render(&otherwise.template, (otherwise.strip, end), to)
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
                let collection = self.evaluate(&each.collection_expr)?;
                let items = match iterate(&collection) {
                    Ok(items) => items,
                    Err(Iteration::Wrong(fault)) => return Err(fault),
                    Err(Iteration::Unknown(value)) => {
                        value.first_unknown().into_iter().for_each(|it| to.push_unknown(it));
                        return Ok(());
                    }
                };
                for (key, value) in items {
                    let mut inner = self.bindings.with(each.value_var.as_str(), value);
                    if let Some(name) = &each.key_var {
                        inner = inner.with(name.as_str(), key);
                    }
                    let strip = (each.strip, repeat.endfor_expr.strip);
                    self.with(&inner).render(&each.template, strip, to)?;
                }
                Ok(())
            }
        }
    }
}

/// A text of known and unknown parts.
#[derive(Default)]
struct RenderedText {
    /// The known parts, and the placeholders of the unknown parts. `None` before the first part.
    text: Option<String>,
    /// `true` if an unknown part has no placeholder.
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

/// Removes spaces and line breaks at the start if `start` is `true`, and at the end if `end` is `true`.
fn stripped(text: &str, start: bool, end: bool) -> &str {
    let text = if start { text.trim_start() } else { text };
    if end { text.trim_end() } else { text }
}
