//! Property tests of a delivery. The contract alone determines the delivered objects, whatever the
//! batching, the concurrency and the order of answers. The events add up to the counts of the
//! report.
//!
//! The function runs in this process, the store is in memory, and paused time advances as soon as
//! nothing else happens.

mod contents;
mod counting_observer;
mod delivered;
mod properties;
mod record_processors;
mod scripted_function;
mod settings;
