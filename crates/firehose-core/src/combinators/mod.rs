mod filter;
mod partition_by;
mod then;
mod with_delimiter;

pub use filter::Filter;
pub use partition_by::PartitionBy;
pub use then::Then;
pub use with_delimiter::WithDelimiter;
