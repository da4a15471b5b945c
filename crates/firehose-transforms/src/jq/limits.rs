/// The limits of one run of a filter on one item.
///
/// ```
/// use firehose_transforms::jq::{JqFilter, JqLimits};
///
/// let limits = JqLimits::default().with_operations(1_000);
/// let endless = JqFilter::new("until(false; . + 1)")?.with_limits(limits);
/// let error = endless.run(&"0".into()).unwrap_err();
/// assert_eq!(error.to_string(), "the filter needs more than 1000 operations");
/// # Ok::<_, firehose_transforms::jq::JqFilterError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JqLimits {
    operations: u64,
    bytes: usize,
}

impl JqLimits {
    /// The default number of operations: 10 million, which take about half a second.
    pub const DEFAULT_OPERATIONS: u64 = 10_000_000;

    /// The default number of bytes: 64 MiB.
    pub const DEFAULT_BYTES: usize = 64 * 1024 * 1024;

    /// The maximum number of nested arrays and objects in the item, and in every value that a filter
    /// builds.
    pub const MAX_NESTING: usize = 128;

    /// Sets the maximum number of operations.
    ///
    /// An operation is a step of the filter: a field that it reads, an operator, an element of a
    /// loop, a comparison of two elements. A function that reads a text counts one operation for 64
    /// bytes, and a function that reads an array or object one for each element. Default: [`DEFAULT_OPERATIONS`](Self::DEFAULT_OPERATIONS).
    #[must_use]
    pub fn with_operations(mut self, operations: u64) -> Self {
        self.operations = operations;
        self
    }

    /// Sets the maximum number of bytes that the filter may build, including its outputs.
    ///
    /// The limit counts every array, object and string that the filter builds, and those that it no
    /// longer needs, too. So the memory in use is smaller. Parts of the item are not copied and not
    /// counted, except if they are further outputs after the first. Default: [`DEFAULT_BYTES`](Self::DEFAULT_BYTES).
    #[must_use]
    pub fn with_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Returns the maximum number of operations.
    pub fn operations(&self) -> u64 {
        self.operations
    }

    /// Returns the maximum number of bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Default for JqLimits {
    fn default() -> Self {
        Self { operations: Self::DEFAULT_OPERATIONS, bytes: Self::DEFAULT_BYTES }
    }
}
