use std::{path::Path, time::Duration};

use clap::Args;

use super::command_error::CommandError;
use firehose_delivery::store::{Store, StoreLocation, StoreOptions};

/// The connection to a store.
#[derive(Args, Debug)]
pub(super) struct StoreArgs {
    /// Use this endpoint of S3 instead of AWS, such as http://127.0.0.1:9000
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,

    /// Time limit in seconds for writing an object, including retries
    ///
    /// The limit grows by one second for each 256 KiB of the object. When `replay` reads an object,
    /// the limit applies to each part of the object.
    #[arg(long, value_name = "SECONDS", default_value_t = 30,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    store_timeout: u64,
}

impl StoreArgs {
    /// Returns the options of a store.
    pub(super) fn options(&self) -> StoreOptions {
        let mut options = StoreOptions::default();
        options.endpoint_url.clone_from(&self.endpoint_url);
        options.timeout = Duration::from_secs(self.store_timeout);
        options
    }

    /// Opens the store at this location, and checks that it takes objects.
    ///
    /// # Errors
    ///
    /// If the location is invalid, or the store is missing or cannot be written.
    pub(super) async fn open(&self, location: &Path) -> Result<Store, CommandError> {
        let location = StoreLocation::parse(location)
            .map_err(|error| CommandError::usage(error.to_string()))?;
        let unavailable = |error| CommandError::unavailable(&error);
        let store = Store::create(&location, &self.options()).map_err(unavailable)?;
        store.check().await.map_err(unavailable)?;
        Ok(store)
    }
}
