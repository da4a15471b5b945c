//! `firehose-local size`: what a function takes, and which settings follow from it.

mod architecture;
mod arguments;
mod findings;
mod json;
mod notes;
mod report;

use std::time::Duration;

pub(crate) use arguments::Size;

use self::{findings::Findings, report::Report};
use super::{cannot_run::CannotRun, print};
use crate::{exit_code::ExitCode, interrupt::interruptible, terminal::TerminalObserver};
use firehose_delivery::{
    function::{ProcessSettings, StartError},
    sizing::{Batches, Measurer, Sample},
};

impl Size {
    pub(crate) fn run(self) -> ExitCode {
        let sample = match Sample::read(&self.sample, self.format.into(), self.put_to()) {
            Ok(sample) => sample,
            Err(problem) => {
                return CannotRun::usage(problem.to_string()).say(self.json);
            }
        };
        let batches = Batches::new(&sample.records, sample.count);
        match interruptible(self.measure(&sample, &batches)) {
            Ok(Some(Ok(findings))) => {
                let report = Report::new(&self, &sample, &findings);
                let text = if self.json { report.json() } else { report.text() };
                print(&[text.as_bytes()]).map_or_else(|code| code, |()| findings.code())
            }
            Ok(Some(Err(error))) => {
                let (reason, code) = (error.to_string(), ExitCode::CouldNotStart);
                CannotRun { reason, code }.say(self.json)
            }
            Ok(None) => ExitCode::Interrupted,
            Err(error) => CannotRun::no_runtime(&error).say(self.json),
        }
    }

    async fn measure(&self, sample: &Sample, batches: &Batches) -> Result<Findings, StartError> {
        let binary = self.executable().await?;
        let work = Measurer::work(sample, batches, self.repeat);
        let observer = TerminalObserver::new(Some(work));
        let measurer = Measurer {
            function: ProcessSettings::new(&binary),
            limit: Duration::from_secs(self.timeout),
            rounds: self.repeat,
            sample,
            batches,
            events: self.put_to().event_writer(),
            observer: &observer,
        };
        observer.during(Findings::find(&measurer, self.rule())).await
    }
}
