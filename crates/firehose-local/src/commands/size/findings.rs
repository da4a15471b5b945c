use crate::exit_code::ExitCode;
use firehose_delivery::{
    function::StartError,
    sizing::{
        AnswerSizes, BufferSize, Measurer, Problem, SafetyRule, SettingMeasurement, Survey, Verdict,
    },
};

/// All that was measured.
#[derive(Debug)]
pub(super) struct Findings {
    /// `None` if the function fails in batches of the smallest setting already.
    pub(super) survey: Option<Survey>,
    /// By setting, the smallest first.
    pub(super) settings: Vec<SettingMeasurement>,
    /// The largest safe setting; it is one of those that were measured.
    pub(super) largest_safe: Option<BufferSize>,
    /// How long the longest response is in batches of the smallest setting, per byte of data.
    pub(super) densest_expansion: Option<f64>,
}

impl Findings {
    /// Measures a function.
    ///
    /// # Errors
    ///
    /// If it cannot be started in the first place.
    pub(super) async fn find(
        measurer: &Measurer<'_>,
        rule: SafetyRule,
    ) -> Result<Self, StartError> {
        let survey = match measurer.survey().await {
            Ok(survey) => survey,
            Err((_, Problem::Start(error))) => return Err(error),
            Err((batch, problem)) => {
                let failed = measurer.measurement(BufferSize::SMALLEST, batch, Err(problem));
                return Ok(Self {
                    survey: None,
                    settings: vec![failed],
                    largest_safe: None,
                    densest_expansion: None,
                });
            }
        };
        let answers = AnswerSizes::new(&survey.answer_bytes, measurer.sample.records.len());
        let mut settings = Vec::new();
        for setting in BufferSize::MEASURED {
            settings.push(measurer.measure(setting, &survey, &answers).await);
        }
        // What the lengths of the answers promise has to be seen before it is recommended.
        let largest_safe = loop {
            let is_unsafe = |it: &&SettingMeasurement| it.verdict(rule) != Verdict::Safe;
            let unsafe_from = settings.iter().filter(is_unsafe).map(|it| it.setting).min();
            match rule.largest(measurer.batches, &answers, unsafe_from) {
                Some(setting) if settings.iter().all(|measured| measured.setting != setting) => {
                    settings.push(measurer.measure(setting, &survey, &answers).await);
                }
                largest => break largest,
            }
        };
        settings.sort_by_key(|measured| measured.setting);
        let densest = answers.densest(measurer.batches, BufferSize::SMALLEST);
        let data_bytes = measurer.batches.data_bytes(&densest);
        let densest_expansion =
            (data_bytes > 0).then(|| answers.response_bytes(&densest) as f64 / data_bytes as f64);
        Ok(Self { survey: Some(survey), settings, largest_safe, densest_expansion })
    }

    /// The setting whose costs are shown: the largest safe one.
    pub(super) fn recommended(&self) -> Option<&SettingMeasurement> {
        self.settings.iter().find(|measured| Some(measured.setting) == self.largest_safe)
    }

    pub(super) fn code(&self) -> ExitCode {
        let not_answered = self.survey.as_ref().is_some_and(|it| it.outcomes.not_answered > 0);
        let rejected = |it: &SettingMeasurement| matches!(it.result, Err(Problem::Rejected(_)));
        if not_answered || self.settings.iter().any(rejected) {
            ExitCode::ContractViolated
        } else if self.largest_safe.is_none() {
            ExitCode::FunctionError
        } else {
            ExitCode::Ok
        }
    }
}
