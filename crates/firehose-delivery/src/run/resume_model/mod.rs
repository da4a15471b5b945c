//! A property test with a model: however a run ends, its report lists the positions of all records
//! that the run did not deliver, and later runs deliver these records.
//!
//! The model knows the outcome of each record, and reads the objects in the store. Functions run in
//! this process, and paused time advances as soon as nothing else happens.

mod answering;
mod model;
mod panicking;
mod plan;
mod properties;
mod stored;
