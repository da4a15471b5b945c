use std::{
    io,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
};

use rustix::process::Pid;

/// A process that kills the process group of a function after this process was killed itself, such
/// as by `kill -9`.
///
/// The guard is a shell that waits for the end of its standard input, a pipe. Only this process
/// holds the writing end of the pipe, which the system closes when this process ends.
#[derive(Debug)]
pub(super) struct OrphanGuard {
    shell: Child,
}

impl OrphanGuard {
    /// Starts a guard of a process group.
    ///
    /// # Errors
    ///
    /// If the shell cannot be started.
    pub(super) fn start(group: Pid) -> io::Result<Self> {
        let shell = Command::new("/bin/sh")
            .args(["-c", "read -r _; kill -s KILL -- \"-$1\"", "firehose-local-guard"])
            .arg(group.as_raw_nonzero().to_string())
            // The guard has its own group: no signal to the group of this process ends the guard.
            .process_group(0)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { shell })
    }
}

impl Drop for OrphanGuard {
    /// Kills the shell before its standard input closes, so that the shell does not kill the group.
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::{thread, time::Duration};

    use super::*;

    fn sleeper() -> Child {
        Command::new("sleep").arg("60").process_group(0).spawn().unwrap()
    }

    fn group(child: &Child) -> Pid {
        Pid::from_raw(child.id().cast_signed()).unwrap()
    }

    #[test]
    fn closing_the_input_of_the_guard_kills_the_group() {
        let mut function = sleeper();
        let mut guard = OrphanGuard::start(group(&function)).unwrap();
        drop(guard.shell.stdin.take());
        assert!(!function.wait().unwrap().success());
    }

    #[test]
    fn a_dropped_guard_kills_nothing() {
        let mut function = sleeper();
        drop(OrphanGuard::start(group(&function)).unwrap());
        thread::sleep(Duration::from_millis(100));
        assert!(function.try_wait().unwrap().is_none());
        function.kill().unwrap();
        function.wait().unwrap();
    }
}
