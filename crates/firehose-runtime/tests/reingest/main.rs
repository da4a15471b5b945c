//! Records put back over the wire: to a service that fails as it is told, and to moto.

mod direct_put;
mod environment;
mod faults;
mod kinesis;
mod moto;
mod service;
