use std::{path::Path, time::Duration};

use clap::Args;

use super::command_error::CommandError;
use firehose_delivery::store::{Store, StoreLocation, StoreOptions};

/// How a store is spoken to.
#[derive(Args, Debug)]
pub(super) struct StoreArgs {
    /// Where S3 is, if not at AWS, such as http://127.0.0.1:9000
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,

    /// Seconds that the store may take for an object, with all its retries, and one more for each
    /// 256 KiB of it
    #[arg(long, value_name = "SECONDS", default_value_t = 30,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    store_timeout: u64,
}

impl StoreArgs {
    pub(super) fn options(&self) -> StoreOptions {
        let mut options = StoreOptions::default();
        options.endpoint_url.clone_from(&self.endpoint_url);
        options.timeout = Duration::from_secs(self.store_timeout);
        options
    }

    /// The store of this location, which is there and takes objects.
    pub(super) async fn create(&self, location: &Path) -> Result<Store, CommandError> {
        let location = StoreLocation::parse(location)
            .map_err(|error| CommandError::usage(error.to_string()))?;
        let unavailable = |error| CommandError::unavailable(&error);
        let store = Store::create(&location, &self.options()).map_err(unavailable)?;
        store.check().await.map_err(unavailable)?;
        Ok(store)
    }
}
