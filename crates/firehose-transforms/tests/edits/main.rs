//! Tests of the transforms that edit JSON: the cases of `fixtures/transforms`, and laws that hold for
//! any item.

mod fields;
mod fixtures;
mod json_model;
mod redact;
mod steps;
