/// What happens if another member of the object already has the name of a new or renamed member.
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
    /// The new member stays, and the member that had the name is removed.
    Replace,
    /// The member that had the name stays. The other member is not added or not renamed.
    Keep,
}
