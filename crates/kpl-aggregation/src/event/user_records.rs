use std::{borrow::Cow, sync::Arc};

use super::{kinesis_record::KinesisRecord, record_error::RecordError, user_record::UserRecord};
use crate::Deaggregator;

/// What all Kinesis records of a batch have in them.
///
/// There are two lists, because a list of user records alone would lose quietly what could
/// not be read, and an error alone would lose all that could.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct UserRecords {
    /// The user records, in the order of the event and of each aggregate.
    pub user_records: Vec<UserRecord>,
    /// What could not be read. Empty, unless an event or an aggregate is damaged.
    pub errors: Vec<RecordError>,
}

impl UserRecords {
    /// The user records, if nothing is lost.
    ///
    /// # Errors
    ///
    /// With the first that could not be read, if anything could not.
    pub fn into_result(self) -> Result<Vec<UserRecord>, RecordError> {
        match self.errors.into_iter().next() {
            None => Ok(self.user_records),
            Some(error) => Err(error),
        }
    }
}

/// Splits the aggregates of a batch, all at once. Plain records come back as they are.
///
/// It takes the records of a [`KinesisEvent`](super::KinesisEvent), or with the feature
/// `aws_lambda_events` those of a `KinesisEvent` from there.
pub fn deaggregate_records<'a, R>(records: impl IntoIterator<Item = R>) -> UserRecords
where
    R: TryInto<KinesisRecord<'a>>,
    RecordError: From<R::Error>,
{
    iter_deaggregate_records(records).collect()
}

/// [`deaggregate_records`], one after the other: a Kinesis record is read when its turn
/// comes, so that no more than one aggregate is in memory.
///
/// What cannot be read is an item of its own, and what comes after it goes on.
pub fn iter_deaggregate_records<'a, R>(
    records: impl IntoIterator<Item = R>,
) -> impl Iterator<Item = Result<UserRecord, RecordError>>
where
    R: TryInto<KinesisRecord<'a>>,
    RecordError: From<R::Error>,
{
    Deaggregator::default().iter_records(records)
}

/// Collects what an iterator over a batch gives.
impl FromIterator<Result<UserRecord, RecordError>> for UserRecords {
    fn from_iter<I: IntoIterator<Item = Result<UserRecord, RecordError>>>(records: I) -> Self {
        let mut all = Self::default();
        for record in records {
            match record {
                Ok(record) => all.user_records.push(record),
                Err(error) => all.errors.push(error),
            }
        }
        all
    }
}

impl Deaggregator {
    /// [`iter_deaggregate_records`] with the options of this de-aggregator.
    pub fn iter_records<'a, R>(
        self,
        records: impl IntoIterator<Item = R>,
    ) -> impl Iterator<Item = Result<UserRecord, RecordError>>
    where
        R: TryInto<KinesisRecord<'a>>,
        RecordError: From<R::Error>,
    {
        records.into_iter().flat_map(move |record| {
            let (read, failed) = match record.try_into() {
                Ok(record) => (Some(self.user_records_of(record)), None),
                Err(error) => (None, Some(Err(RecordError::from(error)))),
            };
            read.into_iter().flatten().chain(failed)
        })
    }

    fn user_records_of(
        self,
        record: KinesisRecord<'_>,
    ) -> impl Iterator<Item = Result<UserRecord, RecordError>> {
        let KinesisRecord { whole, parts, data } = record;
        let parts = Arc::new(parts);
        let mut whole = Some(whole);
        self.deaggregate(data).map(move |item| match item {
            Ok(user_record) => {
                let whole =
                    whole.take().filter(|_| !user_record.is_aggregated()).map(Cow::into_owned);
                Ok(UserRecord { parts: Arc::clone(&parts), user_record, whole })
            }
            Err(lost) => Err(RecordError::lost(parts.sequence_number_text.as_deref(), lost)),
        })
    }
}
