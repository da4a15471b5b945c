use firehose_delivery::sizing::{
    BufferSize, CostModel, LambdaPrices, Measured, Outcomes, SettingMeasurement, SettingVerdict,
};
use firehose_runtime::contract::MAX_RESPONSE_BYTES;
use serde::Serialize;

use super::{exit_code::exit_code, memory_cost::MemoryCost, report::SizeReport};
use crate::hint::with_hint;

/// All measurements and assumptions, as `--json` prints them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonReport<'a> {
    exit_code: u8,
    sample: JsonSample,
    outcomes: Option<JsonOutcomes>,
    expansion: JsonExpansion,
    #[serde(rename = "largestSafeBufferSizeInMBs")]
    largest_safe: Option<f64>,
    settings: Vec<JsonSetting>,
    assumptions: JsonAssumptions,
    notes: &'a [String],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonSample {
    source: &'static str,
    records: usize,
    data_bytes: u64,
    refused: u64,
    is_cut: bool,
    is_repeated: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonOutcomes {
    ok: u64,
    dropped: u64,
    processing_failed: u64,
    not_answered: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonExpansion {
    data: Option<f64>,
    response: Option<f64>,
    densest_response: Option<f64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonSetting {
    #[serde(rename = "bufferSizeInMBs")]
    buffer_size: f64,
    verdict: &'static str,
    problem: Option<String>,
    records: u64,
    data_bytes: u64,
    event_bytes: u64,
    is_cut_to_event: bool,
    expected_response_bytes: Option<u64>,
    /// Absent if the function failed at this setting.
    #[serde(flatten)]
    measured: Option<JsonMeasured>,
    costs: Vec<JsonCost>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonMeasured {
    response_bytes: u64,
    response_bytes_left: u64,
    #[serde(flatten)]
    outcomes: JsonOutcomes,
    more_failures: u64,
    milliseconds: f64,
    cpu_milliseconds: Option<f64>,
    peak_bytes: Option<u64>,
    timed_data_bytes: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonCost {
    #[serde(rename = "memoryMB")]
    memory: u32,
    is_too_small: bool,
    billed_milliseconds: f64,
    #[serde(rename = "invocationsPerGB")]
    invocations: f64,
    #[serde(rename = "durationUsdPerGB")]
    duration: f64,
    #[serde(rename = "requestsUsdPerGB")]
    requests: f64,
    #[serde(rename = "usdPerGB")]
    total: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonAssumptions {
    max_response_bytes: usize,
    headroom_percent: u8,
    timed_batches: u32,
    architecture: &'static str,
    price_gb_second: f64,
    price_request: f64,
    price_source: Option<&'static str>,
    cpu_factor: f64,
    gigabyte_bytes: u64,
    memory_margin: f64,
}

impl SizeReport<'_> {
    /// Returns all measurements and assumptions as JSON.
    pub(super) fn json(&self) -> String {
        let Self { size, sample, findings, notes } = self;
        let report = JsonReport {
            exit_code: exit_code(findings) as u8,
            sample: JsonSample {
                source: if size.direct_put { "DirectPut" } else { "KinesisStream" },
                records: sample.count,
                data_bytes: sample.data_bytes,
                refused: sample.refused.1,
                is_cut: sample.is_cut,
                is_repeated: sample.is_repeated(BufferSize::LARGEST),
            },
            outcomes: findings.survey.as_ref().map(|it| JsonOutcomes::from(it.outcomes)),
            expansion: JsonExpansion {
                data: self.data_expansion(),
                response: self.response_expansion(),
                densest_response: findings.densest_expansion,
            },
            largest_safe: findings.largest_safe.map(BufferSize::megabytes),
            settings: findings.settings.iter().map(|it| self.json_setting(it)).collect(),
            assumptions: self.json_assumptions(),
            notes,
        };
        // A `Value` sorts its keys.
        let report = serde_json::to_value(report).unwrap_or_default();
        format!("{report:#}\n")
    }

    fn json_setting(&self, it: &SettingMeasurement) -> JsonSetting {
        let costs = self.costs(it).unwrap_or_default().into_iter();
        JsonSetting {
            buffer_size: it.setting.megabytes(),
            verdict: match self.findings.verdict(it) {
                SettingVerdict::Safe => "safe",
                SettingVerdict::Fails => "fails",
                SettingVerdict::MoreFailures(_) => "moreFailures",
                SettingVerdict::NoHeadroom => "tooLong",
                SettingVerdict::EventFull => "eventFull",
                SettingVerdict::SmallerIsUnsafe => "smallerIsUnsafe",
            },
            problem: it.result.as_ref().err().map(|it| with_hint(it)),
            records: it.records(),
            data_bytes: it.data_bytes,
            event_bytes: it.event_bytes,
            is_cut_to_event: it.is_cut,
            expected_response_bytes: it.expected_response_bytes,
            measured: it.result.as_ref().ok().map(JsonMeasured::from),
            costs: costs.map(JsonCost::from).collect(),
        }
    }

    fn json_assumptions(&self) -> JsonAssumptions {
        let Self { size, .. } = self;
        let model = size.cost_model();
        JsonAssumptions {
            max_response_bytes: MAX_RESPONSE_BYTES,
            headroom_percent: size.headroom,
            timed_batches: size.repeat,
            architecture: size.architecture().name(),
            price_gb_second: model.prices.gb_second,
            price_request: model.prices.request,
            price_source: (!size.has_own_prices()).then_some(LambdaPrices::SOURCE),
            cpu_factor: model.cpu_factor,
            gigabyte_bytes: CostModel::GIGABYTE as u64,
            memory_margin: CostModel::MEMORY_MARGIN,
        }
    }
}

impl From<Outcomes> for JsonOutcomes {
    fn from(outcomes: Outcomes) -> Self {
        let Outcomes { ok, dropped, processing_failed, not_answered } = outcomes;
        Self { ok, dropped, processing_failed, not_answered }
    }
}

impl From<&Measured> for JsonMeasured {
    fn from(measured: &Measured) -> Self {
        let limit = MAX_RESPONSE_BYTES as u64;
        Self {
            response_bytes: measured.response_bytes,
            response_bytes_left: limit.saturating_sub(measured.response_bytes),
            outcomes: measured.outcomes.into(),
            more_failures: measured.more_failures,
            milliseconds: measured.wall.as_secs_f64() * 1e3,
            cpu_milliseconds: measured.cpu.map(|cpu| cpu.as_secs_f64() * 1e3),
            peak_bytes: measured.peak_bytes,
            timed_data_bytes: measured.timed_data_bytes,
        }
    }
}

impl From<MemoryCost> for JsonCost {
    fn from(MemoryCost { megabytes, is_too_small, cost }: MemoryCost) -> Self {
        Self {
            memory: megabytes,
            is_too_small,
            billed_milliseconds: cost.billed_ms,
            invocations: cost.invocations,
            duration: cost.compute,
            requests: cost.requests,
            total: cost.total(),
        }
    }
}
