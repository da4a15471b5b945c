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
    own_listener::OwnListener,
    routes,
};

/// A Lambda Runtime API on the loopback interface, from which a function takes events, one after
/// the other.
///
/// Connections of other users of the machine are refused on Linux, and so are requests whose `Host`
/// is not this machine.
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
    /// Starts a server on a free port. Dropping the value ends the server.
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
            // The server accepts until it is aborted. A broken connection does not end it.
            let _ = axum::serve(OwnListener(listener), routes).await;
        });
        Ok(Self { address, queue, server })
    }

    /// Returns the address, which a function finds in `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Appends an event to the queue. The deadline of the invocation is `time` from now.
    pub fn submit(&self, event: impl Into<Bytes>, time: Duration) -> PendingResponse {
        self.queue.submit(event.into(), time)
    }

    /// Returns `true` if an event waits for a function to ask for it.
    pub fn is_waiting(&self) -> bool {
        self.queue.is_waiting()
    }

    /// Waits until a function asks for an event.
    ///
    /// # Errors
    ///
    /// If the function reports that it cannot initialize.
    pub async fn ready(&self) -> Result<(), InitError> {
        self.queue.ready().await
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}
