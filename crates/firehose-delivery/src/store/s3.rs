use std::time::Duration;

use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey},
};

use super::{StoreError, StoreErrorKind, StoreOptions, install_provider};

/// Two clients of one bucket: one that tries again as long as the timeout lets it, and one that
/// soon gives up, to find out whether the bucket is there at all.
pub(super) fn connect(
    bucket: &str,
    options: &StoreOptions,
) -> Result<(AmazonS3, AmazonS3), StoreError> {
    install_provider();
    let (builder, endpoint) = configured(bucket, options)?;
    let is_http = endpoint.is_some_and(|url| url.starts_with("http://"));
    // Who puts, reads or lists holds to the timeout. A limit of the client's for reading would
    // also be one for sending an object, however large it is.
    let client = ClientOptions::new()
        .with_timeout_disabled()
        .with_connect_timeout(Duration::from_secs(5).min(options.timeout / 6))
        .with_allow_http(is_http)
        // A machine without root certificates can do without TLS too.
        .with_no_system_certificates(is_http);
    let builder = builder.with_client_options(client);
    let build = |retries| {
        builder
            .clone()
            .with_retry(retries)
            .build()
            .map_err(|error| StoreError::of(&format!("cannot use the bucket {bucket}"), &error))
    };
    Ok((build(patient(options.timeout))?, build(impatient(options.timeout))?))
}

/// The settings of the environment, and the endpoint that they or the options name.
fn configured<'a>(
    bucket: &str,
    options: &'a StoreOptions,
) -> Result<(AmazonS3Builder, Option<&'a str>), StoreError> {
    let mut builder = AmazonS3Builder::new();
    let (mut endpoint, mut s3_endpoint) = (None, options.endpoint_url.as_deref());
    for (name, value) in &options.environment {
        // Set to nothing means not set, as for AWS's own tools.
        let Ok(key) = name.to_ascii_lowercase().parse() else { continue };
        match key {
            _ if value.is_empty() || !name.starts_with("AWS_") => {}
            AmazonS3ConfigKey::Endpoint => endpoint = Some(value.as_str()),
            AmazonS3ConfigKey::S3Endpoint => {
                s3_endpoint = s3_endpoint.or(Some(value.as_str()));
            }
            // Of the client's settings none is taken: they are no names of AWS's.
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

/// The URL is not repeated: it may have a password in it.
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

/// The last try begins early enough to end, if there is no connection, before the time is over:
/// its cause says more than that the time is over.
fn patient(timeout: Duration) -> RetryConfig {
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

fn impatient(timeout: Duration) -> RetryConfig {
    RetryConfig { max_retries: 2, ..patient(timeout) }
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
    fn the_environment_says_where_and_who() {
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
    fn the_option_goes_before_the_environment() {
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
    fn half_of_the_credentials_are_none() {
        let error = connect("bucket", &options(&[("AWS_ACCESS_KEY_ID", "id")])).unwrap_err();
        assert!(error.to_string().contains("SecretAccessKey"), "{error}");
    }
}
