use std::{borrow::Cow, sync::Arc};

use crate::{
    deaggregator::Deaggregator,
    event::{kinesis_record::KinesisRecord, record_error::RecordError, user_record::UserRecord},
};

/// The user records and the errors of a batch.
///
/// A list of user records alone would hide the errors. An error alone would lose the records that
/// can be read.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct UserRecords {
    /// The user records, in the order of the event and of each aggregate.
    pub user_records: Vec<UserRecord>,
    /// The errors, one per Kinesis record. Empty unless a record or an aggregate is damaged.
    pub errors: Vec<RecordError>,
}

impl UserRecords {
    /// Returns the user records if no error occurred.
    ///
    /// # Errors
    ///
    /// The first error.
    pub fn into_result(self) -> Result<Vec<UserRecord>, RecordError> {
        match self.errors.into_iter().next() {
            None => Ok(self.user_records),
            Some(error) => Err(error),
        }
    }
}

/// Splits all aggregates of a batch at once. Plain records are returned unchanged.
///
/// Takes the records of a [`KinesisEvent`](crate::KinesisEvent). With the feature
/// `aws_lambda_events`, also takes the records of the `KinesisEvent` of that crate.
pub fn deaggregate_records<'a, R>(records: impl IntoIterator<Item = R>) -> UserRecords
where
    R: TryInto<KinesisRecord<'a>>,
    RecordError: From<R::Error>,
{
    iter_deaggregate_records(records).collect()
}

/// Splits the aggregates of a batch one after the other.
///
/// A Kinesis record is read when the iterator reaches it, so at most one aggregate is in memory. A
/// record that cannot be read is an item of its own, and the iterator continues after it. See also
/// [`deaggregate_records`].
pub fn iter_deaggregate_records<'a, R>(
    records: impl IntoIterator<Item = R>,
) -> impl Iterator<Item = Result<UserRecord, RecordError>>
where
    R: TryInto<KinesisRecord<'a>>,
    RecordError: From<R::Error>,
{
    Deaggregator::default().iter_records(records)
}

/// Collects the items of [`iter_deaggregate_records`].
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
    /// Splits the aggregates of a batch with the options of this de-aggregator.
    ///
    /// See also [`iter_deaggregate_records`].
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
        let KinesisRecord { whole, fields, data } = record;
        let fields = Arc::new(fields);
        let mut whole = Some(whole);
        self.deaggregate(data).map(move |item| match item {
            Ok(user_record) => {
                let whole =
                    whole.take().filter(|_| !user_record.is_aggregated()).map(Cow::into_owned);
                Ok(UserRecord { fields: Arc::clone(&fields), user_record, whole })
            }
            Err(lost) => Err(RecordError::lost(fields.sequence_number_text.as_deref(), lost)),
        })
    }
}
