/// The treatment of an item that fails.
///
/// See [`ForEach::on_item_error`](crate::ForEach::on_item_error).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemErrors {
    /// The whole record is `ProcessingFailed`, so that Firehose writes its original under the error
    /// output prefix. The default.
    #[default]
    FailRecord,
    /// The item is left out, and the other items are delivered. The runtime logs the cause and
    /// counts the item in the metric `ItemsFailed`. The item is lost.
    DropItem,
    /// The original item is delivered, among the outputs of the other items. The runtime logs the
    /// cause and counts the item in the metric `ItemsFailed`.
    ///
    /// Only for items and outputs of one form, such as JSON lines: an item in another form can make
    /// the whole output invalid for its target.
    KeepOriginal,
}
