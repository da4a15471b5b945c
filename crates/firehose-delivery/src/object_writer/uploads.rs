use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;
use tokio::{
    sync::Semaphore,
    task::{Id, JoinSet},
};

use crate::{
    delivery_stream::Compression,
    store::{Store, StoreError},
};

/// Objects on their way into the store, a few at a time, each with what is known of it.
#[derive(Debug)]
pub struct Uploads<T> {
    store: Arc<Store>,
    running: JoinSet<Result<(), Option<StoreError>>>,
    /// What is on its way; kept here, so that no end of a put can lose it.
    objects: HashMap<Id, Object<T>>,
    slots: Arc<Semaphore>,
    /// What all of them take in memory.
    held: u64,
}

#[derive(Debug)]
struct Object<T> {
    key: String,
    bytes: u64,
    held: u64,
    what: T,
}

/// An object that was put into the store, or was not.
#[derive(Debug)]
pub struct UploadResult<T> {
    /// Its key, as it is in the store.
    pub key: String,
    /// Its length in the store.
    pub bytes: u64,
    pub what: T,
    /// Without an error if it was not even tried, since the store had failed before.
    pub result: Result<(), Option<StoreError>>,
}

impl<T> Uploads<T> {
    /// So many are put at a time.
    const AT_A_TIME: usize = 8;

    /// When so many more wait for their turn, there is no room: each takes some memory, however
    /// small its object is.
    const WAITING: usize = 64;

    pub fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            running: JoinSet::new(),
            objects: HashMap::new(),
            slots: Arc::new(Semaphore::new(Self::AT_A_TIME)),
            held: 0,
        }
    }

    /// Sends an object off, which takes so much memory with what is known of it.
    pub fn put(
        &mut self,
        key: &str,
        content: Vec<Bytes>,
        compression: Compression,
        held: u64,
        what: T,
    ) {
        let bytes = content.iter().map(|piece| piece.len() as u64).sum();
        self.held += held;
        let (store, slots) = (Arc::clone(&self.store), Arc::clone(&self.slots));
        let key = store.key(key);
        let object = Object { key: key.clone(), bytes, held, what };
        let task = self.running.spawn(async move {
            match slots.acquire().await {
                Ok(_slot) => store.put(&key, content, compression).await.map_err(Some),
                Err(_) => Err(None),
            }
        });
        self.objects.insert(task.id(), object);
    }

    /// The next object that was put, or was not; `None` if none is on its way.
    pub async fn next(&mut self) -> Option<UploadResult<T>> {
        let (id, result) = match self.running.join_next_with_id().await? {
            Ok(ended) => ended,
            // A task that panics has said so.
            Err(error) => (error.id(), Err(None)),
        };
        let Object { key, bytes, held, what } = self.objects.remove(&id)?;
        self.held -= held;
        Some(UploadResult { key, bytes, what, result })
    }

    /// Whether more may be sent off, if the objects on their way may take so much memory.
    pub fn has_room(&self, memory: u64) -> bool {
        self.held <= memory && self.objects.len() <= Self::AT_A_TIME + Self::WAITING
    }

    /// Tries those that wait no more.
    pub fn give_up(&self) {
        self.slots.close();
    }

    /// Whether no more are tried.
    pub fn has_given_up(&self) -> bool {
        self.slots.is_closed()
    }

    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}
