/// The treatment of a member whose new name another member of the object has already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "schema",
    derive(serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum OnConflict {
    /// The item fails. The default, because the other treatments lose a value or leave a name as it
    /// was, and nobody is told.
    #[default]
    Fail,
    /// The new member stays, and the member that had the name is removed.
    Replace,
    /// The member that had the name stays, and the other one is as if no option had named it.
    Keep,
}
