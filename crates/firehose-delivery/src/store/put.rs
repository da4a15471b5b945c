use std::time::Duration;

use bytes::Bytes;
use object_store::{Attribute, Attributes, PutOptions, PutPayload};

use super::{Store, StoreError, StoreErrorKind, key, open::Kind};

impl Store {
    /// What a line is taken to carry of each object, in bytes a second. Several objects share it:
    /// eight at this pace take 17 Mbit/s.
    const SLOWEST: u64 = 256 * 1024;

    /// Stores an object, whole or not at all. One that has this key is replaced.
    ///
    /// After an error the object is not there, with two exceptions: a server may have stored it
    /// whole, and its answer got lost; a folder's file may still be on its way.
    ///
    /// # Errors
    ///
    /// The object could not be stored within the timeout, and a second more for each 256 KiB of
    /// it. Of [`StoreErrorKind::BadKey`] only this
    /// object failed; of the others, the next is likely to fail too.
    pub async fn put(
        &self,
        key: &str,
        content: Vec<Bytes>,
        content_encoding: Option<&'static str>,
    ) -> Result<(), StoreError> {
        let action = format!("cannot write {}", self.locate(key));
        let Some(path) = key::path_of(&self.prefix, key) else {
            let message = format!("{action}: the key {key:?} has no name in it");
            return Err(StoreError::new(StoreErrorKind::BadKey, message));
        };
        let payload: PutPayload = content.into_iter().collect();
        let options =
            PutOptions { attributes: self.attributes(content_encoding), ..PutOptions::default() };
        let allowed = self.allowed(payload.content_length());
        let put = self.objects.put_opts(&path, payload, options);
        match tokio::time::timeout(allowed, put).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(StoreError::of(&action, &error)),
            Err(_) => Err(StoreError::timed_out(&action, allowed)),
        }
    }

    /// How long an object of so many bytes may take.
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
