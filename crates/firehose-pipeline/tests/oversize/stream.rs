//! A sink in memory.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use firehose_core::{BoxError, Record, async_trait};
use firehose_runtime::reingest::{Origin, Reingest};

/// A stream in memory, with the records that were put back.
#[derive(Clone, Default)]
pub(crate) struct Stream(Arc<Mutex<Vec<(Origin, Record)>>>);

impl Stream {
    /// Takes the records that were put back, with the origin of each.
    pub(crate) fn take(&self) -> Vec<(Origin, Record)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[async_trait]
impl Reingest for Stream {
    async fn put_back(
        &self,
        origin: &Origin,
        records: Vec<Record>,
        _: Option<Instant>,
    ) -> Vec<Result<(), BoxError>> {
        let results = records.iter().map(|_| Ok(())).collect();
        self.0.lock().unwrap().extend(records.into_iter().map(|record| (origin.clone(), record)));
        results
    }
}
