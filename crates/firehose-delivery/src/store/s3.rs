use std::time::Duration;

use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey},
};

use super::{
    StoreError, StoreErrorKind, StoreOptions, bounded_client::BoundedConnector, install_provider,
};

/// Returns two clients of one bucket. The first client retries until the timeout. The second client
/// retries twice, so that [`Store::check`](super::Store::check) fails soon.
pub(super) fn connect(
    bucket: &str,
    options: &StoreOptions,
) -> Result<(AmazonS3, AmazonS3), StoreError> {
    install_provider();
    let (builder, endpoint) = configured(bucket, options)?;
    let is_http = endpoint.is_some_and(|url| url.starts_with("http://"));
    // The methods of `Store` apply the timeout. A timeout of the client would also limit the
    // upload of an object, whatever its length.
    let client = ClientOptions::new()
        .with_timeout_disabled()
        .with_connect_timeout(Duration::from_secs(5).min(options.timeout / 6))
        .with_allow_http(is_http)
        // Without TLS, a machine needs no root certificates.
        .with_no_system_certificates(is_http);
    let connector = BoundedConnector::default();
    let builder = builder.with_client_options(client).with_http_connector(connector);
    let build = |retries| {
        builder
            .clone()
            .with_retry(retries)
            .build()
            .map_err(|error| StoreError::of(&format!("cannot use the bucket {bucket}"), &error))
    };
    Ok((build(retry_until(options.timeout))?, build(retry_twice(options.timeout))?))
}

/// Returns the settings of the environment, and the endpoint from the options or the environment.
fn configured<'a>(
    bucket: &str,
    options: &'a StoreOptions,
) -> Result<(AmazonS3Builder, Option<&'a str>), StoreError> {
    let mut builder = AmazonS3Builder::new();
    let (mut endpoint, mut s3_endpoint) = (None, options.endpoint_url.as_deref());
    for (name, value) in &options.environment {
        // An empty variable counts as not set, as in AWS's tools.
        let Ok(key) = name.to_ascii_lowercase().parse() else { continue };
        match key {
            _ if value.is_empty() || !name.starts_with("AWS_") => {}
            AmazonS3ConfigKey::Endpoint => endpoint = Some(value.as_str()),
            AmazonS3ConfigKey::S3Endpoint => {
                s3_endpoint = s3_endpoint.or(Some(value.as_str()));
            }
            // Settings of the HTTP client are ignored: AWS defines no such variables.
            AmazonS3ConfigKey::Client(_) => {}
            key => builder = builder.with_config(key, value),
        }
    }
    let endpoint = s3_endpoint.or(endpoint);
    if let Some(url) = endpoint {
        check_endpoint(url)?;
        builder = builder.with_endpoint(url);
    }
    Ok((builder.with_bucket_name(bucket), endpoint))
}

/// Checks the endpoint. The error does not repeat the URL, which may contain a password.
fn check_endpoint(url: &str) -> Result<(), StoreError> {
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    let is_plain = |host: &str| !host.is_empty() && !host.contains(['@', '?', '#', ' ']);
    match host {
        Some(host) if is_plain(host) && url.parse::<reqwest::Url>().is_ok() => Ok(()),
        _ => Err(StoreError::new(
            StoreErrorKind::BadEndpoint,
            "the endpoint of S3 must be http://host:port or https://host:port, without a user, a \
             query or a fragment",
        )),
    }
}

/// Returns settings that retry until 70 % of the timeout have passed. The last attempt can then fail
/// before the timeout, and the error names its cause instead of the timeout.
fn retry_until(timeout: Duration) -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100).min(timeout / 10),
            max_backoff: Duration::from_secs(3).min(timeout / 10),
            base: 2.0,
        },
        max_retries: usize::MAX,
        retry_timeout: timeout.mul_f64(0.7),
    }
}

fn retry_twice(timeout: Duration) -> RetryConfig {
    RetryConfig { max_retries: 2, ..retry_until(timeout) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(environment: &[(&str, &str)]) -> StoreOptions {
        let pairs =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        StoreOptions { environment: pairs.collect(), ..StoreOptions::default() }
    }

    #[test]
    fn the_environment_sets_endpoint_and_credentials() {
        let options = options(&[
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", ""),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-2"),
            ("AWS_ENDPOINT_URL", "http://localhost:1"),
            ("AWS_ENDPOINT_URL_S3", "http://localhost:2/"),
            ("AWS_BUCKET", "other"),
            ("AWS_PROFILE", "none"),
        ]);
        let (builder, endpoint) = configured("bucket", &options).unwrap();
        assert_eq!(endpoint, Some("http://localhost:2/"));
        let value = |key| builder.get_config_value(&key);
        assert_eq!(value(AmazonS3ConfigKey::Region).as_deref(), Some("eu-west-1"));
        assert_eq!(value(AmazonS3ConfigKey::Token), None);
        assert_eq!(value(AmazonS3ConfigKey::Bucket).as_deref(), Some("bucket"));
    }

    #[test]
    fn the_option_has_precedence_over_the_environment() {
        let mut options = options(&[("AWS_ENDPOINT_URL_S3", "http://localhost:2")]);
        options.endpoint_url = Some("https://localhost:3".to_owned());
        assert_eq!(configured("bucket", &options).unwrap().1, Some("https://localhost:3"));
        for url in
            ["localhost:1", "ftp://a", "http://", "http://u:secret@h", "http://h?a", "http://[", ""]
        {
            options.endpoint_url = Some(url.to_owned());
            let error = configured("bucket", &options).unwrap_err().to_string();
            assert!(
                error.contains("must be http://host:port") && !error.contains("secret"),
                "{url}: {error}"
            );
        }
    }

    #[test]
    fn incomplete_credentials_are_an_error() {
        let error = connect("bucket", &options(&[("AWS_ACCESS_KEY_ID", "id")])).unwrap_err();
        assert!(error.to_string().contains("SecretAccessKey"), "{error}");
    }
}
