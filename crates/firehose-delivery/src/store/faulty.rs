//! A store in memory whose faults a test chooses.

use std::{
    fmt, future, io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, memory::InMemory, path::Path,
};

/// The fault of a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No fault: the object is stored.
    None,
    /// No space is left.
    Full,
    /// The store cannot have an object with this key.
    BadKey,
    /// The object is stored after this number of seconds.
    Slow(u64),
    /// The store never answers.
    Hangs,
}

/// Objects in memory. A function chooses the fault of each put by its number, counted from 1.
pub struct FaultyStore {
    objects: InMemory,
    puts: AtomicU64,
    fault: Box<dyn Fn(u64) -> Fault + Send + Sync>,
}

impl FaultyStore {
    /// Returns a store that asks this function for the fault of each put.
    pub fn new(fault: impl Fn(u64) -> Fault + Send + Sync + 'static) -> Arc<Self> {
        let (objects, puts) = (InMemory::new(), AtomicU64::new(0));
        Arc::new(Self { objects, puts, fault: Box::new(fault) })
    }

    /// Returns the number of puts so far.
    pub fn puts(&self) -> u64 {
        self.puts.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl ObjectStore for FaultyStore {
    async fn put_opts(&self, at: &Path, it: PutPayload, options: PutOptions) -> Result<PutResult> {
        match (self.fault)(self.puts.fetch_add(1, Ordering::Relaxed) + 1) {
            Fault::None => self.objects.put_opts(at, it, options).await,
            Fault::Slow(seconds) => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                self.objects.put_opts(at, it, options).await
            }
            Fault::Full => Err(error(io::ErrorKind::StorageFull)),
            Fault::BadKey => Err(error(io::ErrorKind::InvalidFilename)),
            Fault::Hangs => future::pending().await,
        }
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.objects.put_multipart_opts(at, options).await
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> Result<GetResult> {
        self.objects.get_opts(at, options).await
    }

    fn delete_stream(
        &self,
        at: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.objects.delete_stream(at)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.objects.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.objects.copy_opts(from, to, options).await
    }
}

fn error(kind: io::ErrorKind) -> object_store::Error {
    let source = Box::new(io::Error::from(kind));
    object_store::Error::Generic { store: "FaultyStore", source }
}

impl fmt::Debug for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyStore").field("puts", &self.puts()).finish_non_exhaustive()
    }
}

impl fmt::Display for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyStore")
    }
}
