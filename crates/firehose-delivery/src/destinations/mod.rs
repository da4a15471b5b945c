//! Destinations: records in, objects or requests out.
//!
//! `Destination` is the trait, with one file per implementation:
//!
//! | implementation | output |
//! |---|---|
//! | [`ObjectDestination`] | objects in S3 or in a folder |
//! | `RequestDestination` in `requests` | requests to an HTTP endpoint, Splunk, OpenSearch or Elasticsearch |
//! | `IcebergDestination` | objects of lines by table and operation |
//!
//! Without an endpoint, [`folder_destination`] writes the records for a destination to the store.

#[cfg(test)]
mod conformance;
mod delivered_request;
mod delivery_outcome;
mod destination;
mod endpoint;
mod folder_destination;
mod folder_form;
mod iceberg_destination;
mod iceberg_route;
mod object_destination;
mod object_keys;
mod object_kind;
mod object_summary;
mod output_record;
mod position_ranges;
mod position_set;
mod requests;
mod stream_layout;

pub use delivered_request::DeliveredRequest;
pub(crate) use delivery_outcome::DeliveryOutcome;
pub(crate) use destination::Destination;
pub use endpoint::Endpoint;
pub(crate) use folder_destination::folder_destination;
pub(crate) use folder_form::FolderForm;
pub(crate) use iceberg_route::IcebergRoute;
pub(crate) use object_destination::ObjectDestination;
pub(crate) use object_keys::ObjectKeys;
pub(crate) use output_record::{OutputRecord, RecordFailure};
pub use position_set::PositionSet;
pub(crate) use requests::endpoint_destination;
