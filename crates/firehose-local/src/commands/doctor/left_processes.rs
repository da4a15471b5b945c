//! Processes that a function started and left behind.
//!
//! A process in a session of its own survives the end of the function's process group. Linux gives such
//! orphans to this process, which ends them. On other systems, they survive.

#[cfg(target_os = "linux")]
use std::{fs, process};

#[cfg(target_os = "linux")]
use rustix::process::{Pid, Signal, WaitOptions, kill_process, set_child_subreaper, waitpid};

/// Makes this process the parent of orphans, from now on.
pub(super) fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    {
        // Fails only on a kernel older than 3.4.
        let _ = set_child_subreaper(Some(Pid::INIT));
    }
}

/// Ends all child processes. Call this function after the functions have ended.
pub(super) fn end_orphans() {
    #[cfg(target_os = "linux")]
    // The children of an ended orphan become orphans too.
    for _ in 0..100 {
        let children = children();
        if children.is_empty() {
            return;
        }
        for child in children {
            let _ = kill_process(child, Signal::KILL);
            let _ = waitpid(Some(child), WaitOptions::empty());
        }
    }
}

/// Returns the child processes of all threads of this process.
#[cfg(target_os = "linux")]
fn children() -> Vec<Pid> {
    let threads = fs::read_dir(format!("/proc/{}/task", process::id()));
    let threads = threads.into_iter().flatten().filter_map(Result::ok);
    let lists =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let ids: Vec<_> = lists
        .flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    ids.iter().filter_map(|id| Pid::from_raw(id.parse().ok()?)).collect()
}
