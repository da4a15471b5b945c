use std::{fmt, time::Duration};

/// The settings of the connection to a store.
#[derive(Clone)]
pub struct StoreOptions {
    /// The endpoint of S3, `http://` or `https://`, instead of AWS.
    pub endpoint_url: Option<String>,
    /// The time limit for the upload of an object, including retries. The limit grows by one second
    /// for each 256 KiB of the object. For reading, this is the time limit for each piece.
    pub timeout: Duration,
    /// The environment. Only variables whose names begin with `AWS_` are read.
    pub environment: Vec<(String, String)>,
}

impl Default for StoreOptions {
    /// Returns options for AWS, with a timeout of 30 seconds and the environment of this process.
    fn default() -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with("AWS_"))
            .collect();
        Self { endpoint_url: None, timeout: Duration::from_secs(30), environment }
    }
}

impl fmt::Debug for StoreOptions {
    /// Leaves out the environment, which contains secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreOptions")
            .field("endpoint_url", &self.endpoint_url)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
