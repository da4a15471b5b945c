//! The invariant of all deliveries: received records = delivered + failed + not delivered.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            delivery_outcome::DeliveryOutcome, destination::Destination, position_set::PositionSet,
        },
        conformance_tests::{Endpoints, backup, destination},
        scripted_endpoint::{Answer, ScriptedEndpoint, json_reply},
        transport::TransportError,
    },
    delivery::{deliver_to, record},
};
use crate::{
    delivery_stream::{BufferingHints, DestinationConfig, OpenSearchConfig, SearchService},
    observer::Unobserved,
    store::faulty::Fault,
};

/// The answer to a request of a script.
#[derive(Clone, Debug)]
enum Step {
    Take,
    Status(u16),
    Close,
    /// The status of each document, repeated as needed.
    Each(Vec<u16>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Take),
        prop::sample::select(vec![200_u16, 400, 403, 413, 500, 503]).prop_map(Step::Status),
        Just(Step::Close),
        prop::collection::vec(prop::sample::select(vec![200_u16, 201, 400, 429]), 1..5)
            .prop_map(Step::Each),
    ]
}

/// Returns the answer of a step to a request with this body.
fn answer(step: &Step, body: &[u8]) -> Answer {
    let documents = body.iter().filter(|byte| **byte == b'\n').count() / 2;
    match step {
        Step::Take => Answer::Take,
        Step::Status(status) => Answer::Reply(json_reply(*status, &json!({}))),
        Step::Close => Answer::Fail(TransportError::Closed("closed".to_owned())),
        Step::Each(statuses) => {
            let item = |status: &u16| match status {
                200..300 => json!({"index": {"status": status}}),
                _ => json!({"index": {"status": status, "error": {}}}),
            };
            let items: Vec<Value> = statuses.iter().cycle().take(documents).map(item).collect();
            Answer::Reply(json_reply(200, &json!({ "items": items })))
        }
    }
}

proptest! {
    #[test]
    fn every_record_has_one_outcome(
        script in prop::collection::vec(step(), 1..8),
        chunks in prop::collection::vec(prop::collection::vec("[a\n]{0,12}", 1..6), 1..8),
        size in 1..40_u64,
        gives_up_after in prop::option::of(0..8_usize),
        is_full: bool,
    ) {
        let config = OpenSearchConfig {
            buffering: BufferingHints { size, ..BufferingHints::new(1, 60) },
            ..OpenSearchConfig::new(SearchService::OpenSearch, "logs", backup())
        };
        let config = DestinationConfig::OpenSearch(config);
        let fault = if is_full { Fault::Full } else { Fault::None };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(async {
            let endpoint = ScriptedEndpoint::new(config.kind(), move |number, request| {
                answer(&script[number as usize % script.len()], &request.body)
            });
            let (mut destination, _endpoints): (_, Endpoints<false>) =
                destination(config, endpoint, fault, Arc::new(Unobserved));
            let (mut position, mut settled) = (0, PositionSet::default());
            for (index, chunk) in chunks.iter().enumerate() {
                if gives_up_after == Some(index) {
                    break;
                }
                let records: Vec<_> = chunk.iter().map(|data| {
                    position += 1;
                    record(position, data)
                }).collect();
                deliver_to(&mut destination, &records);
                if index % 3 == 2 {
                    destination.flush(None);
                }
            }
            match gives_up_after {
                Some(_) => settled.merge(&destination.give_up()),
                None => destination.flush(None),
            }
            while let Some(outcome) = destination.next_outcome().await {
                match outcome {
                    DeliveryOutcome::Sent { positions, .. }
                    | DeliveryOutcome::Stored { positions, .. } => settled.add(&positions),
                    DeliveryOutcome::NotDelivered { positions, .. } => settled.merge(&positions),
                    DeliveryOutcome::ToErrorOutput => {}
                }
            }
            assert!(destination.is_empty() && destination.has_room());
            assert_eq!(settled.records(), position, "a record has no outcome, or several");
            let expected: Vec<_> = (position > 0).then_some((1, position)).into_iter().collect();
            assert_eq!(settled.ranges().collect::<Vec<_>>(), expected);
        });
    }
}
