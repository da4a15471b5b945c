use std::time::Instant;

use firehose_core::{BoxError, Record, async_trait};

use super::Origin;

/// Puts records back to where they came from, so that Firehose hands them out once more.
///
/// `AwsReingest` does it through AWS. Your own may do it in another way, and a test needs none
/// of AWS:
///
/// ```
/// use std::{sync::Mutex, time::Instant};
/// use firehose_runtime::{BoxError, Record, async_trait, reingest::{Origin, Reingest}};
///
/// #[derive(Default)]
/// struct Kept(Mutex<Vec<Record>>);
///
/// #[async_trait]
/// impl Reingest for Kept {
///     async fn put_back(
///         &self,
///         _: &Origin,
///         records: Vec<Record>,
///         _: Option<Instant>,
///     ) -> Vec<Result<(), BoxError>> {
///         let put_back = records.iter().map(|_| Ok(())).collect();
///         self.0.lock().unwrap().extend(records);
///         put_back
///     }
/// }
/// ```
#[async_trait]
pub trait Reingest: Send + Sync + 'static {
    /// Puts records back to where they came from, no later than `stop`; without one, in the
    /// time that it takes.
    ///
    /// The records are as the event had them, decoded, and where each comes from is its
    /// [`source`](Record::source). The result has one entry for each of them, in order, and is
    /// `Ok` only if the record is certainly there again: such a record is answered `Dropped`,
    /// and is gone if it is not there. An entry that is missing counts as an error.
    async fn put_back(
        &self,
        origin: &Origin,
        records: Vec<Record>,
        stop: Option<Instant>,
    ) -> Vec<Result<(), BoxError>>;
}
