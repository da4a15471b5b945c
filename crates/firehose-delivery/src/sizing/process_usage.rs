use std::{fs, path::Path, time::Duration};

/// The resources that the processes of a group have used so far, from Linux's `/proc`:
/// <https://man7.org/linux/man-pages/man5/proc.5.html>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ProcessUsage {
    /// The CPU time of the existing threads, in nanoseconds by the scheduler's count:
    /// <https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat>.
    scheduled: Duration,
    /// The CPU time of all threads and of ended children, in ticks of 10 ms.
    ticked: Duration,
    /// The sum of the peaks of resident memory of each process, in bytes.
    pub(super) peak_bytes: u64,
}

/// A tick of `/proc/<id>/stat`. `sysconf(_SC_CLK_TCK)` is 100 per second wherever Lambda runs.
const TICK: Duration = Duration::from_millis(10);

impl ProcessUsage {
    /// Returns the usage of a process group; `None` if the group has no process, or if the system
    /// is not Linux.
    pub(super) fn of_group(group: u32) -> Option<Self> {
        let mut total: Option<Self> = None;
        for entry in fs::read_dir("/proc").ok()?.flatten() {
            // An unreadable process has just ended, or belongs to another user.
            let Some(usage) = Self::of_process(&entry.path(), group) else { continue };
            let total = total.get_or_insert_default();
            total.scheduled += usage.scheduled;
            total.ticked += usage.ticked;
            total.peak_bytes += usage.peak_bytes;
        }
        total
    }

    /// Returns the CPU time since an earlier reading of the same group.
    ///
    /// The result is the scheduler's finer count, unless this count lacks the time of ended threads
    /// or processes.
    pub(super) fn cpu_since(&self, earlier: &Self) -> Duration {
        let scheduled = self.scheduled.saturating_sub(earlier.scheduled);
        let ticked = self.ticked.saturating_sub(earlier.ticked);
        if ticked > scheduled + 2 * TICK { ticked } else { scheduled }
    }

    fn of_process(folder: &Path, group: u32) -> Option<Self> {
        let name = folder.file_name()?.to_str()?;
        name.parse::<u32>().ok()?;
        let stat = fs::read_to_string(folder.join("stat")).ok()?;
        let (process_group, ticks) = parse_stat(&stat)?;
        if process_group != group {
            return None;
        }
        let status = fs::read_to_string(folder.join("status")).ok()?;
        let threads = fs::read_dir(folder.join("task")).ok()?.flatten();
        let scheduled = threads
            .filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok())
            .filter_map(|statistics| statistics.split_whitespace().next()?.parse::<u64>().ok())
            .sum();
        Some(Self {
            scheduled: Duration::from_nanos(scheduled),
            ticked: TICK * u32::try_from(ticks).unwrap_or(u32::MAX),
            // A process that has just ended has no `VmHWM`.
            peak_bytes: parse_peak(&status).unwrap_or(0),
        })
    }
}

/// Returns the process group, and the ticks in user and system mode of the process and of the
/// children that it has waited for.
fn parse_stat(stat: &str) -> Option<(u32, u64)> {
    // The name may contain spaces and parentheses.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let group = fields.get(2)?.parse().ok()?;
    let ticks = fields.get(11..15)?.iter().map(|field| field.parse::<u64>().unwrap_or(0)).sum();
    Some((group, ticks))
}

/// Returns `VmHWM`, the peak of resident memory, in bytes.
fn parse_peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::CommandExt, process::Command};

    use super::*;

    #[test]
    fn a_process_name_may_look_like_the_fields_after_it() {
        let stat = "42 (a) R 1 (b) S 7 43 44 0 -1 4194560 1 2 3 4 10 20 300 4000 20 0 1 0 99";
        assert_eq!(parse_stat(stat), Some((43, 4330)));
        assert_eq!(parse_stat("42 (a) S 7 43"), None);
    }

    #[test]
    fn the_peak_is_in_bytes() {
        assert_eq!(parse_peak("Name:\tx\nVmHWM:\t    2048 kB\nVmRSS:\t 1 kB\n"), Some(2_097_152));
        assert_eq!(parse_peak("Name:\tx\n"), None);
    }

    #[test]
    fn the_ticks_contain_the_time_of_ended_threads() {
        let ms = Duration::from_millis;
        let usage = |scheduled, ticked| ProcessUsage {
            scheduled: ms(scheduled),
            ticked: ms(ticked),
            peak_bytes: 0,
        };
        assert_eq!(usage(12, 20).cpu_since(&usage(5, 10)), ms(7));
        assert_eq!(usage(4, 500).cpu_since(&usage(5, 10)), ms(490));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_usage_of_child_processes_counts() {
        let ms = Duration::from_millis;
        // Two shells are busy for a while, and then wait.
        let busy = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
        let script = format!("({busy}; sleep 60) & {busy}; sleep 60");
        let mut child = Command::new("sh").args(["-c", &script]).process_group(0).spawn().unwrap();
        let group = child.id();
        let start = std::time::Instant::now();
        let mut both = ProcessUsage::default();
        while both.scheduled < ms(20) && start.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(ms(20));
            both = ProcessUsage::of_group(group).unwrap();
        }
        let one = ProcessUsage::of_process(Path::new(&format!("/proc/{group}")), group).unwrap();
        rustix::process::kill_process_group(
            rustix::process::Pid::from_child(&child),
            rustix::process::Signal::KILL,
        )
        .unwrap();
        child.wait().unwrap();
        assert!(both.scheduled >= ms(20) && both.peak_bytes > one.peak_bytes, "{both:?} {one:?}");
    }
}
