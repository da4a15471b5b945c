//! Records put back over HTTP: to a service on loopback that each test scripts, and to moto.

mod direct_put;
mod environment;
mod faults;
mod kinesis;
mod moto;
mod service;
