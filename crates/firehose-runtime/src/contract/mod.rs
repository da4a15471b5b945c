//! Firehose's side of the contract: is this response an answer to that event?
//!
//! [`check`] is pure and takes the response as bytes, so it fits a Lambda in any language.
//!
//! ```
//! use firehose_runtime::{Event, contract};
//!
//! let event = Event::parse(br#"{"records": [{"recordId": "r-1", "data": "aGk="}]}"#)?;
//! let response = br#"{"records": [{"recordId": "r-1", "result": "OK", "data": "aGk="}]}"#;
//! let violations = contract::check(&event, response);
//! assert_eq!(
//!     violations[0].to_string(),
//!     r#"record "r-1": result is "OK", must be "Ok", "Dropped" or "ProcessingFailed""#
//! );
//! println!("{}", violations[0].effect());
//! # Ok::<_, firehose_runtime::MalformedEvent>(())
//! ```
//!
//! The order of the answers is not checked: Firehose goes by `recordId`.
//!
//! Sources: the [status model] for the fields, and for what Firehose does with a response
//! that breaks the rules, its [error codes] and observations of the service in 2026. Where
//! AWS does not say, [`Violation::effect`] says so.
//!
//! [status model]: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
//! [error codes]: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html

mod check;
mod violation;

pub use check::check;
pub use violation::Violation;

/// The longest response that Lambda passes on, in bytes: 6 MiB and 100. A longer one fails
/// the invocation, and so the whole batch
/// ([measured](https://zaccharles.medium.com/deep-dive-lambdas-response-payload-size-limit-8aedba9530ed)).
pub const MAX_RESPONSE_BYTES: usize = 6 * 1024 * 1024 + 100;
