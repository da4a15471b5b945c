use super::iceberg_fields::IcebergFields;

/// The Iceberg table that an answer names (`otfMetadata`). Only a destination of Iceberg tables
/// reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum IcebergAnswer {
    /// The answer names no table. Three empty strings also mean no table.
    #[default]
    Missing,
    /// The answer has these fields, at least one of them with a value.
    Fields(Box<IcebergFields>),
    /// A field has an invalid value, or the metadata has another form than Firehose reads.
    Invalid,
}
