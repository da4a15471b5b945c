use std::time::Duration;

use bytes::Bytes;
use object_store::{Attribute, Attributes, PutOptions, PutPayload};

use super::{Store, StoreError, StoreErrorKind, key, open::Kind};

impl Store {
    /// The slowest upload for which the time limit is long enough, in bytes per second. Eight
    /// uploads at this speed take 17 Mbit/s.
    const SLOWEST: u64 = 256 * 1024;

    /// Stores an object, complete or not at all. An object with the same key is replaced.
    ///
    /// After an error the store does not have the object, with two exceptions. A server may have
    /// stored the object although its response was lost. The write of a file in a folder may
    /// continue after the timeout.
    ///
    /// # Errors
    ///
    /// If the object cannot be stored within the time limit: the timeout, plus one second for each
    /// 256 KiB of the object. [`StoreErrorKind::BadKey`] concerns only this object; after any other
    /// error, the next object is likely to fail too.
    pub async fn put(
        &self,
        key: &str,
        content: Vec<Bytes>,
        content_encoding: Option<&'static str>,
    ) -> Result<(), StoreError> {
        let action = format!("cannot write {}", self.locate(key));
        let Some(path) = key::path_of(&self.prefix, key) else {
            let message = format!("{action}: the key {key:?} has no name between its slashes");
            return Err(StoreError::new(StoreErrorKind::BadKey, message));
        };
        let payload: PutPayload = content.into_iter().collect();
        let options =
            PutOptions { attributes: self.attributes(content_encoding), ..PutOptions::default() };
        let allowed = self.allowed(payload.content_length());
        let put = self.objects.put_opts(&path, payload, options);
        match tokio::time::timeout(allowed, put).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => {
                let error = StoreError::of(&action, &error);
                match &self.kind {
                    // A file in place of the whole folder rejects every key.
                    Kind::Folder(path) if !path.is_dir() => Err(error.in_location()),
                    _ => Err(error),
                }
            }
            Err(_) => Err(StoreError::timed_out(&action, allowed)),
        }
    }

    /// Returns the time that the upload of an object of this length may take.
    fn allowed(&self, bytes: usize) -> Duration {
        self.timeout + Duration::from_secs(bytes as u64 / Self::SLOWEST)
    }

    /// Returns the metadata that Firehose gives its objects. Files have no metadata.
    fn attributes(&self, content_encoding: Option<&'static str>) -> Attributes {
        let mut attributes = Attributes::new();
        if !matches!(self.kind, Kind::Folder(_)) {
            attributes.insert(Attribute::ContentType, "application/octet-stream".into());
            if let Some(encoding) = content_encoding {
                attributes.insert(Attribute::ContentEncoding, encoding.into());
            }
        }
        attributes
    }
}
