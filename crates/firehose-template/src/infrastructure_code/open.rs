use std::path::{Path, PathBuf};

use firehose_delivery::source::{InputError, read_whole_text};

use super::{
    cdk::CdkAssembly,
    folder::{FoundCode, find_code, is_manifest, is_terraform_name},
    kind::InfrastructureKind,
    text::kind_of_text,
};
use crate::{
    cloudformation::{read_cloudformation, read_cloudformation_function},
    deployment::{DeployedFunction, Deployment, Note},
    error::TemplateError,
    given_values::GivenValues,
    terraform,
};

/// The largest size of a file, in bytes. The output of `terraform show -json` can be that large.
const MAX_FILE_BYTES: u64 = 100_000_000;

/// Infrastructure code whose kind is known.
///
/// ```
/// use firehose_template::{GivenValues, InfrastructureCode, InfrastructureKind};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # std::fs::write(folder.path().join("main.tf"), r#"
/// # resource "aws_kinesis_firehose_delivery_stream" "clicks" {
/// #   name        = "clicks"
/// #   destination = "extended_s3"
/// #   extended_s3_configuration {
/// #     bucket_arn = "arn:aws:s3:::logs"
/// #     role_arn   = "arn:aws:iam::123456789012:role/firehose"
/// #   }
/// # }
/// # "#).unwrap();
/// # let folder = folder.path();
/// let code = InfrastructureCode::open(folder)?;
/// assert_eq!(code.kind(), InfrastructureKind::Terraform);
/// let deployment = code.read(&GivenValues::default())?;
/// assert_eq!(deployment.delivery_streams[0].name, "clicks");
/// # Ok::<(), firehose_template::TemplateError>(())
/// ```
#[derive(Debug)]
pub struct InfrastructureCode {
    kind: InfrastructureKind,
    path: PathBuf,
    folder: PathBuf,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(String),
    Cdk(CdkAssembly),
    Terraform,
}

impl InfrastructureCode {
    /// Opens a file or a folder, and recognizes the kind of its code.
    ///
    /// A `.tf` file stands for its folder, and a `manifest.json` of the CDK for its folder.
    ///
    /// # Errors
    ///
    /// If the path cannot be read, if a folder has no code or code of several kinds, or if another
    /// command must convert the code first.
    pub fn open(path: &Path) -> Result<Self, TemplateError> {
        if path.is_dir() {
            let FoundCode { kind, path } = find_code(path)?;
            return match kind {
                InfrastructureKind::Terraform => Ok(Self::terraform(path)),
                InfrastructureKind::Cdk => Self::cdk(path),
                kind => Self::file(&path, Some(kind)),
            };
        }
        let folder = folder_of(path);
        if is_terraform_name(path) && path.is_file() {
            return Ok(Self::terraform(folder));
        }
        if path.file_name().is_some_and(|name| name == "manifest.json") && is_manifest(path) {
            return Self::cdk(folder);
        }
        Self::file(path, None)
    }

    fn terraform(folder: PathBuf) -> Self {
        Self {
            kind: InfrastructureKind::Terraform,
            path: folder.clone(),
            folder,
            content: Content::Terraform,
        }
    }

    fn cdk(folder: PathBuf) -> Result<Self, TemplateError> {
        let assembly = CdkAssembly::read(&folder)?;
        let content = Content::Cdk(assembly);
        Ok(Self { kind: InfrastructureKind::Cdk, path: folder.clone(), folder, content })
    }

    fn file(path: &Path, kind: Option<InfrastructureKind>) -> Result<Self, TemplateError> {
        let text = read_whole_text(path, MAX_FILE_BYTES).map_err(|error| {
            // A plan of Terraform is an archive.
            let hint = match error {
                InputError::NotText { .. } => {
                    "; for a plan of Terraform, name the output of `terraform show -json PLAN`"
                }
                _ => "",
            };
            TemplateError::wrong("", format!("{error}{hint}"))
        })?;
        let kind = match kind {
            Some(kind) => kind,
            None => kind_of_text(&text).map_err(|error| {
                TemplateError::wrong(path.display().to_string(), error.to_string())
            })?,
        };
        let folder = folder_of(path);
        Ok(Self { kind, path: path.to_owned(), folder, content: Content::Text(text) })
    }

    /// Returns the kind of the code.
    #[must_use]
    pub fn kind(&self) -> InfrastructureKind {
        self.kind
    }

    /// Returns the file or the folder that is read. Errors are about this path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the folder to which paths in the code are relative, and in which functions are built.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads the delivery streams, together with the Kinesis streams and functions that they use.
    ///
    /// # Errors
    ///
    /// If AWS or the tool of the code would reject a value that is read, or if `given` has a value
    /// that the code does not use. See [`read_cloudformation`] for details.
    pub fn read(&self, given: &GivenValues) -> Result<Deployment, TemplateError> {
        match &self.content {
            Content::Text(text) if self.kind == InfrastructureKind::TerraformShow => {
                terraform::read_shown(text, given)
            }
            Content::Text(text) => read_cloudformation(text, given),
            Content::Cdk(assembly) => assembly.read_deployment(given),
            Content::Terraform => terraform::read_folder(&self.folder, given),
        }
    }

    /// Reads one function by its id: its logical id, or its address in Terraform. No delivery stream
    /// has to invoke the function.
    ///
    /// # Errors
    ///
    /// See [`read`](Self::read). Also fails if the code has no function with this id.
    pub fn read_function(
        &self,
        id: &str,
        given: &GivenValues,
    ) -> Result<(DeployedFunction, Vec<Note>), TemplateError> {
        match &self.content {
            Content::Text(text) if self.kind == InfrastructureKind::TerraformShow => {
                terraform::read_shown_function(text, id, given)
            }
            Content::Text(text) => read_cloudformation_function(text, id, given),
            Content::Cdk(assembly) => assembly.read_function(id, given),
            Content::Terraform => terraform::read_folder_function(&self.folder, id, given),
        }
    }
}

/// Returns the folder of a file.
fn folder_of(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}
