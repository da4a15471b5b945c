use std::{
    ops::Range,
    time::{Duration, Instant},
};

use bytes::Bytes;
use uuid::Uuid;

use super::{
    AnswerSizes, Batches, BufferSize, Measured, Problem, ProcessUsage, Sample, SettingMeasurement,
    Survey, survey::Outcomes,
};
use crate::{
    delivery_stream::{EventWriter, StreamRecord, read_response},
    function::{FunctionProcess, LogTail, ProcessSettings},
    observer::{DeliveryEvent, DeliveryObserver},
};

/// Runs a function over the batches of a sample.
///
/// At each setting, a process of its own takes the densest batch, and then, with a watch on it,
/// batches from the beginning of the sample on.
#[derive(Debug)]
pub struct Measurer<'a> {
    pub function: ProcessSettings,
    /// For the start, and for each invocation.
    pub limit: Duration,
    pub rounds: u32,
    pub sample: &'a Sample,
    pub batches: &'a Batches,
    pub events: EventWriter,
    pub observer: &'a dyn DeliveryObserver,
}

struct Running {
    process: FunctionProcess,
    tail: LogTail,
}

impl Measurer<'_> {
    /// How much data will be sent in all, in bytes, more or less.
    pub fn work(sample: &Sample, batches: &Batches, rounds: u32) -> u64 {
        let batch = |setting| batches.data_bytes(&batches.batch(0, setting));
        let once: u64 = BufferSize::MEASURED.into_iter().map(batch).sum();
        sample.data_bytes + once * u64::from(rounds + 1)
    }

    /// Asks the function about each record of the sample, in batches of the smallest setting.
    ///
    /// # Errors
    ///
    /// With the batch that got no answers.
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
                self.end(running, true).await;
                return Err((batch, problem));
            }
            start = batch.end;
        }
        self.end(running, false).await;
        Ok(survey)
    }

    /// Measures a setting.
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
                self.end(running, result.is_err()).await;
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

    /// A measurement that has come to this.
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
        running: &mut Running,
        setting: BufferSize,
        densest: &Range<usize>,
        survey: &Survey,
    ) -> Result<Measured, Problem> {
        // It warms the function up as well.
        let (response, _) = self.invoke(running, densest).await?;
        let answers = read_response(&response, self.records(densest)).map_err(Problem::Rejected)?;
        let outcomes = Outcomes::of(&answers.outcomes);
        let count = survey.failed.len().max(1);
        let failed_before = densest.clone().filter(|record| survey.failed[record % count]).count();

        let group = running.process.process_id();
        let before = settled_usage(group).await;
        let mut times = Vec::new();
        let mut data_bytes = 0;
        let mut start = 0;
        for _ in 0..self.rounds {
            let batch = self.batches.batch(start, setting);
            let (_, time) = self.invoke(running, &batch).await?;
            times.push(time);
            data_bytes += self.batches.data_bytes(&batch);
            start = batch.end % self.sample.count;
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

    async fn start(&self) -> Result<Running, Problem> {
        let tail = LogTail::default();
        match FunctionProcess::launch(&self.function, self.limit, tail.clone(), |_| {}).await {
            Ok(process) => Ok(Running { process, tail }),
            Err(error) => {
                self.report_log(&tail);
                Err(Problem::Start(error))
            }
        }
    }

    /// Ends the function, and shows the end of its log if that may explain something.
    async fn end(&self, mut running: Running, has_failed: bool) {
        running.process.end().await;
        if has_failed {
            self.report_log(&running.tail);
        }
    }

    /// The response to a batch, and how long it took.
    async fn invoke(
        &self,
        running: &mut Running,
        batch: &Range<usize>,
    ) -> Result<(Bytes, Duration), Problem> {
        let event = self.event(batch);
        let start = Instant::now();
        let response = running.process.invoke(event, self.limit).await;
        let time = start.elapsed();
        let (records, bytes) = (batch.len() as u64, self.batches.data_bytes(batch));
        self.observer.observe(&DeliveryEvent::BatchMeasured { records, bytes });
        Ok((response.map_err(Problem::Function)?, time))
    }

    fn event(&self, batch: &Range<usize>) -> Bytes {
        self.events.write(self.records(batch), Uuid::new_v4())
    }

    fn records(&self, batch: &Range<usize>) -> &[StreamRecord] {
        &self.sample.records[batch.clone()]
    }

    /// Reports the end of a log that should explain an error.
    fn report_log(&self, tail: &LogTail) {
        self.observer.observe(&DeliveryEvent::MeasurementLog { lines: &tail.lines() });
    }
}

/// What a function does after its response belongs to the invocation too.
async fn settled_usage(group: Option<u32>) -> Option<ProcessUsage> {
    tokio::time::sleep(Duration::from_millis(50)).await;
    ProcessUsage::of_group(group?)
}
