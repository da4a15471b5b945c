use std::{
    fs,
    path::{Path, PathBuf},
};

use super::kind::InfrastructureKind;
use crate::error::TemplateError;

/// The code of a folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FoundCode {
    pub kind: InfrastructureKind,
    /// The file or folder with the code.
    pub path: PathBuf,
}

/// The files with code, relative to the folder of a project. The first file of each kind counts.
const FILES: &[(InfrastructureKind, &[&str])] = &[
    (InfrastructureKind::Cdk, &["manifest.json", "cdk.out/manifest.json"]),
    (
        InfrastructureKind::Serverless,
        &[
            "cloudformation-template-update-stack.json",
            ".serverless/cloudformation-template-update-stack.json",
        ],
    ),
    (
        InfrastructureKind::CloudFormation,
        &[".aws-sam/build/template.yaml", "template.yaml", "template.yml", "template.json"],
    ),
];

/// The files of a project from which another command writes the code, and a message with the command.
const SOURCES: &[(&str, &str)] = &[
    ("cdk.json", "this is a project of the CDK; `cdk synth` writes its templates to cdk.out"),
    ("serverless.yml", SERVERLESS),
    ("serverless.yaml", SERVERLESS),
    ("serverless.ts", SERVERLESS),
];

const SERVERLESS: &str = "this is a project of the Serverless Framework; `serverless package` writes \
                          its template to .serverless/cloudformation-template-update-stack.json";

const EXPECTED: &str = "expected template.yaml, .aws-sam/build, cdk.out, \
                        .serverless/cloudformation-template-update-stack.json, or .tf files";

/// Finds the code of a folder.
///
/// # Errors
///
/// If the folder has no code, or code of several kinds.
pub(super) fn find_code(folder: &Path) -> Result<FoundCode, TemplateError> {
    let mut found = Vec::new();
    for (kind, names) in FILES {
        let path = names.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        let Some(path) = path else { continue };
        let is_built = path.ends_with(".aws-sam/build/template.yaml");
        let kind = if is_built { InfrastructureKind::SamBuild } else { *kind };
        let path = match (kind, path.parent()) {
            (InfrastructureKind::Cdk, Some(parent)) if is_manifest(&path) => parent.to_owned(),
            (InfrastructureKind::Cdk, _) => continue,
            _ => path,
        };
        found.push(FoundCode { kind, path });
    }
    if has_terraform(folder) {
        found.push(FoundCode { kind: InfrastructureKind::Terraform, path: folder.to_owned() });
    }
    if found.len() > 1 {
        let paths: Vec<_> = found
            .iter()
            .map(|code| match code.kind {
                // The folder itself has several kinds, so the message names a Terraform file.
                InfrastructureKind::Terraform => terraform_file(folder).display().to_string(),
                _ => code.path.display().to_string(),
            })
            .collect();
        let reason = format!(
            "the folder has several kinds of infrastructure code; name one of {}",
            paths.join(", ")
        );
        return Err(TemplateError::wrong(folder.display().to_string(), reason));
    }
    if let Some(code) = found.pop() {
        return Ok(code);
    }
    let source = SOURCES.iter().find(|(name, _)| folder.join(name).is_file());
    let reason = match source {
        Some((_, reason)) => (*reason).to_owned(),
        None => format!("the folder has no infrastructure code; {EXPECTED}"),
    };
    Err(TemplateError::wrong(folder.display().to_string(), reason))
}

/// Returns `true` for the manifest of a CDK app.
pub(super) fn is_manifest(path: &Path) -> bool {
    let text = firehose_delivery::source::read_regular_text(path, 10_000_000).unwrap_or_default();
    text.contains("\"artifacts\"") && text.contains("\"version\"")
}

/// Returns `true` for the name of a Terraform file.
pub(super) fn is_terraform_name(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    !name.starts_with('.') && (name.ends_with(".tf") || name.ends_with(".tf.json"))
}

fn has_terraform(folder: &Path) -> bool {
    is_terraform_name(&terraform_file(folder))
}

/// Returns the first Terraform file of a folder, or the path of the folder if it has no such file.
fn terraform_file(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files =
        entries.map(|entry| entry.path()).filter(|path| is_terraform_name(path) && !path.is_dir());
    files.min().unwrap_or_else(|| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the kind and the path of the code in a folder with these files.
    fn found(files: &[&str]) -> String {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = "{\"version\": \"1\", \"artifacts\": {}}";
            fs::write(path, text).unwrap();
        }
        let text = match find_code(folder.path()) {
            Ok(code) => format!("{}: {}", code.kind, code.path.display()),
            Err(error) => error.to_string(),
        };
        text.replace(&folder.path().display().to_string(), "FOLDER")
    }

    #[test]
    fn the_code_of_a_folder_is_found() {
        let cases: [&[&str]; 9] = [
            &["template.yaml"],
            &["template.yaml", ".aws-sam/build/template.yaml"],
            &["manifest.json", "Stack.template.json"],
            &["cdk.json", "cdk.out/manifest.json"],
            &["serverless.yml", ".serverless/cloudformation-template-update-stack.json"],
            &["main.tf", "x.tf.json"],
            &["serverless.yml"],
            &["template.yaml", "main.tf"],
            &["README.md"],
        ];
        insta::assert_snapshot!(cases.map(found).join("\n"), @r"
        a CloudFormation or SAM template: FOLDER/template.yaml
        a template of `sam build`: FOLDER/.aws-sam/build/template.yaml
        the output folder of the CDK: FOLDER
        the output folder of the CDK: FOLDER/cdk.out
        a template of the Serverless Framework: FOLDER/.serverless/cloudformation-template-update-stack.json
        a folder of Terraform files: FOLDER
        FOLDER: this is a project of the Serverless Framework; `serverless package` writes its template to .serverless/cloudformation-template-update-stack.json
        FOLDER: the folder has several kinds of infrastructure code; name one of FOLDER/template.yaml, FOLDER/main.tf
        FOLDER: the folder has no infrastructure code; expected template.yaml, .aws-sam/build, cdk.out, .serverless/cloudformation-template-update-stack.json, or .tf files
        ");
    }
}
