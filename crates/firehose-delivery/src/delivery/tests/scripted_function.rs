use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_runtime::{Event, async_trait};
use proptest::prelude::*;
use serde_json::json;

use crate::function::{Function, FunctionError, InvokeError};

/// The answer of the function to a record. The answer depends on the record's data alone.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// Output and partition key; without a key, partitioning fails.
    Ok {
        output: String,
        key: Option<u8>,
    },
    Dropped,
    Failed,
}

/// A function that keeps Firehose's contract: it answers each record once. The order of the answers
/// and the time of an invocation vary. Some invocations fail as a whole.
#[derive(Debug)]
pub(super) struct ScriptedFunction {
    /// The answer to each record, by the number in its data.
    pub(super) fates: Vec<Fate>,
    /// The number of failed invocations before the function answers a batch whose first record has
    /// a number divisible by three. Invocations with other batches do not fail.
    errors: u64,
    /// The number of invocations by the record id of the first record.
    attempts: Mutex<BTreeMap<String, u64>>,
    invocations: AtomicU64,
    running: AtomicU64,
    /// The most invocations that ran at a time.
    pub(super) most_running: AtomicU64,
}

#[async_trait]
impl Function for ScriptedFunction {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let number = self.invocations.fetch_add(1, Ordering::Relaxed);
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_running.fetch_max(running, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(7 * (number % 5))).await;
        self.running.fetch_sub(1, Ordering::Relaxed);
        let event = Event::parse(&event).unwrap();
        if self.fails(&event) {
            return Err(FunctionError::TimedOut(Duration::from_secs(1)).into());
        }
        let mut answers: Vec<_> = event
            .records
            .iter()
            .map(|record| {
                let payload = record.payload().unwrap();
                let index: usize = str::from_utf8(&payload).unwrap().parse().unwrap();
                let id = record.record_id();
                match &self.fates[index] {
                    Fate::Ok { output, key } => {
                        let keys = key.map(|key| json!({"partitionKeys": {"k": key.to_string()}}));
                        let data = STANDARD.encode(output);
                        json!({"recordId": id, "result": "Ok", "data": data, "metadata": keys})
                    }
                    Fate::Dropped => json!({"recordId": id, "result": "Dropped"}),
                    Fate::Failed => json!({"recordId": id, "result": "ProcessingFailed"}),
                }
            })
            .collect();
        let middle = number as usize % answers.len();
        answers.rotate_left(middle);
        Ok(json!({ "records": answers }).to_string().into())
    }
}

impl ScriptedFunction {
    pub(super) fn new(fates: &[Fate], errors: u64) -> Arc<Self> {
        Arc::new(Self {
            fates: fates.to_vec(),
            errors,
            attempts: Mutex::default(),
            invocations: AtomicU64::new(0),
            running: AtomicU64::new(0),
            most_running: AtomicU64::new(0),
        })
    }

    fn fails(&self, event: &Event<'_>) -> bool {
        let payload = event.records[0].payload().unwrap();
        let index: usize = str::from_utf8(&payload).unwrap().parse().unwrap();
        let mut attempts = self.attempts.lock().unwrap();
        let attempts = attempts.entry(event.records[0].record_id().into_owned()).or_default();
        *attempts += 1;
        index.is_multiple_of(3) && *attempts <= self.errors
    }
}

/// Generates answers. Each output has a mark at its end, so that the outputs in an object can be
/// told apart.
pub(super) fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        5 => ("[a-z]{0,30}", prop::option::weighted(0.9, 0..4_u8)).prop_map(|(text, key)| Fate::Ok { output: text, key }),
        1 => Just(Fate::Dropped),
        1 => Just(Fate::Failed),
    ];
    prop::collection::vec(fate, 0..150).prop_map(|mut fates| {
        for (index, fate) in fates.iter_mut().enumerate() {
            if let Fate::Ok { output, .. } = fate {
                *output = format!("<{index} {output}>");
            }
        }
        fates
    })
}
