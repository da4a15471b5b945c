use std::{future, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_runtime::{Event, async_trait};
use serde_json::json;

use super::plan::{Counts, INVOCATIONS, count};
use crate::function::{Function, InvokeError};

/// The outcome of a user record, by the answer of the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Ok,
    Dropped,
    Failed,
}

/// A record of the input.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Record(Answer),
    /// An aggregate of user records.
    Aggregate(Vec<Answer>),
    /// A record that the source refuses.
    Refused,
}

impl Item {
    pub(super) fn answers(&self) -> &[Answer] {
        match self {
            Self::Record(answer) => std::slice::from_ref(answer),
            Self::Aggregate(answers) => answers,
            Self::Refused => &[],
        }
    }
}

/// A function that gives each user record the answer in the model.
#[derive(Debug)]
pub(super) struct Answering {
    pub(super) items: Vec<Item>,
    pub(super) counts: Counts,
    /// The number of the invocation that never ends.
    pub(super) hangs: Option<u64>,
}

#[async_trait]
impl Function for Answering {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let number = count(&self.counts, INVOCATIONS);
        if self.hangs == Some(number) {
            future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_millis(7 * (number % 5))).await;
        let event = Event::parse(&event).unwrap();
        let answer = |record: &firehose_runtime::EventRecord<'_>| {
            let (id, data) = (record.record_id(), record.payload().unwrap());
            let (position, index) = parse(&data);
            match self.items[position - 1].answers()[index] {
                Answer::Ok => {
                    json!({"recordId": id, "result": "Ok", "data": STANDARD.encode(data)})
                }
                Answer::Dropped => json!({"recordId": id, "result": "Dropped"}),
                Answer::Failed => json!({"recordId": id, "result": "ProcessingFailed"}),
            }
        };
        let answers: Vec<_> = event.records.iter().map(answer).collect();
        Ok(json!({ "records": answers }).to_string().into())
    }
}

/// Returns the position and the index of a user record from its data.
pub(super) fn parse(data: &[u8]) -> (usize, usize) {
    let (position, index) = str::from_utf8(data).unwrap().split_once('.').unwrap();
    (position.parse().unwrap(), index.parse().unwrap())
}
