use std::{fs, path::Path, time::Duration};

use tokio::time::Instant;

use super::{
    super::{
        command_error::CommandError, json_verdict::JsonVerdict, path_conflicts::CommandPaths,
        pipeline::pipeline_process, pipeline_file::read_pipeline,
    },
    arguments::Doctor,
    attack::Attack,
    code_language::CodeLanguage,
    examination::Examination,
    examined_function::ExaminedFunction,
    json_report::json_report,
    junit_report::junit_report,
    learning::LearningError,
    left_processes::{adopt_orphans, end_orphans},
    markdown_report::markdown_report,
    report_card::ReportCard,
    template_args::TemplateFunction,
    text_report::text_report,
    time_budget::TimeBudget,
};
use crate::{
    exit_code::ExitCode,
    hint::with_hint,
    interrupt::interruptible,
    terminal::{StepProgress, Style, eprint_error, print_report},
};
use firehose_fixtures::SourceShape;

/// The time limit of an invocation without a template.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// The function of a command line, and its settings.
struct Subject {
    name: String,
    function: ExaminedFunction,
    language: CodeLanguage,
    timeout: Duration,
    source: Option<SourceShape>,
}

impl Doctor {
    /// Runs the command.
    pub(crate) fn run(self) -> ExitCode {
        adopt_orphans();
        let card = interruptible(self.examine()).map_err(|error| CommandError::no_runtime(&error));
        end_orphans();
        let report = card.and_then(Option::transpose);
        match report.and_then(|card| card.map(|card| self.write_files(card)).transpose()) {
            Ok(Some(card)) => {
                let text = match self.json {
                    true => json_report(&card),
                    false => text_report(&card, Style::of_stdout()),
                };
                print_report(text.as_bytes(), card.code())
            }
            Ok(None) => ExitCode::Interrupted,
            Err(error) => self.print_error(&error),
        }
    }

    /// Prints an error. The lines after the first one, with answers of the function, stay lines.
    fn print_error(&self, error: &CommandError) -> ExitCode {
        error.reason.lines().for_each(eprint_error);
        match self.json {
            true => JsonVerdict::error(error.code, &error.reason).print(),
            false => error.code,
        }
    }

    async fn examine(&self) -> Result<ReportCard, CommandError> {
        self.check_paths()?;
        let given = self.sample.read()?;
        let Subject { name, function, language, timeout, source } = self.subject().await?;
        let timeout = self.timeout.map_or(timeout, Duration::from_secs);
        let progress = StepProgress::new(Attack::ALL.len());
        progress.step("good records");
        let start = Instant::now();
        let budget = TimeBudget::start(timeout);
        let examination = Examination::begin(function, budget, given.as_ref(), source).await;
        let (sample, results) = match examination {
            Ok(mut examination) => {
                let results = examination.run(|attack| progress.step(attack.name())).await;
                (examination.sample.to_string(), results)
            }
            Err(LearningError::ReadsOtherEvents(answer)) => {
                ("none".to_owned(), ReportCard::results_of_other_reader(&answer))
            }
            Err(LearningError::NothingAccepted(answers)) => {
                return Err(self.nothing_accepted(&answers));
            }
            Err(LearningError::Start(error)) => {
                let reason = with_hint(&error);
                return Err(CommandError { reason, code: ExitCode::CouldNotStart });
            }
        };
        progress.end();
        Ok(ReportCard { function: name, language, sample, results, time: start.elapsed() })
    }

    fn nothing_accepted(&self, answers: &str) -> CommandError {
        let is_given = self.sample.event.is_some() || self.sample.records.is_some();
        let advice = match is_given {
            true => {
                "check that the function accepts these records: `firehose-local invoke` shows its answers"
            }
            false => {
                "give records that it accepts with --records FILE (one on each line) or --event FILE"
            }
        };
        let reason = format!(
            "the function answers no sample with Ok, so nothing was examined; {advice}{answers}"
        );
        CommandError { reason, code: ExitCode::FunctionError }
    }

    /// Builds the function of the arguments.
    async fn subject(&self) -> Result<Subject, CommandError> {
        if let Some(function) = self.template.function(self.function.release).await? {
            let TemplateFunction { name, settings, language, timeout, source } = function;
            let function = ExaminedFunction::of_process(settings);
            return Ok(Subject { name, function, language, timeout, source });
        }
        let executable = &self.function.executable;
        let (function, language) = if let Some(url) = &self.function.url {
            (ExaminedFunction::of_url(url.clone()), CodeLanguage::Unknown)
        } else if let Some(path) = &executable.pipeline {
            // Check the pipeline before a process starts, so that an error has the position in the file.
            read_pipeline(path).await?;
            (ExaminedFunction::of_process(pipeline_process(path)?), CodeLanguage::Pipeline)
        } else {
            let settings = self.function.process().await?;
            let language = match CodeLanguage::of_handler(&settings) {
                Some(language) => language,
                None if executable.package.is_some() => CodeLanguage::Rust,
                None => CodeLanguage::Unknown,
            };
            (ExaminedFunction::of_process(settings), language)
        };
        let name = match self.function.url.clone() {
            Some(mut url) => {
                // A report must not show a password. This fails only for a URL that cannot have one.
                let _ = url.set_username("").and_then(|()| url.set_password(None));
                url.to_string()
            }
            None => self.function.display_name(),
        };
        Ok(Subject { name, function, language, timeout: DEFAULT_TIMEOUT, source: None })
    }

    /// Rejects a report that would replace a file which the command reads, or another report.
    fn check_paths(&self) -> Result<(), CommandError> {
        let executable = &self.function.executable;
        let inputs = self.sample.event.iter().chain(&self.sample.records).cloned();
        let inputs: Vec<_> = inputs.collect();
        CommandPaths::of_files(&inputs, "records")
            .reads("the template", self.template.path())
            .reads("the function", executable.binary.as_deref())
            .reads("the pipeline", executable.pipeline.as_deref())
            .writes("--junit", self.junit.as_deref(), |_| Ok(()))
            .writes("--markdown", self.markdown.as_deref(), |_| Ok(()))
            .check()
    }

    /// Writes the reports that are files.
    fn write_files(&self, card: ReportCard) -> Result<ReportCard, CommandError> {
        let write = |path: &Path, text: String| {
            fs::write(path, text).map_err(|error| cannot_write(path, &error))
        };
        if let Some(path) = &self.junit {
            write(path, junit_report(&card).map_err(|error| cannot_write(path, &error))?)?;
        }
        if let Some(path) = &self.markdown {
            write(path, markdown_report(&card))?;
        }
        Ok(card)
    }
}

fn cannot_write(path: &Path, error: &dyn std::fmt::Display) -> CommandError {
    CommandError::usage(format!("cannot write {}: {error}", path.display()))
}
