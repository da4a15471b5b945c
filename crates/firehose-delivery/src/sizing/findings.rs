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
    /// The rule for a safe setting.
    pub rule: SafetyRule,
    /// The length of the longest response to a batch of the smallest setting, divided by the bytes
    /// of data in this batch.
    pub densest_expansion: Option<f64>,
}

impl Findings {
    /// Measures a function.
    ///
    /// # Errors
    ///
    /// If the function cannot be started.
    pub async fn find(measurer: &Measurer<'_>, rule: SafetyRule) -> Result<Self, StartError> {
        measurer.plan_all();
        let survey = match measurer.survey().await {
            Ok(survey) => survey,
            Err((_, Problem::Start(error))) => return Err(error),
            Err((batch, problem)) => {
                let failed = measurer.measurement(BufferSize::SMALLEST, batch, Err(problem));
                return Ok(Self {
                    survey: None,
                    settings: vec![failed],
                    largest_safe: None,
                    rule,
                    densest_expansion: None,
                });
            }
        };
        let answers = AnswerSizes::new(&survey.answer_bytes, measurer.sample.records.len());
        let mut settings = Vec::new();
        for (index, setting) in BufferSize::MEASURED.into_iter().enumerate() {
            let work = BufferSize::MEASURED[index..].iter().map(|it| measurer.work(*it, &answers));
            measurer.plan(work.sum());
            settings.push(measurer.measure(setting, &survey, &answers).await);
        }
        // The lengths of the answers predict a safe setting. The setting counts as safe only after
        // a measurement.
        let largest_safe = loop {
            let is_unsafe = |it: &&SettingMeasurement| it.verdict(rule) != SettingVerdict::Safe;
            let unsafe_from = settings.iter().filter(is_unsafe).map(|it| it.setting).min();
            match rule.largest(measurer.batches, &answers, unsafe_from) {
                Some(setting) if settings.iter().all(|measured| measured.setting != setting) => {
                    measurer.plan(measurer.work(setting, &answers));
                    settings.push(measurer.measure(setting, &survey, &answers).await);
                }
                largest => break largest,
            }
        };
        measurer.plan(0);
        settings.sort_by_key(|measured| measured.setting);
        let densest = answers.densest(measurer.batches, BufferSize::SMALLEST);
        let data_bytes = measurer.batches.data_bytes(&densest);
        let densest_expansion =
            (data_bytes > 0).then(|| answers.response_bytes(&densest) as f64 / data_bytes as f64);
        Ok(Self { survey: Some(survey), settings, largest_safe, rule, densest_expansion })
    }

    /// Returns the measurement of the largest safe setting. If no setting is safe because the event
    /// is full, returns the measurement of the smallest setting.
    pub fn recommended(&self) -> Option<&SettingMeasurement> {
        let setting = self.largest_safe.or_else(|| {
            let smallest = self.settings.first()?;
            (self.verdict(smallest) == SettingVerdict::EventFull).then_some(smallest.setting)
        });
        self.settings.iter().find(|measured| Some(measured.setting) == setting)
    }

    /// Returns the verdict on a measured setting. Exactly the settings up to the largest safe
    /// setting are safe.
    pub fn verdict(&self, measured: &SettingMeasurement) -> SettingVerdict {
        match measured.verdict(self.rule) {
            SettingVerdict::Safe if Some(measured.setting) > self.largest_safe => {
                SettingVerdict::SmallerIsUnsafe
            }
            verdict => verdict,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sizing::{setting_measurement::Measured, survey::Outcomes};

    fn measurement(setting: BufferSize, more_failures: u64, is_cut: bool) -> SettingMeasurement {
        let measured = Measured {
            response_bytes: 100,
            outcomes: Outcomes::default(),
            more_failures,
            wall: Duration::ZERO,
            cpu: None,
            peak_bytes: None,
            timed_data_bytes: 0.0,
        };
        SettingMeasurement {
            setting,
            densest: 0..1,
            data_bytes: 0,
            event_bytes: 0,
            is_cut,
            expected_response_bytes: None,
            result: Ok(measured),
        }
    }

    fn findings(settings: Vec<SettingMeasurement>, largest_safe: Option<BufferSize>) -> Findings {
        let rule = SafetyRule { headroom: 10 };
        Findings { survey: None, settings, largest_safe, rule, densest_expansion: None }
    }

    #[test]
    fn a_setting_above_an_unsafe_one_is_not_safe() {
        let [small, middle, large] = [0, 2, 4].map(|index| BufferSize::MEASURED[index]);
        let settings = vec![
            measurement(small, 0, false),
            measurement(middle, 3, false),
            measurement(large, 0, false),
        ];
        let findings = findings(settings, Some(small));
        let verdicts: Vec<_> = findings.settings.iter().map(|it| findings.verdict(it)).collect();
        use SettingVerdict::{MoreFailures, Safe, SmallerIsUnsafe};
        assert_eq!(verdicts, [Safe, MoreFailures(3), SmallerIsUnsafe]);
        assert_eq!(findings.recommended().unwrap().setting, small);
    }

    #[test]
    fn a_full_event_at_the_smallest_setting_is_not_safe_but_recommended() {
        let smallest = BufferSize::SMALLEST;
        let findings = findings(vec![measurement(smallest, 0, true)], None);
        assert_eq!(findings.verdict(&findings.settings[0]), SettingVerdict::EventFull);
        assert_eq!(findings.recommended().unwrap().setting, smallest);
    }
}
