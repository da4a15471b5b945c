use serde::Serialize;

/// The number of records with each result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayCounts {
    /// Records that the function answered with `Ok`, or that failed after the function. If outputs
    /// are written, the output of each record is in an object.
    pub recovered: u64,
    /// Records that the function dropped.
    pub dropped: u64,
    /// Records that fail in the replay too.
    #[serde(rename = "stillFailing")]
    pub failing: u64,
}
