//! Property tests of a delivery. The answers of the function alone determine the delivered records,
//! whatever the batching, the concurrency and the order of the answers. The counts in the events of the
//! observer add up to the counts in the stats.
//!
//! The function runs in this process, and the store is in memory. The clock of tokio is paused: it
//! advances to the next timer as soon as every task waits.

mod contents;
mod counting_observer;
mod delivered;
mod processor_soak;
mod properties;
mod record_processors;
mod scripted_function;
mod settings;
mod stopped;
