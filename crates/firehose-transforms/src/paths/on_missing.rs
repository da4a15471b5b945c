/// The treatment of an item without a value at a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "schema",
    derive(serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum OnMissing {
    /// Nothing happens. The default.
    #[default]
    Ignore,
    /// The item fails. The error names the path.
    ///
    /// A path with `[]` is missing if no value matches it.
    Fail,
}
