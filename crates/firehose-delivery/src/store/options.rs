use std::{fmt, time::Duration};

/// How a store is spoken to.
#[derive(Clone)]
pub struct StoreOptions {
    /// `http://` or `https://`: where S3 or what is compatible with it is, instead of AWS.
    pub endpoint_url: Option<String>,
    /// How long one object may take to be stored, retries and all, to which a second is added for
    /// each 256 KiB of it; when reading, how long the next piece may take.
    pub timeout: Duration,
    /// Names and values of the environment, of which those that begin with `AWS_` are read.
    pub environment: Vec<(String, String)>,
}

impl Default for StoreOptions {
    /// AWS, 30 seconds, and the environment of this process.
    fn default() -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with("AWS_"))
            .collect();
        Self { endpoint_url: None, timeout: Duration::from_secs(30), environment }
    }
}

impl fmt::Debug for StoreOptions {
    /// Without the environment, which has secrets in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreOptions")
            .field("endpoint_url", &self.endpoint_url)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
