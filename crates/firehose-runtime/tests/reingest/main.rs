//! Tests that put records back over HTTP: to a service on loopback, whose replies each test sets,
//! and to moto, a mock of AWS.

mod direct_put;
mod environment;
mod faults;
mod kinesis;
mod moto;
mod service;
