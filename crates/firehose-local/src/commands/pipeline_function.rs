use std::{num::NonZero, time::Duration};

use firehose_delivery::function::InProcessFunction;
use firehose_pipeline::Pipeline;
use firehose_runtime::{Handler, install_panic_hook};

/// The memory of a Lambda function for each vCPU, in MB:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
const VCPU_MEGABYTES: u32 = 1769;

/// The memory size of a function without a template, in MB.
pub(super) const DEFAULT_MEMORY_SIZE: u32 = 512;

/// Returns a function that runs a pipeline in this process, with the threads that Lambda gives to a
/// function with `memory_size` MB.
pub(super) fn pipeline_function(
    pipeline: Pipeline,
    memory_size: u32,
    limit: Duration,
    concurrency: usize,
) -> InProcessFunction {
    install_panic_hook();
    let cpus = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = memory_size.div_ceil(VCPU_MEGABYTES).max(1) as usize;
    let handler = Handler::new(pipeline).with_threads(threads.min(cpus));
    InProcessFunction::new(handler, limit, concurrency)
}
