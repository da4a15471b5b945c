use std::{ops::Range, time::Duration};

use super::{
    buffer_size::BufferSize, cost::BatchTime, problem::Problem, safe_setting::SafetyRule,
    survey::Outcomes,
};

/// The measurement of one buffer setting.
#[derive(Debug)]
pub struct SettingMeasurement {
    /// The setting.
    pub setting: BufferSize,
    /// The batch of the sample with the longest response.
    pub densest: Range<usize>,
    /// The bytes of data in that batch.
    pub data_bytes: u64,
    /// The bytes of the event with that batch.
    pub event_bytes: u64,
    /// `true` if the event has no room for as much data as the setting asks for.
    pub is_cut: bool,
    /// The expected length of the response in bytes, computed from the answers in small batches.
    pub expected_response_bytes: Option<u64>,
    /// The figures, or the reason why the measurement failed.
    pub result: Result<Measured, Problem>,
}

/// The figures of a function with batches of one size.
#[derive(Debug)]
pub struct Measured {
    /// The length of the response to the densest batch, in bytes.
    pub response_bytes: u64,
    /// The outcomes of the records of the densest batch.
    pub outcomes: Outcomes,
    /// The number of failed records in the densest batch, less the number of the same records that
    /// failed in small batches.
    pub more_failures: u64,
    /// The time from the event to the response, the median of the rounds.
    pub wall: Duration,
    /// The CPU time, the mean of the rounds; `None` where the system does not report it.
    pub cpu: Option<Duration>,
    /// The peak of resident memory in bytes; `None` where the system does not report it.
    pub peak_bytes: Option<u64>,
    /// The bytes of data in a timed batch, the mean of the rounds.
    pub timed_data_bytes: f64,
}

/// The verdict on a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingVerdict {
    /// The setting is safe.
    Safe,
    /// The function failed, or Firehose would reject its response.
    Fails,
    /// More records fail here than in small batches. The value is the difference.
    MoreFailures(u64),
    /// The response is longer than the rule allows.
    NoHeadroom,
    /// The event has no room for as much data as the setting asks for. Firehose's behavior in this
    /// case is unknown.
    EventFull,
    /// The measurement shows no fault, but a smaller setting is unsafe.
    SmallerIsUnsafe,
}

impl SettingMeasurement {
    /// Returns the verdict on the setting by its measurement alone.
    pub(super) fn verdict(&self, rule: SafetyRule) -> SettingVerdict {
        let Ok(measured) = &self.result else { return SettingVerdict::Fails };
        let expected = self.expected_response_bytes.unwrap_or(0);
        if measured.more_failures > 0 {
            SettingVerdict::MoreFailures(measured.more_failures)
        } else if measured.response_bytes.max(expected) > rule.max_response_bytes() {
            SettingVerdict::NoHeadroom
        } else if self.is_cut {
            SettingVerdict::EventFull
        } else {
            SettingVerdict::Safe
        }
    }

    /// Returns the number of records in the densest batch.
    pub fn records(&self) -> u64 {
        self.densest.len() as u64
    }
}

impl Measured {
    /// Returns the time of a batch, or `None` where the system does not report the CPU time.
    pub fn time(&self) -> Option<BatchTime> {
        Some(BatchTime { wall: self.wall, cpu: self.cpu? })
    }
}
