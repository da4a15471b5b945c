use std::{ops::Range, time::Duration};

use super::{BatchTime, BufferSize, Problem, SafetyRule, survey::Outcomes};

/// What was measured at one buffer setting.
#[derive(Debug)]
pub struct SettingMeasurement {
    pub setting: BufferSize,
    /// The batch of the sample with the longest response.
    pub densest: Range<usize>,
    /// The data of that batch, and the event with it.
    pub data_bytes: u64,
    pub event_bytes: u64,
    /// Whether an event had no room for so much data as the setting wants.
    pub is_cut: bool,
    /// How long the response should be, by the lengths of the answers in small batches.
    pub expected_response_bytes: Option<u64>,
    pub result: Result<Measured, Problem>,
}

/// What a function did with batches of one size.
#[derive(Debug)]
pub struct Measured {
    /// Of the densest batch.
    pub response_bytes: u64,
    pub outcomes: Outcomes,
    /// Of these records, how many did not fail in a small batch.
    pub more_failures: u64,
    /// The median of the rounds.
    pub wall: Duration,
    /// The mean of the rounds; `None` where that cannot be read.
    pub cpu: Option<Duration>,
    pub peak_bytes: Option<u64>,
    /// The mean of the rounds.
    pub timed_data_bytes: f64,
}

/// What is wrong with a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Safe,
    /// The function failed, or Firehose would not take its response.
    Fails,
    /// Records fail that do not fail in small batches.
    MoreFailures(u64),
    /// The response is longer than the rule allows.
    NoHeadroom,
    /// The event had no room for so many records, and what Firehose does then is not known.
    EventFull,
}

impl SettingMeasurement {
    /// Whether the setting is safe by what was measured at it.
    pub fn verdict(&self, rule: SafetyRule) -> Verdict {
        let Ok(measured) = &self.result else { return Verdict::Fails };
        let expected = self.expected_response_bytes.unwrap_or(0);
        if measured.more_failures > 0 {
            Verdict::MoreFailures(measured.more_failures)
        } else if measured.response_bytes.max(expected) > rule.max_response_bytes() {
            Verdict::NoHeadroom
        } else if self.is_cut && self.setting != BufferSize::SMALLEST {
            // There is no smaller setting than the smallest.
            Verdict::EventFull
        } else {
            Verdict::Safe
        }
    }

    pub fn records(&self) -> u64 {
        self.densest.len() as u64
    }
}

impl Measured {
    /// `None` where CPU time cannot be read.
    pub fn time(&self) -> Option<BatchTime> {
        Some(BatchTime { wall: self.wall, cpu: self.cpu? })
    }
}
