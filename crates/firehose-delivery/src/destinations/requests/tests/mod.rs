//! The requests of each kind of destination, and its reaction to each fault of an endpoint.

mod delivery;
mod faults;
mod http_client;
mod http_endpoint;
mod open_search;
mod properties;
mod splunk;
