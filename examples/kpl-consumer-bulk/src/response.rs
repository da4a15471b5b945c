use serde::Serialize;

/// What the function answers: from which records on Lambda has to retry
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>).
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    batch_item_failures: Vec<BatchItemFailure>,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchItemFailure {
    item_identifier: String,
}

impl BatchResponse {
    /// Has the batch retried from this Kinesis record on. Of several, Lambda takes the lowest;
    /// user records of one aggregate have the same number, and share one entry.
    pub fn retry_from(&mut self, sequence_number: &str) {
        let failure = BatchItemFailure { item_identifier: sequence_number.to_owned() };
        if !self.batch_item_failures.contains(&failure) {
            self.batch_item_failures.push(failure);
        }
    }
}
