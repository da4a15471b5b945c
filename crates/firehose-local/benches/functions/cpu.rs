use std::{error::Error, fs, time::Duration};

use firehose_delivery::function::FunctionProcess;

/// Returns the user and system CPU time of all threads of a function's process, in the nanoseconds of
/// the [scheduler](https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat).
///
/// The clock of `/proc/<id>/stat` has steps of 10 ms, about the time of one event. A thread that has
/// ended is not counted, but no function here ends a thread.
pub(crate) fn time(function: &FunctionProcess) -> Result<Duration, Box<dyn Error>> {
    let id = function.process_id().ok_or("the function has ended")?;
    let mut nanoseconds = 0;
    for thread in fs::read_dir(format!("/proc/{id}/task"))? {
        let statistics = fs::read_to_string(thread?.path().join("schedstat"))?;
        let running = statistics.split_whitespace().next().ok_or("schedstat is empty")?;
        nanoseconds += running.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}
