use std::collections::BTreeMap;

use firehose_runtime::{Event, contract::RecordAnswer};

use crate::{
    check_response::read_answers,
    expected::ExpectedIceberg,
    fixture_function::{FixtureFunction, FunctionAnswer},
};

/// The answer of a function to an event.
#[derive(Clone, Debug)]
pub(crate) enum Observed {
    Records(Vec<ObservedRecord>),
    /// The error that rejects the whole event.
    Rejected(String),
}

/// The answer to one record.
#[derive(Clone, Debug, Default)]
pub(crate) struct ObservedRecord {
    pub(crate) record_id: String,
    pub(crate) result: String,
    /// The payload of `Ok`.
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) partition_keys: BTreeMap<String, String>,
    pub(crate) iceberg: Option<ExpectedIceberg>,
    /// The cause of `ProcessingFailed`. `None` if the function does not report the cause.
    pub(crate) cause: Option<String>,
}

impl Observed {
    /// Sends an event to a function, and reads the answer.
    ///
    /// # Errors
    ///
    /// If there is no answer, if the response breaks the contract, or if its answers are not in
    /// the order of the event.
    pub(crate) async fn of(function: &dyn FixtureFunction, event: String) -> Result<Self, String> {
        let (response, causes) = match function.answer(event.clone()).await? {
            FunctionAnswer::Rejected(error) => return Ok(Self::Rejected(error)),
            FunctionAnswer::Response { response, causes } => (response, causes),
        };
        let event = Event::parse(event.as_bytes()).map_err(|error| error.to_string())?;
        let answers = read_answers(&event, &response)?;
        Ok(Self::Records(records(&event, answers, causes)))
    }
}

fn records(
    event: &Event<'_>,
    answers: Vec<RecordAnswer>,
    causes: Vec<Option<String>>,
) -> Vec<ObservedRecord> {
    let mut causes = causes.into_iter();
    let records = event.records.iter().zip(answers).map(|(asked, answer)| {
        let mut record = ObservedRecord {
            record_id: asked.record_id().into_owned(),
            ..ObservedRecord::default()
        };
        record.result = match answer {
            RecordAnswer::Ok { data, metadata } => {
                record.payload = Some(data.to_vec());
                // A response that keeps the contract has valid metadata.
                record.partition_keys = metadata.partition_keys.unwrap_or_default();
                let routing = metadata.iceberg_routing.unwrap_or_default();
                record.iceberg = routing.map(|it| ExpectedIceberg {
                    database: it.database().to_owned(),
                    table: it.table().to_owned(),
                    operation: it.operation().map(|operation| operation.as_str().to_owned()),
                });
                "Ok"
            }
            RecordAnswer::Dropped => "Dropped",
            RecordAnswer::ProcessingFailed => {
                record.cause = causes.next().flatten();
                "ProcessingFailed"
            }
        }
        .to_owned();
        record
    });
    records.collect()
}
