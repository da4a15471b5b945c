//! Runs each folder under `fixtures/kpl-consumer-bulk` as a test: an event of a Kinesis stream, and
//! the expected answer.

fn main() -> std::process::ExitCode {
    firehose_fixtures::run_function("../../fixtures/kpl-consumer-bulk", |event| {
        let response = kpl_consumer_bulk::handle(event).map_err(|error| error.to_string())?;
        serde_json::to_string(&response).map_err(|error| error.to_string())
    })
}
