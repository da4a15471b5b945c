use std::sync::Arc;

use crate::{
    observer::{DeliveryEvent, DeliveryObserver},
    store::Store,
};

/// Files without records that a run writes beside its objects.
#[derive(Debug)]
pub(super) struct AccompanyingFiles {
    store: Arc<Store>,
    /// The key and the text of each file.
    files: Vec<(String, String)>,
}

impl AccompanyingFiles {
    /// Returns no files.
    pub(super) fn new(store: Arc<Store>) -> Self {
        Self { store, files: Vec::new() }
    }

    /// Adds a file.
    pub(super) fn add(&mut self, key: String, text: String) {
        self.files.push((key, text));
    }

    /// Writes the files. A file that cannot be written causes a warning and no error, because it
    /// holds no records.
    pub(super) async fn write(self, observer: Arc<dyn DeliveryObserver>) {
        for (key, text) in self.files {
            if let Err(error) = self.store.put(&key, vec![text.into()], None).await {
                let message = error.to_string();
                observer.observe(&DeliveryEvent::Warning { message: &message });
            }
        }
    }
}
