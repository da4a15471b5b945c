use super::{
    evaluator::{Addresses, Node, Resource, Template},
    resources::{read_settings, read_timeout},
};
use crate::{
    deployment::{DeployedFunction, Deployment, Note, UndeployedStream},
    error::TemplateError,
    given_values::GivenValues,
};

/// The types of functions.
const FUNCTIONS: &[&str] = &["AWS::Lambda::Function", "AWS::Serverless::Function"];

/// Reads one function of a CloudFormation or SAM template, by its logical id, with notes on the
/// values that only a deployed stack has. The function need not belong to a delivery
/// stream.
///
/// A timeout that only a deployed stack has is the default, without a note: a caller that sends
/// single events has a limit of its own.
///
/// # Errors
///
/// See [`read_cloudformation`](crate::read_cloudformation). Also fails if the template has no
/// function with this id.
pub fn read_cloudformation_function(
    text: &str,
    id: &str,
    given: &GivenValues,
) -> Result<(DeployedFunction, Vec<Note>), TemplateError> {
    let (document, repeated_keys) = Node::parse(text)?;
    read_function_of_document(&document.expand_loops(given), id, given, None)
        .map_err(|error| error.with_repeated_keys(&repeated_keys))
}

/// Reads one function of a document. `addresses` are the paths of the code from which the document
/// was translated.
pub(crate) fn read_function_of_document(
    document: &Node,
    id: &str,
    given: &GivenValues,
    addresses: Option<&Addresses>,
) -> Result<(DeployedFunction, Vec<Note>), TemplateError> {
    let template = Template::new(document, given)?.with_addresses(addresses);
    let functions: Vec<_> =
        template.resources().filter(|resource| FUNCTIONS.contains(&resource.kind())).collect();
    let Some(resource) = functions.iter().find(|resource| resource.id() == id) else {
        return Err(TemplateError::wrong("", unknown_function(id, &functions)));
    };
    if let Some(UndeployedStream { reason, deciding }) = resource.not_deployed()? {
        return Err(TemplateError::not_deployed(&resource.path(), &reason, deciding));
    }
    let mut deployment = Deployment::default();
    let read = read_settings(*resource, &mut deployment).and_then(|function| {
        let timeout = match read_timeout(*resource) {
            Err(error) if error.undeployed_value().is_some() => None,
            read => read?,
        };
        Ok(DeployedFunction { timeout: timeout.unwrap_or(function.timeout), ..function })
    });
    let function = read.map_err(|error| error.with_parameters(&template.missing_parameters(id)))?;
    match template.unused_property("the function does not use it", true) {
        Some(error) => Err(error),
        None => Ok((function, deployment.notes)),
    }
}

fn unknown_function(id: &str, functions: &[Resource<'_>]) -> String {
    let known: Vec<_> = functions.iter().map(Resource::id).collect();
    match known.as_slice() {
        [] => format!("no function has the logical id {id}; the template has no functions"),
        known => {
            format!("no function has the logical id {id}; the functions are {}", known.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "
Parameters: {Size: {Type: Number}, Level: {Type: String}}
Conditions: {Never: !Equals [a, b]}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: !ImportValue timeout
      MemorySize: !Ref Size
      Environment: {Variables: {LEVEL: !Ref Level, TABLE: !ImportValue table}}
  Off: {Type: AWS::Lambda::Function, Condition: Never}
  Stream: {Type: AWS::KinesisFirehose::DeliveryStream, Properties: {SplunkDestinationConfiguration: {}}}
";

    fn read(id: &str, given: &GivenValues) -> Result<(DeployedFunction, Vec<Note>), TemplateError> {
        read_cloudformation_function(TEMPLATE, id, given)
    }

    fn pairs<const N: usize>(
        pairs: [(&str, &str); N],
    ) -> std::collections::BTreeMap<String, String> {
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    #[test]
    fn a_function_is_read_without_its_delivery_stream() {
        let given = GivenValues::of_parameters(pairs([("Size", "256"), ("Level", "debug")]));
        let (function, notes) = read("Fn", &given).unwrap();
        assert_eq!((function.memory_size, function.environment["LEVEL"].as_str()), (256, "debug"));
        assert_eq!(notes.len(), 1);
        assert!(notes[0].path.ends_with("Variables.TABLE"), "{notes:?}");

        let path = "Resources.Fn.Properties.Timeout";
        let given = GivenValues {
            imports: pairs([("table", "t")]),
            properties: pairs([(path, "60")]),
            ..given
        };
        let (function, notes) = read("Fn", &given).unwrap();
        assert_eq!((&*function.environment["TABLE"], function.timeout.as_secs()), ("t", 60));
        assert_eq!(notes, []);
    }

    #[test]
    fn a_function_that_cannot_be_read_has_a_reason() {
        let none = GivenValues::default();
        let wrong_path = GivenValues {
            properties: pairs([("Resources.Fn.Properties.Size", "1")]),
            ..GivenValues::of_parameters(pairs([("Size", "256"), ("Level", "debug")]))
        };
        let errors = [("Fn", &none), ("Off", &none), ("Stream", &none), ("Fn", &wrong_path)]
            .map(|(id, given)| read(id, given).unwrap_err().to_string());
        insta::assert_snapshot!(errors.join("\n"), @r"
        Resources.Fn.Properties.MemorySize: the parameters Size, Level have no default and no value
        Resources.Off: is not deployed, because its condition Never is false here
        no function has the logical id Stream; the functions are Fn, Off
        Resources.Fn.Properties.Size: a value is given for this property, but Resources.Fn.Properties has no such property; its properties are Timeout, MemorySize, Environment
        ");
    }
}
