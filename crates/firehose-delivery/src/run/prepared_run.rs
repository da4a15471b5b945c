use std::sync::Arc;

use tokio::sync::watch;

use super::{
    accompanying_files::AccompanyingFiles, input_router::InputRouter,
    shared_progress::SharedProgress,
};
use crate::{
    delivery::{InputTask, PutResult, StreamDelivery, deliver},
    observer::DeliveryObserver,
    source::{InputError, InputItem},
};

/// A run whose delivery streams are ready to receive records.
#[derive(Debug)]
pub struct PreparedRun {
    pub(super) router: InputRouter,
    pub(super) streams: Vec<StreamDelivery>,
    pub(super) progress: Arc<SharedProgress>,
    pub(super) stop: watch::Sender<bool>,
    pub(super) observer: Arc<dyn DeliveryObserver>,
    pub(super) files: AccompanyingFiles,
}

impl PreparedRun {
    /// Returns the counts of the run, which outlive the run.
    pub fn progress(&self) -> Arc<SharedProgress> {
        Arc::clone(&self.progress)
    }

    /// Puts the items of an input into the source, and delivers the records, until the input ends
    /// or the run is stopped. A stopped run still delivers the records that were read before.
    /// Finally, the run ends its functions.
    ///
    /// The items are read on a thread of their own, so that the input may block.
    pub async fn deliver(
        self,
        input: impl Iterator<Item = Result<InputItem, InputError>> + Send + 'static,
    ) {
        let Self { mut router, streams, progress, stop, observer, files } = self;
        files.write(Arc::clone(&observer)).await;
        let wanted = progress.wanted();
        let mut put = move |item: InputItem| {
            let position = item.position();
            match wanted.iter().any(|wanted| wanted.contains(position)) {
                true => router.put(item),
                false => PutResult::skipped(position),
            }
        };
        let input = InputTask::start(input.map(move |item| item.map(&mut put)));
        deliver(input, streams, stop.subscribe(), &*observer, progress.input()).await;
        progress.end_functions().await;
    }
}
