use super::{trial_counts::TrialCounts, tried_record::TriedRecord};

/// The form of the results on standard output.
pub(super) trait ResultFormat {
    /// Returns the text before the first record.
    fn begin(&self) -> String {
        String::new()
    }

    /// Returns the text for a record.
    fn record(&mut self, record: &TriedRecord) -> String;

    /// Returns the text after the last record.
    fn end(&self, counts: &TrialCounts) -> String;
}
