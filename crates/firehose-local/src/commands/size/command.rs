use super::{arguments::Size, exit_code::exit_code, report::SizeReport};
use crate::{
    commands::{
        command_error::CommandError,
        pipeline::pipeline_process,
        pipeline_file::{note_reingestion, read_pipeline},
        skipped_files::note_skipped,
    },
    exit_code::ExitCode,
    interrupt::interruptible,
    terminal::{TerminalObserver, print_report},
};
use firehose_delivery::{
    function::ProcessSettings,
    sizing::{Batches, Findings, Measurer, Sample},
};

impl Size {
    pub(crate) fn run(self) -> ExitCode {
        let sample = match Sample::read(&self.sample, self.format.into(), self.put_to()) {
            Ok(sample) => sample,
            Err(problem) => return CommandError::usage(problem).print(self.json),
        };
        note_skipped(sample.skipped.as_ref());
        let batches = Batches::new(&sample.records, sample.count);
        match interruptible(self.measure(&sample, &batches)) {
            Ok(Some(Ok(findings))) => {
                let report = SizeReport::new(&self, &sample, &findings);
                let text = if self.json { report.json() } else { report.text() };
                print_report(text.as_bytes(), exit_code(&findings))
            }
            Ok(Some(Err(error))) => error.print(self.json),
            Ok(None) => CommandError::interrupted(self.json),
            Err(error) => CommandError::no_runtime(&error).print(self.json),
        }
    }

    async fn measure(&self, sample: &Sample, batches: &Batches) -> Result<Findings, CommandError> {
        let function = self.process().await?;
        let observer = TerminalObserver::new(Some(sample.data_bytes));
        let events = self.put_to().event_writer();
        let measurer = Measurer::new(function, sample, batches, events, &observer)
            .limit(self.timeout.limit())
            .rounds(self.repeat);
        Ok(observer.during(Findings::find(&measurer, self.rule())).await?)
    }

    /// Returns the process that runs the function. A pipeline also runs in a process of its own, so
    /// that `size` measures a process in every case.
    async fn process(&self) -> Result<ProcessSettings, CommandError> {
        let Some(path) = &self.function.pipeline else {
            let process = self.function.process(true, None, None).await?;
            // clap requires an argument that names the function.
            return process.ok_or_else(|| CommandError::usage("no option names a function"));
        };
        // Reports an error in the pipeline with its place in the file, before a process starts.
        note_reingestion(&read_pipeline(path).await?, &path.display().to_string());
        pipeline_process(path)
    }
}
