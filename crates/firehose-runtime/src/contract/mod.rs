//! Checks a response against its event by Firehose's contract.
//!
//! [`check`] needs only the bytes of both, so it works for a Lambda function in any language.
//! [`judge`] also gives the outcome of each record. [`Response`] gives the answers as they are
//! written.
//!
//! ```
//! use firehose_runtime::{Event, contract};
//!
//! let event = Event::parse(br#"{"records": [{"recordId": "r-1", "data": "aGk="}]}"#)?;
//! let response = br#"{"records": [{"recordId": "r-1", "result": "OK", "data": "aGk="}]}"#;
//! let violations = contract::check(&event, response);
//! assert_eq!(
//!     violations[0].to_string(),
//!     r#"record "r-1": result is "OK"; it must be "Ok", "Dropped" or "ProcessingFailed""#
//! );
//! println!("{}", violations[0].effect());
//! # Ok::<_, firehose_runtime::MalformedEvent>(())
//! ```
//!
//! The order of the answers is not checked, because Firehose matches them by `recordId`.
//!
//! Sources: the [status model] for the fields, and the [error codes] and observations of the
//! service in 2026 for the effect of a violation. [`Violation::effect`] says where AWS does not
//! document an effect.
//!
//! [status model]: https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-status-model.html
//! [error codes]: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html

mod answer_metadata;
mod check;
mod expected_answers;
mod iceberg_answer;
mod iceberg_fields;
mod judge;
mod response;
mod response_record;
mod violation;

pub use crate::limits::MAX_RESPONSE_BYTES;
pub use answer_metadata::AnswerMetadata;
pub use check::check;
pub use expected_answers::ExpectedAnswer;
pub use iceberg_answer::IcebergAnswer;
pub use iceberg_fields::IcebergFields;
pub use judge::{Judgement, judge};
pub use response::Response;
pub use response_record::{RecordAnswer, ResponseRecord};
pub use violation::Violation;
