use std::collections::BTreeMap;

/// The values that a user gives to a template, in place of the values of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenValues {
    /// The values of parameters, in place of their defaults.
    pub parameters: BTreeMap<String, String>,
    /// The exports of other stacks, by name, for `Fn::ImportValue`.
    pub imports: BTreeMap<String, String>,
    /// The values of properties, by path, such as
    /// `Resources.Stream.Properties.ExtendedS3DestinationConfiguration.Prefix`. Errors and notes
    /// begin with such a path.
    pub properties: BTreeMap<String, String>,
}

impl GivenValues {
    /// Returns values of parameters alone.
    pub fn of_parameters(parameters: BTreeMap<String, String>) -> Self {
        Self { parameters, ..Self::default() }
    }
}
