use super::destination_failure::DestinationFailure;

/// The reason why Firehose does not deliver a record or the records of a batch.
///
/// The codes and messages are those of error lines. The table of [`ErrorLine`](super::ErrorLine)
/// has their sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeliveryFailure {
    /// The function answered `ProcessingFailed`.
    ProcessingFailed,
    /// The function left the record out of its response.
    MissingRecordId,
    /// The function answered the record more than once.
    DuplicatedRecordId,
    /// The function answered `Ok` without data.
    MissingData,
    /// The function answered with an unknown result.
    InvalidResult,
    /// The function answered with data that is not base64.
    InvalidData,
    /// The response is not JSON of the required shape.
    InvalidResponse,
    /// The function reported an error, or ended without a response.
    FunctionError,
    /// The function did not respond in time.
    FunctionTimedOut,
    /// The function answered with a partition key that is null, empty, an array or an object.
    InvalidPartitionKey,
    /// A partition key of the prefix is missing or empty, or makes the key of the object invalid.
    MissingPartitionKey,
    /// The record would open one partition more than allowed.
    TooManyPartitions,
    /// The record cannot be decompressed, or is not a batch of CloudWatch Logs.
    DecompressionFailed,
    /// The record is not a JSON value, so that no query can find partition keys in it.
    NotJson,
    /// The query for partition keys failed, or its result is not an object.
    QueryFailed,
    /// The query found no value for a partition key, or a value that cannot be a partition key.
    MissingQueryKey,
    /// The event with the record is larger than Lambda accepts, so the function was not invoked.
    EventTooLarge,
    /// The destination does not take the record.
    Destination(DestinationFailure),
}

/// The message of Firehose for every answer of an invalid form.
const INVALID_FORMAT: &str = "Check your function and make sure the output is in required format. \
     In addition to that, make sure the processed records contain valid result status of Dropped, \
     Ok, or ProcessingFailed";

impl DeliveryFailure {
    /// Returns the `errorCode` of an error line.
    pub fn error_code(self) -> &'static str {
        match self {
            Self::ProcessingFailed => "Lambda.ProcessingFailedStatus",
            Self::MissingRecordId => "Lambda.MissingRecordId",
            Self::DuplicatedRecordId => "Lambda.DuplicatedRecordId",
            Self::MissingData => "Lambda.InvalidReturnFormat",
            Self::InvalidResult | Self::InvalidData | Self::FunctionError => "Lambda.FunctionError",
            Self::InvalidResponse => "Lambda.JsonProcessingException",
            Self::FunctionTimedOut => "Lambda.FunctionTimedOut",
            Self::MissingPartitionKey
            | Self::InvalidPartitionKey
            | Self::NotJson
            | Self::QueryFailed
            | Self::MissingQueryKey => "DynamicPartitioning.MetadataExtractionFailed",
            Self::TooManyPartitions => "DynamicPartitioning.ActivePartitionsLimitExceeded",
            Self::DecompressionFailed => "Decompression failed.",
            Self::EventTooLarge => "Lambda.InvocationFailure",
            Self::Destination(failure) => failure.error_code(),
        }
    }

    /// Returns the `errorMessage` of an error line.
    pub fn error_message(self) -> &'static str {
        match self {
            Self::ProcessingFailed => "ProcessingFailed status set for record",
            Self::MissingRecordId => {
                "One or more record Ids were not returned. Ensure that the Lambda function returns \
                 all received record Ids."
            }
            Self::DuplicatedRecordId => {
                "Multiple records were returned with the same record ID. Ensure that the Lambda \
                 function returns unique record IDs for each record."
            }
            Self::MissingData => {
                "The data field cannot be null when the SourceType is DirectPut or \
                 KinesisStreamAsSource and processing result is Ok"
            }
            Self::InvalidResult | Self::InvalidData => INVALID_FORMAT,
            Self::InvalidResponse => {
                "There was an error parsing returned records from the Lambda function. Ensure that \
                 the returned records follow the status model required by Firehose."
            }
            Self::FunctionError => {
                "The Lambda function was successfully invoked but it returned an error result."
            }
            Self::FunctionTimedOut => {
                "The Lambda function invocation timed out. Increase the Timeout setting in the \
                 Lambda function."
            }
            Self::MissingPartitionKey | Self::InvalidPartitionKey | Self::MissingQueryKey => {
                "partitionKeys values must not be null or empty"
            }
            Self::TooManyPartitions => {
                "The delivery stream has reached its limit of active partitions."
            }
            Self::DecompressionFailed => {
                "Decompression failed because input data does not conform to cloudwatch log."
            }
            Self::NotJson => "Non JSON record provided",
            Self::QueryFailed => "The JQ expression failed for the record.",
            Self::EventTooLarge => {
                "The Lambda function was not invoked because the event exceeds the payload limit of \
                 6 MB."
            }
            Self::Destination(failure) => failure.error_message(),
        }
    }

    /// The values of `!{firehose:error-output-type}`, except those of destinations.
    pub(crate) const ERROR_OUTPUT_TYPES: [&'static str; 4] = [
        "processing-failed",
        "dynamic-partitioning-failed",
        "metadata-extraction-failed",
        "decompression-failed",
    ];

    /// Returns the value of `!{firehose:error-output-type}`.
    pub fn error_output_type(self) -> &'static str {
        let [processing, partitioning, extraction, decompression] = Self::ERROR_OUTPUT_TYPES;
        match self {
            Self::MissingPartitionKey | Self::InvalidPartitionKey | Self::TooManyPartitions => {
                partitioning
            }
            Self::NotJson | Self::QueryFailed | Self::MissingQueryKey => extraction,
            Self::DecompressionFailed => decompression,
            Self::ProcessingFailed
            | Self::MissingRecordId
            | Self::DuplicatedRecordId
            | Self::MissingData
            | Self::InvalidResult
            | Self::InvalidData
            | Self::InvalidResponse
            | Self::FunctionError
            | Self::FunctionTimedOut
            | Self::EventTooLarge => processing,
            Self::Destination(failure) => {
                // Every destination with error lines has a type.
                failure.stage().error_output_type().unwrap_or(processing)
            }
        }
    }

    /// Returns `true` if the error line of a failure before the destination names the function. A
    /// record whose decompression failed did not reach the function.
    pub(crate) fn names_function(self) -> bool {
        self != Self::DecompressionFailed
    }
}

impl From<DestinationFailure> for DeliveryFailure {
    fn from(failure: DestinationFailure) -> Self {
        Self::Destination(failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_has_its_own_output_type() {
        for (failure, expected) in [
            (DeliveryFailure::FunctionError, "processing-failed"),
            (DeliveryFailure::EventTooLarge, "processing-failed"),
            (DeliveryFailure::MissingPartitionKey, "dynamic-partitioning-failed"),
            (DeliveryFailure::NotJson, "metadata-extraction-failed"),
            (DeliveryFailure::MissingQueryKey, "metadata-extraction-failed"),
            (DeliveryFailure::DecompressionFailed, "decompression-failed"),
        ] {
            assert_eq!(failure.error_output_type(), expected);
        }
    }

    #[test]
    fn a_message_is_one_line_without_gaps() {
        for failure in [
            DeliveryFailure::MissingRecordId,
            DeliveryFailure::InvalidResult,
            DeliveryFailure::InvalidResponse,
            DeliveryFailure::MissingData,
            DeliveryFailure::DecompressionFailed,
            DeliveryFailure::EventTooLarge,
        ] {
            let message = failure.error_message();
            assert!(!message.contains("  ") && !message.contains('\n'), "{message}");
        }
    }
}
