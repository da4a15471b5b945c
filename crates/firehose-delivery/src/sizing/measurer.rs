use std::{
    ops::Range,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use uuid::Uuid;

use super::{
    batches::Batches,
    buffer_size::BufferSize,
    problem::Problem,
    process_usage::ProcessUsage,
    safe_setting::AnswerSizes,
    sample::Sample,
    setting_measurement::{Measured, SettingMeasurement},
    survey::{Outcomes, Survey},
};
use crate::{
    delivery_stream::{EventWriter, StreamRecord, read_response},
    function::{FunctionProcess, LogTail, ProcessSettings},
    observer::{DeliveryEvent, DeliveryObserver},
};

/// A function that is run over the batches of a sample.
///
/// At each setting, a new process answers the densest batch, which has the longest response. Then
/// it answers timed batches from the beginning of the sample.
#[derive(Debug)]
pub struct Measurer<'a> {
    /// The function.
    function: ProcessSettings,
    /// The time limit of the start, and of each invocation.
    pub(super) limit: Duration,
    /// The number of timed batches at each setting.
    pub(super) rounds: u32,
    /// The records.
    pub(super) sample: &'a Sample,
    /// The batches of the sample.
    pub(super) batches: &'a Batches,
    /// The writer of the Firehose events for the function.
    events: EventWriter,
    /// The observer of the measurement.
    pub(super) observer: &'a dyn DeliveryObserver,
    /// The bytes of data that were sent so far.
    sent: AtomicU64,
}

/// A process under measurement.
struct MeasuredProcess {
    process: FunctionProcess,
    tail: LogTail,
}

impl<'a> Measurer<'a> {
    /// Returns a measurer of a function over the batches of a sample. `events` writes the Firehose
    /// events for the function.
    pub fn new(
        function: ProcessSettings,
        sample: &'a Sample,
        batches: &'a Batches,
        events: EventWriter,
        observer: &'a dyn DeliveryObserver,
    ) -> Self {
        Self {
            function,
            limit: Duration::from_secs(60),
            rounds: 5,
            sample,
            batches,
            events,
            observer,
            sent: AtomicU64::new(0),
        }
    }

    /// Sets the time limit of the start, and of each invocation. Default: 60 seconds.
    #[must_use]
    pub fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Sets the number of timed batches at each setting. Default: 5.
    #[must_use]
    pub fn rounds(self, rounds: u32) -> Self {
        Self { rounds, ..self }
    }
}

