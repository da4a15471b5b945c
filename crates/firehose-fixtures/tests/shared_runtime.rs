//! Runs a transform that starts a Tokio task in the first case and uses it in all cases, like a
//! pool of connections. The task ends with its runtime, so all cases must share one runtime.

use std::sync::OnceLock;

use firehose_runtime::{BoxError, Outcome, Record, async_transform_fn};
use tokio::sync::{mpsc, oneshot};

/// A request to the task: a text, and the receiver of the text in upper case.
type Request = (String, oneshot::Sender<String>);

static TASK: OnceLock<mpsc::UnboundedSender<Request>> = OnceLock::new();

fn main() -> std::process::ExitCode {
    firehose_fixtures::run("../../fixtures/uppercase", async_transform_fn(uppercase))
}

async fn uppercase(record: Record) -> Result<Outcome, BoxError> {
    let text = record.text()?.trim().to_owned();
    if text.is_empty() {
        return Ok(Outcome::Dropped);
    }
    let task = TASK.get_or_init(|| {
        let (sender, mut requests) = mpsc::unbounded_channel::<Request>();
        tokio::spawn(async move {
            while let Some((text, answer)) = requests.recv().await {
                let _ = answer.send(text.to_uppercase());
            }
        });
        sender
    });
    let (answer, answered) = oneshot::channel();
    task.send((text, answer))?;
    Ok(answered.await?.into())
}
