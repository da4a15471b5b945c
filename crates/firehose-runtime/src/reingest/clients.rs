use std::fmt;

use aws_config::BehaviorVersion;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};
use tokio::sync::OnceCell;

/// The clients of the two services.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    pub(super) kinesis: aws_sdk_kinesis::Client,
    pub(super) firehose: aws_sdk_firehose::Client,
}

impl Clients {
    async fn from_env() -> Self {
        let tls = tls::Provider::Rustls(CryptoMode::Ring);
        let http = aws_smithy_http_client::Builder::new().tls_provider(tls).build_https();
        let config = aws_config::defaults(BehaviorVersion::latest()).http_client(http).load().await;
        Self {
            kinesis: aws_sdk_kinesis::Client::new(&config),
            firehose: aws_sdk_firehose::Client::new(&config),
        }
    }
}

/// Clients that are created when they are first needed.
pub(super) struct LazyClients(OnceCell<Clients>);

impl LazyClients {
    pub(super) fn from_env() -> Self {
        Self(OnceCell::new())
    }

    pub(super) fn ready(clients: Clients) -> Self {
        Self(OnceCell::new_with(Some(clients)))
    }

    pub(super) async fn get(&self) -> &Clients {
        self.0.get_or_init(Clients::from_env).await
    }
}

impl fmt::Debug for LazyClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.initialized() { "ready" } else { "not needed yet" })
    }
}
