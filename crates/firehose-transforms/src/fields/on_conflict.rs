/// The treatment of an item if another member of the object already has the new name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "schema",
    derive(serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum OnConflict {
    /// The item fails. The default, because the other variants silently lose a value or keep an old name.
    #[default]
    Fail,
    /// The added or renamed member stays, and the other member with this name is removed.
    Replace,
    /// The other member with this name stays. The new member is not added, or the member is not renamed.
    Keep,
}
