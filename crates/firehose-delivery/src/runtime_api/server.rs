use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    invocation_queue::{InitError, InvocationQueue, PendingResponse},
    routes,
};

/// A Lambda Runtime API on the loopback interface: events go in, a function takes them one
/// after the other, its responses come out.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// let api = firehose_delivery::runtime_api::RuntimeApi::start().await?;
/// println!("AWS_LAMBDA_RUNTIME_API={}", api.address());
/// let response = api.submit("{}", Duration::from_secs(60)).response().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    queue: Arc<InvocationQueue>,
    server: JoinHandle<()>,
}

impl RuntimeApi {
    /// Starts one on a free port. It ends when the value is dropped.
    ///
    /// # Errors
    ///
    /// If no port can be opened.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let queue = Arc::new(InvocationQueue::default());
        let routes = routes::router(Arc::clone(&queue));
        let server = tokio::spawn(async move {
            // It accepts until it is aborted; single connections break without ending it.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { address, queue, server })
    }

    /// The address, as a function finds it in `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Puts an event into the queue. The invocation's deadline is `time` from now.
    pub fn submit(&self, event: impl Into<Bytes>, time: Duration) -> PendingResponse {
        self.queue.submit(event.into(), time)
    }

    /// Whether there is an event that no function has asked for.
    pub fn is_waiting(&self) -> bool {
        self.queue.is_waiting()
    }

    /// Waits until a function has asked for an event, or has reported that it cannot.
    pub async fn ready(&self) -> Result<(), InitError> {
        self.queue.ready().await
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}
