//! Compares the answers of jq filters with those of jq 1.6, and checks limits, errors and properties.

mod cases;
mod changes;
mod documented;
mod errors;
mod generate;
mod limits;
mod peer;
mod properties;
mod transform;
