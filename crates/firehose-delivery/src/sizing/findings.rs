use super::{
    buffer_size::BufferSize,
    measurer::Measurer,
    problem::Problem,
    safe_setting::{AnswerSizes, SafetyRule},
    setting_measurement::{SettingMeasurement, SettingVerdict},
    survey::Survey,
};
use crate::function::StartError;

/// All measurements of a function.
#[derive(Debug)]
pub struct Findings {
    /// The answers to the sample; `None` if the function fails in batches of the smallest setting.
    pub survey: Option<Survey>,
    /// The measured settings, the smallest first.
    pub settings: Vec<SettingMeasurement>,
    /// The largest safe setting, which is one of the measured settings.
    pub largest_safe: Option<BufferSize>,
    /// The length of the longest response in batches of the smallest setting, per byte of data.
    pub densest_expansion: Option<f64>,
}

impl Findings {
    /// Measures a function.
    ///
    /// # Errors
    ///
    /// If the function cannot be started.
    pub async fn find(measurer: &Measurer<'_>, rule: SafetyRule) -> Result<Self, StartError> {
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
        // A setting that the lengths of the answers predict is measured before it counts as safe.
        let largest_safe = loop {
            let is_unsafe = |it: &&SettingMeasurement| it.verdict(rule) != SettingVerdict::Safe;
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

    /// Returns the measurement of the largest safe setting.
    pub fn recommended(&self) -> Option<&SettingMeasurement> {
        self.settings.iter().find(|measured| Some(measured.setting) == self.largest_safe)
    }
}
