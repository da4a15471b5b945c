use std::{error::Error, fs};

use firehose_delivery::function::FunctionProcess;

/// Returns a figure of a function's memory in KiB, from a line of `/proc/<id>/status` such as `VmRSS`
/// or `VmHWM`.
pub(crate) fn kib(function: &FunctionProcess, name: &str) -> Result<u64, Box<dyn Error>> {
    let id = function.process_id().ok_or("the function has ended")?;
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let value = value.ok_or_else(|| format!("no {name}"))?;
    Ok(value.trim().trim_end_matches(" kB").parse()?)
}
