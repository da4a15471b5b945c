use std::{error::Error, fs, time::Duration};

use firehose_delivery::function::FunctionProcess;

/// The CPU time that the threads of a function's process have taken so far, user and system,
/// by the scheduler's own count in nanoseconds:
/// <https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat>.
///
/// The clock of `/proc/<id>/stat` has 10 ms, which is about what one event takes. A thread
/// that has ended is not counted; none of the functions here ends one.
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
