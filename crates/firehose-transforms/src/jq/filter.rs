use std::{fmt, sync::Arc, thread};

use bytes::Bytes;

use super::{
    error::JqError,
    evaluate::machine::Machine,
    fidelity::Fidelity,
    filter_error::JqFilterError,
    input::JqInput,
    limits::JqLimits,
    meter::Meter,
    syntax::{
        node::{Literal, Op, Program, RootParts},
        program::compile,
    },
    values::{print::write_output, stop::Stop, text::Text, value::Value},
};

/// The part of the calling thread's stack that a filter may use. Rust's threads have 2 MiB by
/// default.
const STACK_BYTES: usize = 512 * 1024;

/// The stack for a run that needs more. The system allocates only the memory that the run touches.
const LARGE_STACK_BYTES: usize = 64 * 1024 * 1024;

/// The part of the large stack that a filter may use.
const LARGE_STACK_USE: usize = LARGE_STACK_BYTES - 1024 * 1024;

/// The bytes to reserve in the output buffer for members that a filter adds.
const ADDED_BYTES: usize = 128;

/// A compiled jq filter.
///
/// A filter is cheap to clone, and can run in several threads at once. See the
/// [module](crate::jq) for the language and the limits.
///
/// ```
/// use firehose_transforms::jq::JqFilter;
///
/// let filter = JqFilter::new(".events[] | {id, day: .time[0:10]}")?;
/// let item = r#"{"events": [{"id": 1, "time": "2024-05-06T07:08:09Z"}, {"id": 2}]}"#.into();
/// let outputs = filter.run(&item)?;
/// assert_eq!(outputs, [r#"{"id":1,"day":"2024-05-06"}"#, r#"{"id":2,"day":null}"#]);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct JqFilter {
    text: Arc<str>,
    program: Arc<Program>,
    /// The parts of an item to read at first.
    reads: RootParts,
    limits: JqLimits,
}

impl JqFilter {
    /// Compiles a filter of at most 16 KiB.
    ///
    /// # Errors
    ///
    /// If the text is not a filter of jq, or uses a function or a regular expression that is not
    /// available.
    pub fn new(filter: &str) -> Result<Self, JqFilterError> {
        Self::with_fidelity(filter, Fidelity::KeepsText)
    }

    /// Compiles a filter that treats text and numbers exactly as jq 1.6 does: every output is written
    /// anew, and numbers are rounded to 64-bit floating point. The filter has the syntax of jq 1.6.
    /// Firehose's dynamic partitioning runs such filters.
    ///
    /// ```
    /// use firehose_transforms::jq::JqFilter;
    ///
    /// let item = r#"{"id": 12345678901234567890, "price": 1.50}"#.into();
    /// let outputs = JqFilter::new(".")?.run(&item)?;
    /// assert_eq!(outputs, [r#"{"id": 12345678901234567890, "price": 1.50}"#]);
    /// let outputs = JqFilter::of_jq_1_6(".")?.run(&item)?;
    /// assert_eq!(outputs, [r#"{"id":12345678901234567000,"price":1.5}"#]);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new). Also if the filter has an `if` without `else`, or an operator in
    /// the value of a key without parentheses, as in `{a: .b // 1}`: jq 1.6 has no such syntax.
    pub fn of_jq_1_6(filter: &str) -> Result<Self, JqFilterError> {
        Self::with_fidelity(filter, Fidelity::Jq16)
    }

    fn with_fidelity(filter: &str, fidelity: Fidelity) -> Result<Self, JqFilterError> {
        let program = Arc::new(compile(filter, fidelity)?);
        let reads = program.root.clone();
        Ok(Self { text: filter.into(), program, reads, limits: JqLimits::default() })
    }

    /// Returns the keys of the objects that the filter builds as its outputs, or `None` if they
    /// depend on the item. The keys of `{a: 1, "b": .c}` are `a` and `b`.
    pub fn object_keys(&self) -> Option<Vec<&str>> {
        let mut node = &self.program.main;
        loop {
            node = match &node.op {
                Op::Pipe(nodes) => &nodes[1],
                Op::Bind { body, .. } => body,
                Op::Construct(members) => {
                    return members
                        .iter()
                        .map(|(key, _)| match &key.op {
                            Op::Literal(Literal::Text(key)) => Some(&**key),
                            _ => None,
                        })
                        .collect();
                }
                _ => return None,
            };
        }
    }

