//! Records put back over HTTP, to a service that fails by a script, and to moto.

mod direct_put;
mod environment;
mod faults;
mod kinesis;
mod moto;
mod service;
