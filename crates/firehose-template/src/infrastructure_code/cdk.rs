use std::{
    collections::BTreeMap,
    path::{Component, Path},
};

use firehose_delivery::source::read_regular_text;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::{
    cloudformation::{MAX_TEMPLATE_BYTES, StackTemplate, read_linked_function, read_linked_stacks},
    deployment::{DeployedFunction, Deployment, Note},
    error::TemplateError,
    given_values::GivenValues,
};

/// The largest number of stacks of an app, including nested stacks.
const MAX_STACKS: usize = 200;

/// The largest nesting depth of assemblies. An assembly of an app contains the assemblies of its stages.
const MAX_DEPTH: usize = 5;

/// The largest number of manifests and templates that are read. A file counts each time that another
/// file names it.
const MAX_FILES: usize = 1_000;

/// The templates of a cloud assembly, which `cdk synth` writes to `cdk.out`:
/// <https://github.com/aws/aws-cdk/tree/main/packages/@aws-cdk/cloud-assembly-schema>.
#[derive(Debug)]
pub(super) struct CdkAssembly {
    stacks: Vec<StackTemplate>,
}

#[derive(Debug, Deserialize)]
struct Manifest {
    #[serde(default)]
    artifacts: BTreeMap<String, Artifact>,
}

#[derive(Debug, Deserialize)]
struct Artifact {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    properties: Json,
}

impl CdkAssembly {
    /// Reads the manifest and the templates of a folder.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or has another form, or if the app has no stacks.
    pub(super) fn read(folder: &Path) -> Result<Self, TemplateError> {
        let mut reader = AssemblyReader { root: folder, stacks: Vec::new(), files: 0 };
        reader.add_assembly("", 0)?;
        match reader.stacks.is_empty() {
            true => Err(TemplateError::wrong("", "the app in this folder has no stacks")),
            false => Ok(Self { stacks: reader.stacks }),
        }
    }

    /// Reads the delivery streams of all stacks.
    pub(super) fn read_deployment(&self, given: &GivenValues) -> Result<Deployment, TemplateError> {
        read_linked_stacks(&self.stacks, given)
    }

    /// Reads one function by its logical id.
    pub(super) fn read_function(
        &self,
        id: &str,
        given: &GivenValues,
    ) -> Result<(DeployedFunction, Vec<Note>), TemplateError> {
        read_linked_function(&self.stacks, id, given)
    }
}

/// The reader of the files of an app, which bounds their number.
#[derive(Debug)]
struct AssemblyReader<'a> {
    root: &'a Path,
    stacks: Vec<StackTemplate>,
    /// The number of files that were read.
    files: usize,
}

impl AssemblyReader<'_> {
    /// Adds the stacks of the assembly in the folder `inner`, and of the assemblies inside it.
    fn add_assembly(&mut self, inner: &str, depth: usize) -> Result<(), TemplateError> {
        if depth > MAX_DEPTH {
            return Err(TemplateError::wrong("", "the assemblies of the app are nested too deep"));
        }
        let path = self.root.join(inner).join("manifest.json");
        let text = self.read(&path)?;
        let manifest: Manifest = serde_json::from_str(&text).map_err(|error| {
            TemplateError::wrong(
                "",
                format!("{} is not a manifest of the CDK: {error}", path.display()),
            )
        })?;
        for (name, artifact) in &manifest.artifacts {
            let property = |key: &str| artifact.properties[key].as_str();
            match artifact.kind.as_str() {
                "aws:cloudformation:stack" => {
                    if let Some(file) = property("templateFile") {
                        let name = property("stackName").unwrap_or(name);
                        self.add_stack(&joined(inner, file)?, name, None)?;
                    }
                }
                "cdk:cloud-assembly" => {
                    if let Some(folder) = property("directoryName") {
                        self.add_assembly(&joined(inner, folder)?, depth + 1)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds a stack and its nested stacks. The metadata of a nested stack name its template.
    fn add_stack(
        &mut self,
        file: &str,
        name: &str,
        parent: Option<(usize, String)>,
    ) -> Result<(), TemplateError> {
        let index = self.stacks.len();
        if index >= MAX_STACKS {
            let reason = format!("the app has more than {MAX_STACKS} stacks");
            return Err(TemplateError::wrong("", reason));
        }
        let text = self.read(&self.root.join(file))?;
        let json: Json = serde_json::from_str(&text).map_err(|error| {
            TemplateError::wrong("", format!("{file} is not valid JSON: {error}"))
        })?;
        // The template of a stack without resources is empty.
        if !json["Resources"].is_object() {
            return Ok(());
        }
        self.stacks.push(StackTemplate { name: name.to_owned(), text, parent });
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (id, resource) in json["Resources"].as_object().into_iter().flatten() {
            let asset = resource["Metadata"]["aws:asset:path"].as_str();
            if let (Some("AWS::CloudFormation::Stack"), Some(asset)) =
                (resource["Type"].as_str(), asset)
            {
                let nested = joined(folder, asset)?;
                self.add_stack(&nested, &format!("{name}/{id}"), Some((index, id.clone())))?;
            }
        }
        Ok(())
    }

    fn read(&mut self, path: &Path) -> Result<String, TemplateError> {
        self.files += 1;
        if self.files > MAX_FILES {
            let reason = format!(
                "the manifests of the app name more than {MAX_FILES} stacks and assemblies"
            );
            return Err(TemplateError::wrong("", reason));
        }
        read_regular_text(path, MAX_TEMPLATE_BYTES as u64)
            .map_err(|error| TemplateError::wrong("", error.to_string()))
    }
}

/// Joins paths inside the folder of the app. Rejects a path that leads outside of the folder.
fn joined(folder: &str, path: &str) -> Result<String, TemplateError> {
    let is_inside = Path::new(path).components().all(|it| matches!(it, Component::Normal(_)));
    match is_inside {
        true if folder.is_empty() => Ok(path.to_owned()),
        true => Ok(format!("{folder}/{path}")),
        false => {
            Err(TemplateError::wrong("", format!("the manifest names {path}, outside its folder")))
        }
    }
}
