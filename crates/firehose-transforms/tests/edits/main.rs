//! Tests of the transforms that edit JSON: the cases of `fixtures/transforms`, and properties of any
//! item.

mod fields;
mod fixtures;
mod json_model;
mod redact;
mod steps;
