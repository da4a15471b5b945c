//! A store in S3, tested with a server that returns given responses, and with moto.

mod faults;
mod moto;
mod server;

use std::time::Duration;

use firehose_delivery::store::{Store, StoreLocation, StoreOptions};

/// Returns options with an endpoint and credentials, and without the environment.
fn options(endpoint_url: &str) -> StoreOptions {
    let environment = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "SECRET")];
    StoreOptions {
        endpoint_url: Some(endpoint_url.to_owned()),
        timeout: Duration::from_secs(20),
        environment: environment.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
    }
}

fn store(location: &str, options: &StoreOptions) -> Store {
    Store::create(&StoreLocation::parse(location).unwrap(), options).unwrap()
}
