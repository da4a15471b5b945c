//! A property test with a model: after any end of a run, the positions of its report are those of
//! the records that are in no object, and resuming the run delivers exactly these records.
//!
//! The model knows the outcome of each record, and reads the objects in the store. Functions run in
//! this process, and paused time advances as soon as nothing else happens.

mod answering;
mod model;
mod plan;
mod properties;
mod stored;
