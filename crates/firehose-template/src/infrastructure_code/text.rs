use crate::error::TemplateError;

use super::kind::InfrastructureKind;

/// Returns the kind of code of a text: a template, or the output of `terraform show -json`.
///
/// # Errors
///
/// If the text is a state file of Terraform, which `terraform show -json` must convert first.
pub(super) fn kind_of_text(text: &str) -> Result<InfrastructureKind, TemplateError> {
    let start = text.trim_start();
    if !start.starts_with('{') {
        return Ok(InfrastructureKind::CloudFormation);
    }
    let has = |key: &str| text.contains(&format!("\"{key}\""));
    let is_template = has("Resources");
    if !is_template && has("terraform_version") && has("lineage") && has("serial") {
        let reason = "this is a state file of Terraform; `terraform show -json > state.json` writes \
                      the form that is read";
        return Err(TemplateError::wrong("", reason));
    }
    let is_shown = has("planned_values") || has("root_module");
    Ok(match has("format_version") && is_shown && !is_template {
        true => InfrastructureKind::TerraformShow,
        false => InfrastructureKind::CloudFormation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_text_is_recognized() {
        for (text, kind) in [
            ("Resources: {}", InfrastructureKind::CloudFormation),
            ("{\"Resources\": {}}", InfrastructureKind::CloudFormation),
            (
                "{\"format_version\": \"1.0\", \"values\": {\"root_module\": {}}}",
                InfrastructureKind::TerraformShow,
            ),
            ("{}", InfrastructureKind::CloudFormation),
            ("", InfrastructureKind::CloudFormation),
        ] {
            assert_eq!(kind_of_text(text).unwrap(), kind, "{text}");
        }
        let state = "{\"terraform_version\": \"1.9.0\", \"serial\": 1, \"lineage\": \"x\"}";
        insta::assert_snapshot!(kind_of_text(state).unwrap_err(), @"this is a state file of Terraform; `terraform show -json > state.json` writes the form that is read");
    }
}
