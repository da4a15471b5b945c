use super::{Node, Template};
use crate::{error::TemplateError, given_values::GivenValues};

/// Evaluates one value of a template with these sections and resources. Returns an empty text for
/// `AWS::NoValue`. Prefixes an error with `(not simulated)` if AWS may accept the template.
pub(super) fn evaluate(value: &str, sections: &str, resources: &str) -> Result<String, String> {
    let text = format!(
        "{sections}
Resources:
  Function:
    Type: AWS::Lambda::Function
    Properties: {{Environment: {{Variables: {{V: {value}}}}}}}
{resources}"
    );
    read_value(&text).map_err(|error| {
        let mark = if error.is_not_simulated() { "(not simulated) " } else { "" };
        format!("{mark}{error}")
    })
}

fn read_value(text: &str) -> Result<String, TemplateError> {
    let (document, _) = Node::parse(text)?;
    let given = GivenValues::default();
    let template = Template::new(&document, &given)?;
    let function = template.resources().find(|resource| resource.id() == "Function").unwrap();
    let variables = function.properties()?.mapping("Environment")?.mapping("Variables")?;
    Ok(variables.text("V")?.unwrap_or_default())
}
