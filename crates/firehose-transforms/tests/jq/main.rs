//! Compares jq filters with the recorded answers of jq 1.6, and checks limits and laws.

mod cases;
mod documented;
mod errors;
mod generate;
mod limits;
mod peer;
mod properties;
mod transform;
