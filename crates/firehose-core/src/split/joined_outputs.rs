use std::fmt::Write;

use bytes::{Bytes, BytesMut};

use super::joint::Joint;
use crate::{
    error_chain::{error_chain, shortened},
    outcome::{BoxError, Outcome},
    output::Output,
};

/// The outputs of the items of one record, joined into one outcome.
pub(super) struct JoinedOutputs<'a> {
    joint: &'a Joint,
    data: BytesMut,
    /// `true` if `data` ends with a delimiter that is not a part of the last output.
    ends_with_delimiter: bool,
    /// The first output with data, and the number of its item. All later outputs with data must
    /// have the same routing.
    first: Option<(u64, Output)>,
    /// The first output without data, or an empty output for an original item. The routing of this
    /// output is used if no output has data.
    empty: Option<Output>,
    failed: Vec<(u64, BoxError)>,
    failed_count: u64,
}

impl<'a> JoinedOutputs<'a> {
    /// The maximum number of causes in the text of a failure.
    const MAX_CAUSES: usize = 5;

    /// The maximum length of a cause in bytes, so that all causes fit into a line of the log.
    const MAX_CAUSE_BYTES: usize = 180;

    pub(super) fn new(joint: &'a Joint, capacity: usize) -> Self {
        let data = BytesMut::with_capacity(capacity);
        Self {
            joint,
            data,
            ends_with_delimiter: false,
            first: None,
            empty: None,
            failed: Vec::new(),
            failed_count: 0,
        }
    }

    /// Adds the output of the item with this number.
    pub(super) fn add(&mut self, number: u64, output: Output) {
        if output.data().is_empty() {
            // An empty output delivers nothing, so its routing may differ.
            self.empty.get_or_insert(output);
            return;
        }
        self.append(output.data());
        match &self.first {
            None => self.first = Some((number, output)),
            Some((first, routed)) => {
                let same = routed.partition_keys() == output.partition_keys()
                    && routed.iceberg_routing() == output.iceberg_routing();
                if !same {
                    let cause = format!(
                        "its partition keys or Iceberg routing differ from those of item {first}; \
                         Firehose accepts one set of them per record"
                    );
                    self.fail(number, cause.into());
                }
            }
        }
    }

    /// Adds an original item. The item has no routing of its own, and follows the routing of the
    /// outputs.
    pub(super) fn add_original(&mut self, item: &Bytes) {
        if !item.is_empty() {
            self.append(item);
        }
        self.empty.get_or_insert_default();
    }

    /// Adds a failure, which fails the record.
    pub(super) fn fail(&mut self, number: u64, cause: BoxError) {
        self.failed_count += 1;
        if self.failed.len() < Self::MAX_CAUSES {
            self.failed.push((number, cause));
        }
    }

    /// Returns the outcome of a record with this number of items.
    pub(super) fn outcome(mut self, items: u64) -> Result<Outcome, BoxError> {
        if self.failed.is_empty() {
            self.end();
            let output = self.first.map(|(_, output)| output).or(self.empty);
            return Ok(output.map(|output| output.with_data(self.data)).into());
        }
        match self.failed.pop() {
            // The only item is the whole record, so the cause needs no number.
            Some((_, cause)) if items == 1 => Err(cause),
            last => {
                self.failed.extend(last);
                Err(self.causes(items).into())
            }
        }
    }

    fn append(&mut self, data: &Bytes) {
        if self.data.is_empty() {
            self.data.extend_from_slice(&self.joint.start);
        }
        self.data.extend_from_slice(data);
        self.ends_with_delimiter = !data.ends_with(&self.joint.delimiter);
        if self.ends_with_delimiter {
            self.data.extend_from_slice(&self.joint.delimiter);
        }
    }

    /// Replaces the delimiter after the last output by the end.
    fn end(&mut self) {
        let Some(end) = self.joint.end.as_ref().filter(|_| !self.data.is_empty()) else { return };
        // An output that ends with the delimiter needs no further one, at the end neither.
        if *end == self.joint.delimiter {
            return;
        }
        if self.ends_with_delimiter {
            let length = self.data.len() - self.joint.delimiter.len();
            self.data.truncate(length);
        }
        self.data.extend_from_slice(end);
    }

    fn causes(&self, items: u64) -> String {
        let mut text = format!("{} of {items} items failed:", self.failed_count);
        for (number, cause) in &self.failed {
            let cause = shortened(error_chain(&**cause), Self::MAX_CAUSE_BYTES);
            // Writing to a string cannot fail.
            let _ = write!(text, " item {number}: {cause};");
        }
        if self.failed_count > self.failed.len() as u64 {
            text.push_str(" and others");
        }
        text.trim_end_matches(';').to_owned()
    }
}
