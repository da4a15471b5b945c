use super::{arguments::wrong_arguments, encoding::to_json};
use crate::terraform::language::{
    budget::EvaluationBudget,
    value::{Fault, Value},
};

/// The largest width and precision of a verb.
const MAX_WIDTH: usize = 1_000;

/// Calls `format`, `formatlist` or `join`. Returns `None` for another function.
pub(super) fn call(
    name: &str,
    arguments: &[Value],
    budget: &EvaluationBudget,
) -> Option<Result<Value, Fault>> {
    Some(match (name, arguments) {
        ("format", [Value::Text(form), values @ ..]) => {
            format(form, &values.iter().collect::<Vec<_>>()).map(Value::Text)
        }
        ("formatlist", [Value::Text(form), values @ ..]) => format_list(form, values, budget),
        ("join", [Value::Text(separator), lists @ ..]) => join(separator, lists, budget),
        ("format" | "formatlist" | "join", _) => Err(wrong_arguments(name)),
        _ => return None,
    })
}

fn join(separator: &str, lists: &[Value], budget: &EvaluationBudget) -> Result<Value, Fault> {
    let mut texts = Vec::new();
    for list in lists {
        let Value::List(items) = list else { return Err(wrong_arguments("join")) };
        for item in items {
            texts.push(item.to_text().ok_or_else(|| wrong_arguments("join"))?);
        }
    }
    budget.spend(separator.len().saturating_mul(texts.len()))?;
    Ok(texts.join(separator).into())
}

/// Formats once for each item of the lists. A value that is not a list is the same each time.
fn format_list(form: &str, values: &[Value], budget: &EvaluationBudget) -> Result<Value, Fault> {
    let lengths = values.iter().filter_map(|value| match value {
        Value::List(items) => Some(items.len()),
        _ => None,
    });
    let length = lengths.max().unwrap_or(1);
    budget
        .spend(length.saturating_mul(form.len() + values.iter().map(Value::size).sum::<usize>()))?;
    let mut texts = Vec::new();
    for index in 0..length {
        let row: Option<Vec<&Value>> = values
            .iter()
            .map(|value| match value {
                Value::List(items) => items.get(index),
                single => Some(single),
            })
            .collect();
        let row =
            row.ok_or_else(|| Fault::new("the lists of formatlist() have different lengths"))?;
        texts.push(format(form, &row)?);
    }
    Ok(texts.into_iter().collect())
}

/// A verb such as `%-10s` or `%[2]d`.
#[derive(Default)]
struct Verb {
    is_left: bool,
    has_zeros: bool,
    has_sign: bool,
    width: usize,
    precision: Option<usize>,
    argument: Option<usize>,
}

fn format(form: &str, values: &[&Value]) -> Result<String, Fault> {
    let mut text = String::new();
    let mut next = 0;
    let mut characters = form.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '%' {
            text.push(character);
            continue;
        }
        if characters.next_if_eq(&'%').is_some() {
            text.push('%');
            continue;
        }
        let mut verb = Verb::default();
        while let Some(flag) = characters.next_if(|c| "-0+ #".contains(*c)) {
            match flag {
                '-' => verb.is_left = true,
                '0' => verb.has_zeros = true,
                '+' => verb.has_sign = true,
                _ => {}
            }
        }
        verb.width = number(&mut characters).unwrap_or_default();
        if characters.next_if_eq(&'.').is_some() {
            verb.precision = Some(number(&mut characters).unwrap_or_default());
        }
        if characters.next_if_eq(&'[').is_some() {
            verb.argument = number(&mut characters);
            if characters.next() != Some(']') {
                return Err(Fault::new("format() has an unclosed `[`"));
            }
        }
        let index = verb.argument.map_or(next, |position| position.saturating_sub(1));
        next = index + 1;
        let kind = characters.next().ok_or_else(|| Fault::new("format() ends in `%`"))?;
        let Some(value) = values.get(index) else {
            return Err(Fault::new(format!("format() has no value for `%{kind}`")));
        };
        if verb.width > MAX_WIDTH || verb.precision.is_some_and(|it| it > MAX_WIDTH) {
            return Err(Fault::new(format!("a width of format() is over {MAX_WIDTH}")));
        }
        text.push_str(&verb.apply(kind, value)?);
    }
    Ok(text)
}

fn number(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<usize> {
    let mut digits = String::new();
    while let Some(digit) = characters.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    digits.parse().ok()
}

impl Verb {
    fn apply(&self, kind: char, value: &Value) -> Result<String, Fault> {
        let wrong = || Fault::new(format!("`%{kind}` of format() does not fit {}", value.kind()));
        let number = || value.to_number().ok_or_else(wrong);
        let whole = || number().map(|number| number.trunc() + 0.0);
        let mut text = match kind {
            's' | 'v' => match value.to_text() {
                Some(text) => text,
                None if kind == 'v' || *value != Value::Null => to_json(value)?.to_string(),
                None => return Err(wrong()),
            },
            'q' => to_json(&value.to_text().ok_or_else(wrong)?.into())?.to_string(),
            't' => value.to_bool().ok_or_else(wrong)?.to_string(),
            'd' => whole()?.to_string(),
            'x' => format!("{:x}", integer(whole()?).ok_or_else(wrong)?),
            'X' => format!("{:X}", integer(whole()?).ok_or_else(wrong)?),
            'o' => format!("{:o}", integer(whole()?).ok_or_else(wrong)?),
            'b' => format!("{:b}", integer(whole()?).ok_or_else(wrong)?),
            'f' | 'F' => format!("{:.*}", self.precision.unwrap_or(6), number()?),
            'e' | 'g' => number()?.to_string(),
            _ => return Err(Fault::new(format!("format() has no verb `%{kind}`"))),
        };
        if let (Some(precision), 's' | 'v') = (self.precision, kind) {
            text = text.chars().take(precision).collect();
        }
        let is_number = matches!(kind, 'd' | 'f' | 'F');
        if self.has_sign && is_number && !text.starts_with('-') {
            text.insert(0, '+');
        }
        let missing = self.width.saturating_sub(text.chars().count());
        if self.is_left {
            return Ok(text + &" ".repeat(missing));
        }
        if self.has_zeros {
            let (sign, digits) = text.split_at(usize::from(text.starts_with(['-', '+'])));
            return Ok(format!("{sign}{}{digits}", "0".repeat(missing)));
        }
        Ok(" ".repeat(missing) + &text)
    }
}

fn integer(number: f64) -> Option<i64> {
    number.to_string().parse().ok()
}
