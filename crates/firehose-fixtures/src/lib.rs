#![doc = include_str!("docs/overview.md")]

mod case;
mod check_response;
mod compact;
mod difference;
mod expected;
mod find_cases;
mod fixture_function;
mod json_function;
mod json_tree;
mod matcher;
mod matching;
mod mismatch;
mod observed;
mod payload;
mod payload_diff;
mod regular_file;
mod source_shape;
mod suite;
mod tree_diff;
mod update;
mod value_path;

pub use case::FixtureCase;
pub use check_response::check_response;
pub use difference::Difference;
pub use expected::CauseRule;
pub use find_cases::find_cases;
pub use fixture_function::{FixtureFunction, FunctionAnswer};
pub use json_function::run_function;
pub use mismatch::Mismatch;
pub use source_shape::SourceShape;
pub use suite::run;
