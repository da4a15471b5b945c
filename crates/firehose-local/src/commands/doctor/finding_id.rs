use firehose_runtime::contract::Violation;

/// Defines the findings: the stable id, the title, and the effect in Firehose.
macro_rules! finding_ids {
    ($($finding:ident, $id:literal, $title:literal, $effect:literal;)+) => {
        /// The kind of a fault. The ids are part of the interface of `firehose-local`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum FindingId {
            $(#[doc = $title] $finding,)+
        }

        impl FindingId {
            /// All ids, in the order of a report.
            pub(super) const ALL: &[Self] = &[$(Self::$finding),+];

            /// Returns the stable id.
            pub(super) fn id(self) -> &'static str {
                match self {
                    $(Self::$finding => $id,)+
                }
            }

            /// Returns the fault in words.
            pub(super) fn title(self) -> &'static str {
                match self {
                    $(Self::$finding => $title,)+
                }
            }

            /// Returns the consequence in Firehose.
            pub(super) fn effect(self) -> &'static str {
                match self {
                    $(Self::$finding => $effect,)+
                }
            }
        }
    };
}

finding_ids! {
    ResponseNotRecords, "response-not-records", "The response is not an object with a list `records`",
        "Firehose cannot read the response, and fails every record of the batch.";
    WrongResultName, "wrong-result-name", "A result is not Ok, Dropped or ProcessingFailed",
        "Firehose fails the whole batch with Lambda.FunctionError.";
    OkWithoutData, "ok-without-data", "An answer is Ok, but has no data",
        "Firehose fails the record with Lambda.InvalidReturnFormat, without a retry.";
    DataNotBase64, "data-not-base64", "The data of an answer is not base64",
        "Firehose fails the whole batch with Lambda.JsonMappingException or Lambda.FunctionError.";
    MissingIds, "missing-ids", "A record has no answer",
        "Firehose fails the record with Lambda.MissingRecordId, without a retry.";
    DuplicateIds, "duplicate-ids", "A record has several answers",
        "Firehose fails the record with Lambda.DuplicatedRecordId, without a retry.";
    UnknownIds, "unknown-ids", "An answer has an id that the event does not have",
        "Firehose ignores the answer: its data is lost, and nothing reports the loss.";
    PartitionKeyNotText, "partition-key-not-text", "A partition key is not a text",
        "AWS documents texts only. Firehose fails a record whose key is null, empty, a list or an object with DynamicPartitioning.MetadataExtractionFailed.";
    InvalidMetadata, "invalid-metadata", "The metadata of an answer cannot be read",
        "Firehose cannot route the record.";
    BadRecordFailsBatch, "bad-record-fails-batch", "One bad record fails the whole batch",
        "Firehose invokes the function again with the same records, by default three times. Then it fails every record of the batch.";
    SilentLoss, "silent-loss", "A record that the function cannot read is lost without a report",
        "Firehose delivers nothing for the record. Nothing is under the error output prefix, and no metric counts a failure.";
    Utf8Only, "utf8-only", "Bytes or letters come back changed",
        "Firehose delivers the changed data. The original is lost, and nothing reports the loss.";
    NoSizeGuard, "no-size-guard", "Nothing keeps the response under Lambda's limit of 6 MB",
        "Lambda fails the invocation with Function.ResponseSizeTooLarge. Firehose repeats it with the same records, and then fails every record of the batch.";
    LargeBatchFails, "large-batch-fails", "A large event of good records fails",
        "Firehose invokes the function again with the same records. Then it fails every record of the batch.";
    TimeoutLosesBatch, "timeout-loses-batch", "The time limit ends before a large event is answered",
        "Firehose invokes the function again with the same records, which takes as long. Then it fails every record of the batch.";
    StateBetweenInvocations, "state-between-invocations", "An earlier event changes the answer to a later one",
        "Lambda sends many events to one process, and Firehose repeats events. Records are lost or delivered twice.";
    Concurrency, "concurrency", "Two events at the same time disturb each other",
        "Firehose invokes the function several times at once. Records are lost or get the data of another event.";
    MskShape, "msk-shape", "The payload of an event of Amazon MSK is answered in the wrong field",
        "Firehose does not find the payload: with an MSK source, it must be in `kafkaRecordValue`.";
}

impl FindingId {
    /// Returns the finding of a violation of Firehose's contract.
    pub(super) fn of_violation(violation: &Violation) -> Self {
        match violation {
            Violation::TooLarge { .. } => Self::NoSizeGuard,
            Violation::NotJson { .. }
            | Violation::NoRecords { .. }
            | Violation::NotAnObject { .. } => Self::ResponseNotRecords,
            Violation::NoRecordId { .. } | Violation::UnknownRecordId { .. } => Self::UnknownIds,
            Violation::NotAnswered { .. } => Self::MissingIds,
            Violation::AnsweredTwice { .. } => Self::DuplicateIds,
            Violation::InvalidResult { .. } => Self::WrongResultName,
            Violation::NoPayload { found: "missing" | "null", .. } => Self::OkWithoutData,
            Violation::NoPayload { .. } | Violation::NotBase64 { .. } => Self::DataNotBase64,
            Violation::WrongPayloadField { .. } => Self::MskShape,
            Violation::InvalidPartitionKey { .. } | Violation::MissingPartitionKey { .. } => {
                Self::PartitionKeyNotText
            }
            // `Violation` may get further variants.
            _ => Self::InvalidMetadata,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_each_finding() {
        let table: String = FindingId::ALL
            .iter()
            .map(|it| format!("| `{}` | {} |\n", it.id(), it.title()))
            .collect();
        let page = include_str!("../../docs/doctor.md");
        assert!(page.contains(&table), "put this table into doctor.md:\n{table}");
    }
}