impl Measurer<'_> {
    /// Reports the amount of data that the survey and all settings send. Before the survey, the
    /// densest batches are unknown, so the first batches count in their place.
    pub(super) fn plan_all(&self) {
        let first = |setting| self.batches.data_bytes(&self.batches.batch(0, setting));
        let settings = BufferSize::MEASURED;
        let all = settings.iter().map(|it| self.rounds_bytes(*it) + first(*it)).sum::<u64>();
        self.plan(self.sample.data_bytes + all);
    }

    /// Reports the total amount of data, of which `bytes` bytes are still to be sent.
    pub(super) fn plan(&self, bytes: u64) {
        let total = self.sent.load(Ordering::Relaxed) + bytes;
        self.observer.observe(&DeliveryEvent::MeasurementPlanned { bytes: total });
    }

    /// Returns the amount of data that the measurement of a setting sends, in bytes.
    pub(super) fn work(&self, setting: BufferSize, answers: &AnswerSizes) -> u64 {
        let densest = answers.densest(self.batches, setting);
        self.batches.data_bytes(&densest) + self.rounds_bytes(setting)
    }

    /// Returns the bytes of data in the timed batches of a setting.
    fn rounds_bytes(&self, setting: BufferSize) -> u64 {
        self.timed_batches(setting).map(|batch| self.batches.data_bytes(&batch)).sum()
    }

    /// Returns the timed batches of a setting, from the beginning of the sample.
    fn timed_batches(&self, setting: BufferSize) -> impl Iterator<Item = Range<usize>> {
        let mut start = 0;
        (0..self.rounds).map(move |_| {
            let batch = self.batches.batch(start, setting);
            start = batch.end % self.sample.count;
            batch
        })
    }

    /// Sends each record of the sample to the function, in batches of the smallest setting.
    ///
    /// # Errors
    ///
    /// If a batch has no answers. The error has the batch and the reason.
    pub async fn survey(&self) -> Result<Survey, (Range<usize>, Problem)> {
        let mut survey = Survey::default();
        let mut running = self.start().await.map_err(|problem| (0..0, problem))?;
        let mut start = 0;
        while start < self.sample.count {
            let batch = self.batches.batch(start, BufferSize::SMALLEST);
            let batch = start..batch.end.min(self.sample.count);
            let response = self.invoke(&mut running, &batch).await;
            let added = response.and_then(|(response, _)| {
                survey.add(self.records(&batch), &response).map_err(Problem::Rejected)
            });
            if let Err(problem) = added {
                self.end(running, Some(&problem)).await;
                return Err((batch, problem));
            }
            start = batch.end;
        }
        self.end(running, None).await;
        Ok(survey)
    }

    /// Measures one setting.
    pub async fn measure(
        &self,
        setting: BufferSize,
        survey: &Survey,
        answers: &AnswerSizes,
    ) -> SettingMeasurement {
        let densest = answers.densest(self.batches, setting);
        let result = match self.start().await {
            Ok(mut running) => {
                let result = self.run(&mut running, setting, &densest, survey).await;
                self.end(running, result.as_ref().err()).await;
                result
            }
            Err(problem) => Err(problem),
        };
        let expected = answers.response_bytes(&densest);
        SettingMeasurement {
            expected_response_bytes: Some(expected),
            ..self.measurement(setting, densest, result)
        }
    }

    /// Returns a measurement of a setting with this result.
    pub fn measurement(
        &self,
        setting: BufferSize,
        densest: Range<usize>,
        result: Result<Measured, Problem>,
    ) -> SettingMeasurement {
        SettingMeasurement {
            setting,
            data_bytes: self.batches.data_bytes(&densest),
            event_bytes: self.event(&densest).len() as u64,
            is_cut: self.batches.is_cut(&densest, setting),
            expected_response_bytes: None,
            densest,
            result,
        }
    }

    async fn run(
        &self,
        running: &mut MeasuredProcess,
        setting: BufferSize,
        densest: &Range<usize>,
        survey: &Survey,
    ) -> Result<Measured, Problem> {
        // The first invocation also warms the function up.
        let (response, _) = self.invoke(running, densest).await?;
        let answers =
            read_response(&response, self.records(densest), &[]).map_err(Problem::Rejected)?;
        let outcomes = Outcomes::of(&answers.outcomes);
        let count = survey.failed.len().max(1);
        let failed_before = densest.clone().filter(|record| survey.failed[record % count]).count();

        let group = running.process.process_id();
        let before = settled_usage(group).await;
        let mut times = Vec::new();
        let mut data_bytes = 0;
        for batch in self.timed_batches(setting) {
            let (_, time) = self.invoke(running, &batch).await?;
            times.push(time);
            data_bytes += self.batches.data_bytes(&batch);
        }
        let after = settled_usage(group).await;
        times.sort_unstable();
        let cpu = before.zip(after).map(|(before, after)| after.cpu_since(&before) / self.rounds);
        Ok(Measured {
            response_bytes: response.len() as u64,
            more_failures: outcomes.failed().saturating_sub(failed_before as u64),
            outcomes,
            wall: times[times.len() / 2],
            cpu,
            peak_bytes: after.map(|usage| usage.peak_bytes),
            timed_data_bytes: data_bytes as f64 / f64::from(self.rounds),
        })
    }

    async fn start(&self) -> Result<MeasuredProcess, Problem> {
        let tail = LogTail::default();
        match FunctionProcess::launch(&self.function, self.limit, tail.clone(), |_| {}).await {
            Ok(process) => Ok(MeasuredProcess { process, tail }),
            Err(error) => {
                self.report_log(&tail.lines_besides(&error));
                Err(Problem::Start(error))
            }
        }
    }

    /// Ends the function. After a failure, reports the last lines of its log, which may explain the
    /// failure.
    async fn end(&self, mut running: MeasuredProcess, problem: Option<&Problem>) {
        running.process.end().await;
        match problem {
            None => {}
            Some(Problem::Function(error)) if !error.has_cause_in_log() => {}
            Some(_) => self.report_log(&running.tail.lines()),
        }
    }

    /// Returns the response to a batch, and the time that the response took.
    async fn invoke(
        &self,
        running: &mut MeasuredProcess,
        batch: &Range<usize>,
    ) -> Result<(Bytes, Duration), Problem> {
        let event = self.event(batch);
        let start = Instant::now();
        let response = running.process.invoke(event, self.limit).await;
        let time = start.elapsed();
        let (records, bytes) = (batch.len() as u64, self.batches.data_bytes(batch));
        self.sent.fetch_add(bytes, Ordering::Relaxed);
        self.observer.observe(&DeliveryEvent::BatchMeasured { records, bytes });
        Ok((response.map_err(Problem::Function)?, time))
    }

    fn event(&self, batch: &Range<usize>) -> Bytes {
        self.events.write(self.records(batch), Uuid::new_v4())
    }

    fn records(&self, batch: &Range<usize>) -> &[StreamRecord] {
        &self.sample.records[batch.clone()]
    }

    /// Reports the last lines of a log, which may explain an error.
    fn report_log(&self, lines: &[String]) {
        self.observer.observe(&DeliveryEvent::MeasurementLog { lines });
    }
}

/// Waits for the work that a function does after its response, since this work also belongs to the
/// invocation. Returns the resource usage of the process group.
async fn settled_usage(group: Option<u32>) -> Option<ProcessUsage> {
    tokio::time::sleep(Duration::from_millis(50)).await;
    ProcessUsage::of_group(group?)
}
