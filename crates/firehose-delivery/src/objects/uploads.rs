use std::{collections::HashMap, sync::Arc};

use tokio::{
    sync::Semaphore,
    task::{Id, JoinSet},
};

use crate::{
    encoder::EncodedObject,
    store::{Store, StoreError},
};

/// The uploads to a store, each with the contents of its object. A few uploads run at a time.
#[derive(Debug)]
pub(super) struct Uploads<C> {
    store: Arc<Store>,
    running: JoinSet<Result<(), Option<StoreError>>>,
    /// In-flight uploads. Owned here so that no completion is lost.
    objects: HashMap<Id, Upload<C>>,
    slots: Arc<Semaphore>,
    /// The memory of all uploads, in bytes.
    held: u64,
}

#[derive(Debug)]
struct Upload<C> {
    key: String,
    bytes: u64,
    held: u64,
    contents: C,
}

/// An upload that has ended, and its result.
#[derive(Debug)]
pub(crate) struct UploadResult<C> {
    /// The key of the object in the store.
    pub(crate) key: String,
    /// The length of the object in the store, in bytes.
    pub(crate) bytes: u64,
    /// The information about the records of the object.
    pub(crate) contents: C,
    /// The error is `None` if the upload never began because the store had failed before, or if its
    /// task panicked.
    pub(crate) result: Result<(), Option<StoreError>>,
}

impl<C> Uploads<C> {
    /// The number of uploads that run at a time.
    const AT_A_TIME: usize = 8;

    /// The number of uploads that may wait for a slot. Each upload takes some memory, even for a
    /// small object.
    const WAITING: usize = 64;

    pub(super) fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            running: JoinSet::new(),
            objects: HashMap::new(),
            slots: Arc::new(Semaphore::new(Self::AT_A_TIME)),
            held: 0,
        }
    }

    /// Starts the upload of an object. `held` is the memory of the object and of its contents, in
    /// bytes.
    pub(super) fn start(&mut self, key: &str, object: EncodedObject, held: u64, contents: C) {
        let EncodedObject { content, content_encoding } = object;
        let bytes = content.iter().map(|piece| piece.len() as u64).sum();
        self.held += held;
        let (store, slots) = (Arc::clone(&self.store), Arc::clone(&self.slots));
        let key = store.key(key);
        let upload = Upload { key: key.clone(), bytes, held, contents };
        let task = self.running.spawn(async move {
            match slots.acquire().await {
                Ok(_slot) => store.put(&key, content, content_encoding).await.map_err(Some),
                Err(_) => Err(None),
            }
        });
        self.objects.insert(task.id(), upload);
    }

    /// Waits for the end of an upload; returns `None` if there are no uploads.
    pub(super) async fn next(&mut self) -> Option<UploadResult<C>> {
        let (id, result) = match self.running.join_next_with_id().await? {
            Ok(ended) => ended,
            // The panic of a task has printed its message already.
            Err(error) => (error.id(), Err(None)),
        };
        let Upload { key, bytes, held, contents } = self.objects.remove(&id)?;
        self.held -= held;
        Some(UploadResult { key, bytes, contents, result })
    }

    /// Returns `true` if more uploads may start, given the memory that uploads may take in bytes.
    pub(super) fn has_room(&self, memory: u64) -> bool {
        self.held <= memory && self.objects.len() <= Self::AT_A_TIME + Self::WAITING
    }

    /// Cancels the uploads that wait for a slot.
    pub(super) fn give_up(&self) {
        self.slots.close();
    }

    /// Returns `true` after [`give_up`](Self::give_up).
    pub(super) fn has_given_up(&self) -> bool {
        self.slots.is_closed()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}
