use std::time::Instant;

use firehose_core::{BoxError, Record, async_trait};

use super::origin::Origin;

/// A sink that puts records back to their source, so that Firehose sends them again.
///
/// `AwsReingest` calls AWS. Your own sink may work in another way, for example without AWS in a
/// test:
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
    /// Puts records back to their source, before `stop` if there is one.
    ///
    /// The records are the decoded originals of the event, each with its
    /// [`source`](Record::source). The result has one entry for each record, in order. Return
    /// `Ok` for a record only if the source certainly has the record again. The runtime answers
    /// this record `Dropped`, so a record that the source does not have would be lost. A missing
    /// entry counts as an error.
    async fn put_back(
        &self,
        origin: &Origin,
        records: Vec<Record>,
        stop: Option<Instant>,
    ) -> Vec<Result<(), BoxError>>;
}
