use hcl_edit::{
    Decorated, Ident,
    expr::{Array, Expression, Object, ObjectKey},
    structure::{Attribute, Block, BlockLabel, Body},
    template::{StringTemplate, Template},
};
use serde_json::{Map, Value as Json};

/// Converts a `.tf.json` file: <https://developer.hashicorp.com/terraform/language/syntax/json>.
///
/// A nested block becomes an attribute, except a `dynamic` block.
pub(super) fn configuration(json: Json) -> Body {
    let mut body = Body::new();
    for (keyword, value) in entries(json) {
        let labels = match keyword.as_str() {
            "resource" | "data" => 2,
            "variable" | "output" | "module" | "provider" => 1,
            "locals" | "terraform" => 0,
            _ => continue,
        };
        add_blocks(&mut body, &keyword, &[], labels, value);
    }
    body
}

/// Converts a `.tfvars.json` file, whose texts have no templates.
pub(super) fn variables(json: Json) -> Body {
    let mut body = Body::new();
    for (name, value) in entries(json) {
        push_attribute(&mut body, &name, expression(value, false));
    }
    body
}

/// Adds the blocks of a value. While labels are missing, the keys of the value are the next labels.
fn add_blocks(body: &mut Body, keyword: &str, labels: &[String], missing: usize, value: Json) {
    if missing > 0 {
        for (label, value) in entries(value) {
            let labels: Vec<_> = labels.iter().cloned().chain([label]).collect();
            add_blocks(body, keyword, &labels, missing - 1, value);
        }
        return;
    }
    let values = match value {
        Json::Array(values) => values,
        single => vec![single],
    };
    for value in values {
        let Ok(ident) = Ident::try_new(keyword) else { continue };
        let mut block = Block::new(ident);
        block.labels = labels.iter().map(|label| BlockLabel::from(label.as_str())).collect();
        for (key, value) in entries(value) {
            match key.as_str() {
                "dynamic" => add_dynamic(&mut block.body, value),
                // The type of a variable is an expression in a text.
                "type" if keyword == "variable" => {
                    let constraint = value.as_str().and_then(|text| text.parse().ok());
                    if let Some(constraint) = constraint {
                        push_attribute(&mut block.body, &key, constraint);
                    }
                }
                "source" if keyword == "module" => {
                    push_attribute(&mut block.body, &key, expression(value, false));
                }
                "default" if keyword == "variable" => {
                    push_attribute(&mut block.body, &key, expression(value, false));
                }
                _ => push_attribute(&mut block.body, &key, expression(value, true)),
            }
        }
        body.push(block);
    }
}

/// Adds `dynamic` blocks. Their values have the form `{"type": {"for_each": ..., "content": ...}}`.
fn add_dynamic(body: &mut Body, value: Json) {
    for (kind, value) in entries(value) {
        let values = match value {
            Json::Array(values) => values,
            single => vec![single],
        };
        for value in values {
            let mut block = Block::new(Ident::new_unchecked("dynamic"));
            block.labels = vec![BlockLabel::from(kind.as_str())];
            for (key, value) in entries(value) {
                if key != "content" {
                    push_attribute(&mut block.body, &key, expression(value, true));
                    continue;
                }
                let mut content = Block::new(Ident::new_unchecked("content"));
                for (key, value) in entries(value) {
                    push_attribute(&mut content.body, &key, expression(value, true));
                }
                block.body.push(content);
            }
            body.push(block);
        }
    }
}

/// Returns the entries of an object, or of all objects of a list.
fn entries(json: Json) -> Vec<(String, Json)> {
    let objects: Vec<Map<String, Json>> = match json {
        Json::Object(entries) => vec![entries],
        Json::Array(items) => items
            .into_iter()
            .filter_map(|item| if let Json::Object(entries) = item { Some(entries) } else { None })
            .collect(),
        _ => Vec::new(),
    };
    objects.into_iter().flatten().collect()
}

fn push_attribute(body: &mut Body, key: &str, value: Expression) {
    // A name that is not an identifier, such as `//`, is a comment.
    if let Ok(ident) = Ident::try_new(key) {
        body.remove_attribute(key);
        body.push(Attribute::new(ident, value));
    }
}

/// Converts a value. `has_templates` is `true` if a text is a template.
fn expression(json: Json, has_templates: bool) -> Expression {
    match json {
        Json::Null => Expression::null(),
        Json::Bool(value) => Expression::from(value),
        Json::Number(number) => {
            let number = number.as_f64().and_then(hcl_edit::Number::from_f64);
            number.map_or_else(Expression::null, Expression::from)
        }
        Json::String(text) if has_templates => text_expression(text),
        Json::String(text) => Expression::String(Decorated::new(text)),
        Json::Array(items) => {
            let mut array = Array::new();
            items.into_iter().for_each(|item| array.push(expression(item, has_templates)));
            Expression::Array(array)
        }
        Json::Object(entries) => {
            let mut object = Object::new();
            for (key, value) in entries {
                let key = match has_templates {
                    true => text_expression(key),
                    false => Expression::String(Decorated::new(key)),
                };
                object.insert(ObjectKey::Expression(key), expression(value, has_templates));
            }
            Expression::Object(object)
        }
    }
}

/// Returns a text with interpolations as a template.
fn text_expression(text: String) -> Expression {
    if !text.contains("${") && !text.contains("%{") {
        return Expression::String(Decorated::new(text));
    }
    match text.parse::<Template>() {
        Ok(template) => Expression::StringTemplate(StringTemplate::from(template)),
        Err(_) => Expression::String(Decorated::new(text)),
    }
}
