//! A store in S3, tested with a server that returns given responses, and with moto.

mod faults;
mod moto;
mod server;

use std::time::Duration;

use firehose_delivery::store::{Store, StoreLocation, StoreOptions};

/// Returns options with an endpoint and credentials, and without the environment.
fn options(endpoint_url: &str) -> StoreOptions {
    let mut options = StoreOptions::default();
    options.endpoint_url = Some(endpoint_url.to_owned());
    options.timeout = Duration::from_secs(20);
    options.environment = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "SECRET")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    options
}

fn store(location: &str, options: &StoreOptions) -> Store {
    Store::create(&StoreLocation::parse(location).unwrap(), options).unwrap()
}
