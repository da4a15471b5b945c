//! The parts of a CloudFormation template that the rules need.

use yaml_serde::Value;

#[derive(Debug)]
pub(crate) struct Template(Value);

/// A resource with its logical id and its properties.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resource<'a> {
    pub(crate) id: &'a str,
    body: &'a Value,
}

impl Template {
    pub(crate) fn parse(text: &str) -> Self {
        Self(yaml_serde::from_str(text).unwrap())
    }

    pub(crate) fn resources<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = Resource<'a>> {
        let resources = self.0["Resources"].as_mapping().into_iter().flatten();
        resources
            .map(|(id, body)| Resource { id: id.as_str().unwrap(), body })
            .filter(move |resource| resource.body["Type"] == kind)
    }

    pub(crate) fn resource<'a>(&'a self, id: &'a str) -> Resource<'a> {
        Resource { id, body: &self.0["Resources"][id] }
    }

    pub(crate) fn parameter(&self, name: &str) -> &Value {
        &self.0["Parameters"][name]
    }

    /// Returns the executables of the deployed functions.
    pub(crate) fn binaries(&self) -> impl Iterator<Item = String> {
        self.resources("AWS::Serverless::Function").map(|function| {
            let binary = &function.metadata("BuildProperties")["Binary"];
            binary.as_str().unwrap_or_default().to_owned()
        })
    }

    /// Returns a value as text. A reference to a parameter gives the default of the parameter.
    pub(crate) fn text(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Tagged(tagged) if tagged.tag == "!Ref" => {
                self.text(&self.parameter(tagged.value.as_str()?)["Default"])
            }
            _ => None,
        }
    }
}

impl<'a> Resource<'a> {
    pub(crate) fn property(self, name: &str) -> &'a Value {
        &self.body["Properties"][name]
    }

    pub(crate) fn metadata(self, name: &str) -> &'a Value {
        &self.body["Metadata"][name]
    }
}

/// Returns the target of a `!Ref`, `!GetAtt` or `!Sub`, such as `Bucket.Arn`.
pub(crate) fn reference(value: &Value) -> Option<&str> {
    let Value::Tagged(tagged) = value else {
        return None;
    };
    let text = tagged.value.as_str()?;
    if tagged.tag == "!Sub" {
        return text.strip_prefix("${")?.split_once('}').map(|(reference, _)| reference);
    }
    Some(text)
}

/// Returns the text of a `!Sub` without substitution.
pub(crate) fn substitution(value: &Value) -> Option<&str> {
    match value {
        Value::Tagged(tagged) if tagged.tag == "!Sub" => tagged.value.as_str(),
        _ => None,
    }
}

/// Returns the logical id in a reference.
pub(crate) fn id_of(value: &Value) -> Option<&str> {
    reference(value)?.split('.').next()
}
