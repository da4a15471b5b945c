use std::collections::BTreeMap;

use firehose_core::{BoxError, Output, Timestamp};

use super::{item_output::ItemOutput, item_text::push_item, partition_keys::PartitionKeys};
use crate::items::item::Item;

/// The outputs of the last step for one item of the record, joined in the output format.
pub(crate) struct JoinedItems<'a> {
    output: &'a ItemOutput,
    partition_by: &'a PartitionKeys,
    arrival_time: Option<Timestamp>,
    /// The partition keys of the first output.
    keys: Option<BTreeMap<String, String>>,
    data: Vec<u8>,
    count: usize,
}

impl<'a> JoinedItems<'a> {
    /// Creates an empty list of outputs. `arrival_time` is the arrival time of the record.
    pub(crate) fn new(
        output: &'a ItemOutput,
        partition_by: &'a PartitionKeys,
        arrival_time: Option<Timestamp>,
    ) -> Self {
        Self { output, partition_by, arrival_time, keys: None, data: Vec::new(), count: 0 }
    }

    /// Adds an output of the last step.
    pub(crate) fn push(&mut self, item: &Item) -> Result<(), BoxError> {
        self.count += 1;
        if let Some(name) = self.output.single_name().filter(|_| self.count > 1) {
            let problem =
                format!("the record has several items, and `{name}` allows one; use `json_lines`");
            return Err(problem.into());
        }
        let keys = self.partition_by.of(item)?;
        if *self.keys.get_or_insert_with(|| keys.clone()) != keys {
            let problem = "the items have different partition keys; Firehose accepts one set of \
                           them per record";
            return Err(problem.into());
        }
        match self.output {
            ItemOutput::Plain(format) => {
                let start = self.data.len();
                let delimiter = format.delimiter();
                self.data.reserve(item.data.len() + delimiter.len());
                push_item(&mut self.data, *format, item)?;
                if !self.data[start..].ends_with(delimiter) {
                    self.data.extend_from_slice(delimiter);
                }
            }
            ItemOutput::Encoded(encoder) => {
                if self.count > 1 {
                    self.data.extend_from_slice(&encoder.delimiter());
                }
                encoder.encode(&*item.as_json()?, self.arrival_time, &mut self.data)?;
            }
        }
        Ok(())
    }

    /// Returns the joined output, or `None` if nothing was added.
    pub(crate) fn finish(self) -> Option<Output> {
        if self.count == 0 {
            return None;
        }
        let keys = self.keys.unwrap_or_default().into_iter();
        let output = Output::new(self.data);
        Some(keys.fold(output, |output, (name, value)| output.with_partition_key(name, value)))
    }
}
