use serde_json::{Map, Value};

/// The JSON Schema of pipeline files, from which `explain` takes its descriptions.
#[derive(Debug)]
pub(super) struct PipelineSchema(Value);

/// A field, a step, an option or a value.
#[derive(Debug)]
pub(super) struct SchemaEntry {
    pub(super) name: String,
    pub(super) description: String,
    /// The types of the values, such as `string` and `list of strings`. Empty for fields of the file,
    /// for steps and for values.
    types: Vec<String>,
    is_required: bool,
    schema: Value,
}

/// A part of a description: a heading and its entries.
#[derive(Debug)]
pub(super) struct SchemaPart {
    pub(super) heading: String,
    pub(super) entries: Vec<SchemaEntry>,
}

impl SchemaEntry {
    /// Returns the types, if the entry has any, and the description.
    pub(super) fn line(&self) -> String {
        let required = if self.is_required { "Required. " } else { "" };
        match self.types.is_empty() {
            true => self.description.clone(),
            false => format!("({}) {required}{}", self.types.join(" or "), self.description),
        }
    }
}

impl SchemaPart {
    fn has_names_of(&self, other: &Self) -> bool {
        let names = |part: &Self| part.entries.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
        !self.entries.is_empty() && names(self) == names(other)
    }
}

impl PipelineSchema {
    pub(super) fn new(schema: Value) -> Self {
        Self(schema)
    }

    /// Returns the fields of the file, in the order in which a pipeline uses them.
    pub(super) fn fields(&self) -> Vec<SchemaEntry> {
        let mut fields = self.properties(&self.0);
        // The schema sorts the fields by name.
        let order = ["input", "steps", "partition_by", "output", "on_error", "on_oversize"];
        fields.sort_by_key(|field| order.iter().position(|name| *name == field.name));
        for field in &mut fields {
            field.types.clear();
        }
        fields
    }

    /// Returns the steps.
    pub(super) fn steps(&self) -> Vec<SchemaEntry> {
        let choices = list(&self.0["$defs"]["Step"]["oneOf"]);
        let steps = choices.iter().filter_map(|step| {
            let (name, schema) = step["properties"].as_object()?.iter().next()?;
            Some(SchemaEntry {
                name: name.clone(),
                description: self.about(step),
                types: Vec::new(),
                is_required: false,
                schema: schema.clone(),
            })
        });
        steps.collect()
    }

    /// Returns the values of a field of the file, such as the formats of `input`.
    pub(super) fn values_of(&self, field: &SchemaEntry) -> Vec<SchemaEntry> {
        self.forms(&field.schema).into_iter().flat_map(|form| self.values(form)).collect()
    }

