use std::fmt::Write;

use bytes::{Bytes, BytesMut};
use firehose_core::{BoxError, Outcome, Output, error_chain};

/// The outcomes of the user records of one aggregate, joined into one outcome.
pub(crate) struct JoinedOutputs<'a> {
    delimiter: &'a Bytes,
    data: BytesMut,
    /// The first output with data, and the number of its user record. All later outputs with data
    /// must have the same routing.
    first: Option<(u64, Output)>,
    /// The first output without data, used if every output is empty.
    empty: Option<Output>,
    failed: Vec<(u64, BoxError)>,
    count: u64,
}

impl<'a> JoinedOutputs<'a> {
    /// The maximum number of causes in the text of a failure.
    const MAX_CAUSES: usize = 5;

    /// The maximum length of a cause in bytes, so that all causes fit into a line of the log.
    const MAX_CAUSE_BYTES: usize = 180;

    pub(crate) fn new(delimiter: &'a Bytes, capacity: usize) -> Self {
        let data = BytesMut::with_capacity(capacity);
        Self { delimiter, data, first: None, empty: None, failed: Vec::new(), count: 0 }
    }

    /// Adds the outcome of the user record with this number.
    pub(crate) fn add(&mut self, number: u64, outcome: Outcome) {
        self.count += 1;
        match outcome {
            Outcome::Ok(output) => self.append(number, output),
            Outcome::Dropped => {}
            Outcome::ProcessingFailed(cause) => self.failed.push((number, cause)),
        }
    }

    /// Returns the outcome of the aggregate.
    pub(crate) fn outcome(self) -> Result<Outcome, BoxError> {
        if !self.failed.is_empty() {
            return Err(self.causes().into());
        }
        let output = self.first.map(|(_, output)| output).or(self.empty);
        Ok(output.map(|output| output.with_data(self.data)).into())
    }

    fn append(&mut self, number: u64, output: Output) {
        if output.data().is_empty() {
            // An empty output delivers nothing, so its routing may differ.
            self.empty.get_or_insert(output);
            return;
        }
        self.data.extend_from_slice(output.data());
        if !output.data().ends_with(self.delimiter) {
            self.data.extend_from_slice(self.delimiter);
        }
        match &self.first {
            None => self.first = Some((number, output)),
            Some((first, routed)) => {
                let same = routed.partition_keys() == output.partition_keys()
                    && routed.iceberg_routing() == output.iceberg_routing();
                if !same {
                    let cause = format!(
                        "its partition keys or Iceberg routing differ from those of number \
                         {first}; Firehose accepts one set of them per record"
                    );
                    self.failed.push((number, cause.into()));
                }
            }
        }
    }

    fn causes(&self) -> String {
        let mut text = format!("{} of {} user records failed:", self.failed.len(), self.count);
        for (number, cause) in self.failed.iter().take(Self::MAX_CAUSES) {
            let mut cause = error_chain(&**cause);
            if cause.len() > Self::MAX_CAUSE_BYTES {
                cause.truncate(cause.floor_char_boundary(Self::MAX_CAUSE_BYTES));
                cause.push('…');
            }
            // Writing to a string cannot fail.
            let _ = write!(text, " number {number}: {cause};");
        }
        if self.failed.len() > Self::MAX_CAUSES {
            text.push_str(" and others");
        }
        text.trim_end_matches(';').to_owned()
    }
}
