use serde_json::{Value, json};

/// A JSON object that grows by the fields that the errors of a function name, such as
/// `KeyError: 'celsius'`.
#[derive(Clone, Debug)]
pub(super) struct LearnedObject {
    object: Value,
    /// The names of the added fields, in their order.
    added: Vec<String>,
    /// The numbers of the values that the added fields have.
    values: Vec<usize>,
}

impl LearnedObject {
    /// The most fields that are added.
    const MAX_FIELDS: usize = 40;

    pub(super) fn new(object: Value) -> Self {
        Self { object, added: Vec::new(), values: Vec::new() }
    }

    /// Returns the names of the added fields.
    pub(super) fn added(&self) -> &[String] {
        &self.added
    }

    /// Returns the object.
    pub(super) fn object(&self) -> &Value {
        &self.object
    }

    /// Adds the field that an error names. For an error without a missing field, gives the last added
    /// field another value. Returns `false` if there is nothing left to try.
    pub(super) fn learn(&mut self, errors: &str) -> bool {
        let missing = missing_field(errors);
        let known = missing.as_ref().and_then(|field| self.added.iter().position(|it| it == field));
        match (missing, known) {
            // An object that was added later lacks a field that others have.
            (Some(_), Some(index)) if self.set(index, false) => return true,
            (Some(field), None) if self.added.len() < Self::MAX_FIELDS => {
                self.added.push(field);
                self.values.push(0);
            }
            _ => match self.values.last_mut() {
                Some(value) => *value += 1,
                None => return false,
            },
        }
        self.set(self.added.len() - 1, true)
    }

    /// Gives an added field its value. Returns `false` if there is no such value, or if the object does
    /// not change.
    fn set(&mut self, index: usize, replaces: bool) -> bool {
        let Some(value) = values().into_iter().nth(self.values[index]) else { return false };
        let before = self.object.clone();
        set_everywhere(&mut self.object, &self.added[index], &value, &self.added, replaces);
        self.object != before
    }
}

/// Returns the values that a field gets, one after the other.
fn values() -> [Value; 6] {
    [
        json!(21.5),
        json!("text"),
        json!({}),
        json!(["a"]),
        json!("2026-01-01T00:00:00Z"),
        json!([{}]),
    ]
}

/// Sets a field of the object, and of the objects that were added to it: an error names the field, and
/// not its place.
fn set_everywhere(
    object: &mut Value,
    field: &str,
    value: &Value,
    added: &[String],
    replaces: bool,
) {
    let Some(members) = object.as_object_mut() else { return };
    for (name, member) in members.iter_mut() {
        if name != field && added.iter().any(|known| known == name) {
            match member {
                Value::Array(items) => {
                    for item in items {
                        set_everywhere(item, field, value, added, replaces);
                    }
                }
                member => set_everywhere(member, field, value, added, replaces),
            }
        }
    }
    if replaces || !members.contains_key(field) {
        members.insert(field.to_owned(), value.clone());
    }
}

/// Returns the name of the field that an error of Python reports as missing.
fn missing_field(errors: &str) -> Option<String> {
    let (_, rest) = errors.rsplit_once("KeyError: ")?;
    let mut characters = rest.chars();
    let quote = characters.next().filter(|it| matches!(it, '\'' | '"'))?;
    let name: String = characters.take_while(|it| *it != quote).collect();
    Some(name).filter(|name| !name.is_empty() && name.len() < 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_gets_the_fields_that_errors_name() {
        let mut learned = LearnedObject::new(json!({"id": 1}));
        assert!(!learned.learn("ValueError: no unit"), "no field was added");
        assert!(learned.learn("x\nKeyError: 'celsius' at app.py:7\n"));
        assert_eq!(learned.object(), &json!({"id": 1, "celsius": 21.5}));
        assert!(learned.learn("TypeError: can only concatenate str"));
        assert_eq!(learned.object(), &json!({"id": 1, "celsius": "text"}));
        assert!(learned.learn("KeyError: \"unit\""));
        assert_eq!(learned.added(), ["celsius", "unit"]);
    }

    #[test]
    fn a_field_may_be_inside_an_added_object() {
        let mut learned = LearnedObject::new(json!({}));
        assert!(learned.learn("KeyError: 'user'"));
        assert!(learned.learn("TypeError: 'float' object is not subscriptable"));
        assert!(learned.learn("TypeError: string indices must be integers"));
        assert!(learned.learn("KeyError: 'name'"));
        assert_eq!(learned.object()["user"], json!({"name": 21.5}));
        assert_eq!(learned.object()["name"], json!(21.5));
        assert!(learned.learn("AttributeError: 'float' object has no attribute 'upper'"));
        assert_eq!(learned.object()["user"], json!({"name": "text"}));
    }

    #[test]
    fn an_object_that_was_added_later_gets_the_fields_of_the_others() {
        let mut learned = LearnedObject::new(json!({}));
        for error in ["KeyError: 'a'", "TypeError", "TypeError", "KeyError: 's'", "KeyError: 'b'"] {
            assert!(learned.learn(error), "{error}");
        }
        // `b` becomes an object, and lacks `s`.
        for error in ["TypeError", "TypeError", "KeyError: 's'"] {
            assert!(learned.learn(error), "{error}");
        }
        assert_eq!(learned.object()["a"]["b"], json!({"s": 21.5}));
    }

    #[test]
    fn learning_ends() {
        let mut learned = LearnedObject::new(json!({}));
        let rounds = (0..1000).take_while(|_| learned.learn("KeyError: 'a'")).count();
        assert_eq!(rounds, 6);
        let mut learned = LearnedObject::new(json!({}));
        let rounds =
            (0..1000).take_while(|it| learned.learn(&format!("KeyError: 'a{it}'"))).count();
        assert!(rounds < 60, "{rounds} rounds");
    }
}