    /// Returns the values of a field that have options of their own, such as the format `csv` of `output`.
    pub(super) fn values_with_options(&self, field: &SchemaEntry) -> Vec<SchemaEntry> {
        let choices = self.forms(&field.schema).into_iter().flat_map(|form| list(&form["oneOf"]));
        let entries = choices.filter(|choice| !self.properties(choice).is_empty()).map(|choice| {
            SchemaEntry {
                // The member with a fixed value holds the name.
                name: choice["properties"]["format"]["const"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
                description: self.about(choice),
                types: Vec::new(),
                is_required: false,
                schema: choice.clone(),
            }
        });
        entries.collect()
    }

    /// Returns the parts of the description of a field, a step or a value with options: its short form,
    /// its values and its options.
    pub(super) fn parts(&self, entry: &SchemaEntry) -> Vec<SchemaPart> {
        let mut parts = Vec::new();
        let mut short = Vec::new();
        for form in self.forms(&entry.schema) {
            let named = self.values(form);
            let options = self.properties(form);
            let free = form["additionalProperties"].as_object();
            if !named.is_empty() {
                let heading = format!("Values of `{}`:", entry.name);
                parts.push(SchemaPart { heading, entries: named });
            } else if options.is_empty() && free.is_none() {
                short.extend(self.types(form));
            } else {
                let free = free.map(|free| self.free_entry(form, free));
                let entries = free.into_iter().chain(options).collect();
                parts.push(SchemaPart { heading: options_heading(&entry.name, form), entries });
            }
        }
        parts.extend(self.values_with_options(entry).iter().map(|value| SchemaPart {
            heading: options_heading(&value.name, &value.schema),
            entries: self.properties(&value.schema),
        }));
        // With other parts, the description of the value would repeat their descriptions.
        if parts.is_empty() {
            let value = short.join(" or ");
            let heading =
                format!("Value of `{}` ({value}): {}", entry.name, self.about(&entry.schema));
            parts.push(SchemaPart { heading, entries: Vec::new() });
        } else if !short.is_empty() {
            let heading = format!("Short form of `{}`: {}", entry.name, short.join(" or "));
            parts.insert(0, SchemaPart { heading, entries: Vec::new() });
        }
        // The values and the members of an option are separate parts.
        let options = parts.iter().flat_map(|part| &part.entries);
        let options: Vec<_> = options.flat_map(|option| self.option_parts(option)).collect();
        for part in options {
            // The option `format` of `input` repeats the values of `input`.
            if !parts.iter().any(|known| known.has_names_of(&part)) {
                parts.push(part);
            }
        }
        parts
    }

    fn option_parts(&self, option: &SchemaEntry) -> Vec<SchemaPart> {
        let forms = self.forms(&option.schema);
        let part = |what: &str, entries: Vec<SchemaEntry>| SchemaPart {
            heading: format!("{what} of `{}`:", option.name),
            entries,
        };
        let values = forms.iter().flat_map(|form| self.values(form)).collect();
        let members = forms.iter().flat_map(|form| self.properties(form)).collect();
        let parts = [part("Values", values), part("Members", members)];
        parts.into_iter().filter(|part| !part.entries.is_empty()).collect()
    }

    /// Returns the entry for the members of an object whose names are free.
    fn free_entry(&self, form: &Value, members: &Map<String, Value>) -> SchemaEntry {
        let schema = Value::Object(members.clone());
        SchemaEntry {
            name: "NAME".to_owned(),
            // A description of the members themselves is more exact than that of the whole object.
            description: match schema["description"].as_str() {
                Some(own) => own.to_owned(),
                None => self.about(form),
            },
            types: self.all_types(&schema),
            is_required: false,
            schema,
        }
    }

    /// Returns the members of an object with fixed names, without a member that has only one value: the
    /// name of the format.
    fn properties(&self, schema: &Value) -> Vec<SchemaEntry> {
        let required = list(&schema["required"]);
        let properties = schema["properties"].as_object().into_iter().flatten();
        let properties = properties.filter(|(_, property)| property["const"].is_null());
        let entries = properties.map(|(name, property)| SchemaEntry {
            name: name.clone(),
            description: self.about(property),
            types: self.all_types(property),
            is_required: required.iter().any(|it| it == name.as_str()),
            schema: property.clone(),
        });
        entries.collect()
    }

    /// Returns the values of an enumeration, with their descriptions.
    fn values(&self, schema: &Value) -> Vec<SchemaEntry> {
        let value = |name: &Value, about: &Value| SchemaEntry {
            name: name.as_str().unwrap_or_default().to_owned(),
            description: self.about(about),
            types: Vec::new(),
            is_required: false,
            schema: Value::Null,
        };
        let described = list(&schema["oneOf"]).iter().filter(|it| it["const"].is_string());
        let bare = list(&schema["enum"]).iter().filter(|name| name.is_string());
        described
            .map(|it| value(&it["const"], it))
            .chain(bare.map(|name| value(name, &Value::Null)))
            .collect()
    }

    /// Returns the alternatives of a schema, without `null`.
    fn forms<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        if let Some(target) = self.target(schema) {
            return self.forms(target);
        }
        match list(&schema["anyOf"]) {
            [] if schema["type"] == "null" => Vec::new(),
            [] => vec![schema],
            choices => choices.iter().flat_map(|choice| self.forms(choice)).collect(),
        }
    }

    /// Returns the target of a reference.
    fn target(&self, schema: &Value) -> Option<&Value> {
        let name = schema["$ref"].as_str()?.strip_prefix("#/$defs/")?;
        self.0["$defs"].get(name)
    }

    /// Returns the description of a schema, or the description of the schema to which it refers.
    fn about(&self, schema: &Value) -> String {
        let own = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
        match self.target(schema) {
            Some(target) if own.is_empty() => self.about(target),
            _ => own,
        }
    }

    fn all_types(&self, schema: &Value) -> Vec<String> {
        self.forms(schema).into_iter().flat_map(|form| self.types(form)).collect()
    }

    /// Returns the types of a schema without alternatives.
    fn types(&self, form: &Value) -> Vec<String> {
        let values = self.values(form);
        if !values.is_empty() {
            return vec!["name".to_owned()];
        }
        let names = match &form["type"] {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect::<Vec<_>>(),
        };
        let names = names.into_iter().filter(|name| *name != "null");
        names
            .map(|name| match name {
                "boolean" => "true or false".to_owned(),
                "integer" => "whole number".to_owned(),
                "array" => match self.all_types(&form["items"]).first() {
                    Some(item) => format!("list of {item}s"),
                    None => "list".to_owned(),
                },
                other => other.to_owned(),
            })
            .collect()
    }
}

/// Returns the heading of options. The description of a format may have a second paragraph, which
/// applies to all options.
fn options_heading(name: &str, schema: &Value) -> String {
    let description = schema["description"].as_str().unwrap_or_default();
    let rule = description.split_once("\n\n").map_or("", |(_, rule)| rule);
    format!("Options of `{name}`: {rule}")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
