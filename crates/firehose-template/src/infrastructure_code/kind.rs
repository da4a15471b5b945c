use std::fmt;

/// A kind of infrastructure code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InfrastructureKind {
    /// A CloudFormation or SAM template.
    CloudFormation,
    /// A SAM template that `sam build` has written, with its built functions.
    SamBuild,
    /// The output folder of the AWS CDK, `cdk.out`.
    Cdk,
    /// The template that the Serverless Framework writes to `.serverless`.
    Serverless,
    /// A folder of Terraform files.
    Terraform,
    /// The output of `terraform show -json` for a plan or a state.
    TerraformShow,
}

impl fmt::Display for InfrastructureKind {
    /// Writes a noun phrase, such as `a CloudFormation or SAM template`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CloudFormation => "a CloudFormation or SAM template",
            Self::SamBuild => "a template of `sam build`",
            Self::Cdk => "the output folder of the CDK",
            Self::Serverless => "a template of the Serverless Framework",
            Self::Terraform => "a folder of Terraform files",
            Self::TerraformShow => "the output of `terraform show -json`",
        })
    }
}