    /// Sets the limits of each run.
    #[must_use]
    pub fn with_limits(mut self, limits: JqLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Returns this filter for items that go on to another filter. Then [`read`](Self::read) reads
    /// the parts that either filter needs, which is faster than reading each item twice.
    #[must_use]
    pub fn reading_for(mut self, later: &Self) -> Self {
        self.reads = self.reads.and(&later.reads);
        self
    }

    /// Returns the text of the filter.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the limits of each run.
    pub fn limits(&self) -> JqLimits {
        self.limits
    }

    /// Runs the filter and returns its outputs as JSON. Values that the filter builds or changes
    /// are compact. Unchanged parts of the item keep their text.
    ///
    /// Only parts of the item that the filter does not change keep their text. An output that is an
    /// unchanged part of the item is a slice of `item`.
    ///
    /// # Errors
    ///
    /// If the item is not one valid JSON value, if the filter fails, or if a limit is reached. The
    /// outputs before the error are lost.
    pub fn run(&self, item: &Bytes) -> Result<Vec<Bytes>, JqError> {
        self.run_on(self.read(item)?)
    }

    /// Checks that an item is one valid JSON value, and returns the item for
    /// [`run_on`](Self::run_on) and [`is_true_of`](Self::is_true_of) of any filter.
    ///
    /// # Errors
    ///
    /// If the item is not one valid JSON value of at most 128 levels.
    pub fn read(&self, item: &Bytes) -> Result<JqInput, JqError> {
        JqInput::new(item, &self.reads, self.program.fidelity)
    }

    /// Runs the filter like [`run`](Self::run), on an item that was read.
    ///
    /// # Errors
    ///
    /// If the filter fails, or if a limit is reached.
    pub fn run_on(&self, input: JqInput) -> Result<Vec<Bytes>, JqError> {
        self.with_stack(input, |meter, input| {
            let mut outputs = Vec::new();
            let mut buffer = Vec::new();
            let result = Machine::new(&self.program, meter).run(input, &mut |value| {
                meter.step()?;
                meter.build(size_of::<Bytes>())?;
                let output = output(&value, &mut buffer, meter)?;
                if !outputs.is_empty() {
                    // A slice of the item needs no memory, but the caller may join the outputs.
                    meter.build(output.len())?;
                }
                outputs.push(output);
                Ok(())
            });
            result.map(|()| outputs).map_err(|stop| JqError::new(stop, self.limits))
        })
    }

    /// Returns true if the first output of the filter is neither null nor false.
    ///
    /// Returns false if the filter has no output.
    ///
    /// ```
    /// use firehose_transforms::jq::JqFilter;
    ///
    /// let is_debug = JqFilter::new(r#".level == "DEBUG""#)?;
    /// assert!(is_debug.is_true(&r#"{"level": "DEBUG"}"#.into())?);
    /// assert!(!is_debug.is_true(&"{}".into())?);
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the item is not one valid JSON value, if the filter fails before its first output, or if
    /// a limit is reached.
    pub fn is_true(&self, item: &Bytes) -> Result<bool, JqError> {
        self.is_true_of(&self.read(item)?)
    }

    /// Returns the same as [`is_true`](Self::is_true), for an item that was read.
    ///
    /// # Errors
    ///
    /// If the filter fails before its first output, or if a limit is reached.
    pub fn is_true_of(&self, input: &JqInput) -> Result<bool, JqError> {
        self.with_stack(input.clone(), |meter, input| {
            let mut first = false;
            let result = Machine::new(&self.program, meter).run(input, &mut |value| {
                first = value.is_true();
                // Stops the filter after its first output. Labels have numbers from 1.
                Err(Stop::Break(0))
            });
            match result {
                Err(Stop::Break(0)) | Ok(()) => Ok(first),
                Err(stop) => Err(JqError::new(stop, self.limits)),
            }
        })
    }

    fn meter(&self, stack_bytes: usize) -> Meter {
        Meter::new(self.limits, stack_bytes).with_fidelity(self.program.fidelity)
    }

    /// Calls `run` on the stack of this thread, and again on a large stack if this stack is too
    /// small.
    fn with_stack<T: Send>(
        &self,
        input: JqInput,
        run: impl Fn(&Meter, Value) -> Result<T, JqError> + Sync,
    ) -> Result<T, JqError> {
        let is_as_needed = input.fidelity == self.program.fidelity;
        let input = if is_as_needed { input } else { self.read(&input.item)? };
        let JqInput { item, value, .. } = input;
        match run(&self.meter(STACK_BYTES), value) {
            Err(JqError::Recursion) => {}
            result => return result,
        }
        thread::scope(|scope| {
            let builder =
                thread::Builder::new().name("jq".to_owned()).stack_size(LARGE_STACK_BYTES);
            // The parts of a value belong to one thread, so the other thread reads the item again.
            let run = || run(&self.meter(LARGE_STACK_USE), self.read(&item)?.value);
            match builder.spawn_scoped(scope, run).map(thread::ScopedJoinHandle::join) {
                Ok(Ok(result)) => result,
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                Err(_) => Err(JqError::Recursion),
            }
        })
    }
}

/// Returns the text of an output. An unchanged part of the item is a slice of the item.
fn output(value: &Value, buffer: &mut Vec<u8>, meter: &Meter) -> Result<Bytes, Stop> {
    if let Value::Number(number) = value
        && let Some(slice) = number.written()
    {
        return Ok(slice.to_bytes());
    }
    Ok(match value {
        Value::Lazy(lazy) if !meter.fidelity().is_jq() => lazy.slice().to_bytes(),
        Value::Text(Text::Plain(slice)) => slice.to_quoted_bytes(),
        other => {
            buffer.clear();
            if let Value::Edited(edited) = other {
                buffer.reserve(edited.written_bytes() + ADDED_BYTES);
            }
            write_output(other, buffer, meter)?;
            Bytes::copy_from_slice(buffer)
        }
    })
}

impl fmt::Debug for JqFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, limits, .. } = self;
        f.debug_struct("JqFilter").field("text", text).field("limits", limits).finish()
    }
}
