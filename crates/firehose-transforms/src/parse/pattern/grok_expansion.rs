use std::{collections::BTreeMap, fmt::Write};

use grok::parser::{GrokComponent, grok_split};

/// The type of a field of a grok pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GrokType {
    Text,
    Integer,
    Float,
}

/// A grok pattern in which all references are replaced with their definitions.
#[derive(Debug, Default)]
pub(crate) struct GrokExpansion {
    /// The regular expression.
    pub(crate) regex: String,
    /// The name and the type of each field. [`group_name`] returns the name of the group of a field.
    pub(crate) fields: Vec<(String, GrokType)>,
}

/// The maximum depth of references. Also stops the expansion of a pattern that refers to itself.
const MAX_DEPTH: usize = 32;

/// The maximum length of the expanded pattern in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// Returns the name of the group of the field with this number.
pub(crate) fn group_name(field: usize) -> String {
    format!("grok_field_{field}")
}

impl GrokExpansion {
    /// Expands a pattern. `definitions` take precedence over the pattern library.
    pub(crate) fn new(
        pattern: &str,
        definitions: &BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let mut expansion = Self::default();
        expansion.append(pattern, definitions, 0)?;
        Ok(expansion)
    }

    fn append(
        &mut self,
        pattern: &str,
        definitions: &BTreeMap<String, String>,
        depth: usize,
    ) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err(format!("patterns refer to each other more than {MAX_DEPTH} levels deep"));
        }
        for component in grok_split(pattern) {
            if self.regex.len() > MAX_BYTES {
                return Err(format!("the expanded pattern has more than {MAX_BYTES} bytes"));
            }
            match component {
                GrokComponent::RegularExpression { string, .. } => self.regex.push_str(string),
                GrokComponent::GrokPattern { name, alias, extract, definition, .. } => {
                    self.open(alias, extract)?;
                    let definition = match definition {
                        "" => lookup(name, definitions)
                            .ok_or_else(|| format!("the pattern `{name}` is not defined"))?,
                        definition => definition,
                    };
                    self.append(definition, definitions, depth + 1)?;
                    self.regex.push(')');
                }
                GrokComponent::PatternError(_) => {
                    return Err(
                        "a reference is incomplete; write for example `%{NUMBER:bytes:int}`"
                            .to_owned(),
                    );
                }
            }
        }
        Ok(())
    }

    /// Opens the group of a reference. Only a reference with a field name captures its text.
    fn open(&mut self, alias: &str, field_type: &str) -> Result<(), String> {
        if alias.is_empty() {
            self.regex.push_str("(?:");
            return Ok(());
        }
        let field_type = match field_type {
            "" | "string" => GrokType::Text,
            "int" | "long" => GrokType::Integer,
            "float" | "double" => GrokType::Float,
            other => {
                return Err(format!(
                    "`{other}` is not the type of a field; the types are string, int, long, float and \
                     double"
                ));
            }
        };
        let name = group_name(self.fields.len());
        self.fields.push((alias.to_owned(), field_type));
        // Writing to a string cannot fail.
        let _ = write!(self.regex, "(?<{name}>");
        Ok(())
    }
}

fn lookup<'a>(name: &str, definitions: &'a BTreeMap<String, String>) -> Option<&'a str> {
    if let Some(definition) = definitions.get(name) {
        return Some(definition);
    }
    let library = grok::patterns();
    let at = library.binary_search_by_key(&name, |(name, _)| name).ok()?;
    Some(library[at].1)
}
