use firehose_runtime::contract::MAX_RESPONSE_BYTES;
use serde_json::{Value, json};

use super::report::Report;
use firehose_delivery::sizing::{BufferSize, CostModel, Prices, SettingMeasurement, Verdict};

impl Report<'_> {
    /// All that was measured and assumed, for programs.
    pub(super) fn json(&self) -> String {
        let Self { size, sample, findings, notes } = self;
        let model = size.cost_model();
        let settings: Vec<_> = findings.settings.iter().map(|it| self.setting_json(it)).collect();
        let outcomes = findings.survey.as_ref().map(|survey| survey.outcomes);
        let report = json!({
            "exitCode": findings.code() as u8,
            "sample": {
                "source": if size.direct_put { "DirectPut" } else { "KinesisStream" },
                "records": sample.count,
                "dataBytes": sample.data_bytes,
                "refused": sample.refused.1,
                "isCut": sample.is_cut,
                "isRepeated": sample.is_repeated(BufferSize::LARGEST),
            },
            "outcomes": outcomes.map(|it| json!({
                "ok": it.ok,
                "dropped": it.dropped,
                "processingFailed": it.processing_failed,
                "notAnswered": it.not_answered,
            })),
            "expansion": {
                "data": self.data_expansion(),
                "response": self.response_expansion(),
                "densestResponse": findings.densest_expansion,
            },
            "largestSafeBufferSizeInMBs": findings.largest_safe.map(BufferSize::megabytes),
            "settings": settings,
            "assumptions": {
                "maxResponseBytes": MAX_RESPONSE_BYTES,
                "headroomPercent": size.headroom,
                "timedBatches": size.repeat,
                "architecture": size.architecture().name(),
                "priceGbSecond": model.prices.gb_second,
                "priceRequest": model.prices.request,
                "priceSource": if size.has_own_prices() { Value::Null } else { Prices::SOURCE.into() },
                "cpuFactor": model.cpu_factor,
                "gigabyteBytes": CostModel::GIGABYTE as u64,
                "memoryMargin": CostModel::MEMORY_MARGIN,
            },
            "notes": notes,
        });
        format!("{report:#}\n")
    }

    fn setting_json(&self, it: &SettingMeasurement) -> Value {
        let verdict = it.verdict(self.size.rule());
        let mut json = json!({
            "bufferSizeInMBs": it.setting.megabytes(),
            "verdict": match verdict {
                Verdict::Safe => "safe",
                Verdict::Fails => "fails",
                Verdict::MoreFailures(_) => "moreFailures",
                Verdict::NoHeadroom => "tooLong",
                Verdict::EventFull => "eventFull",
            },
            "problem": it.result.as_ref().err().map(ToString::to_string),
            "records": it.records(),
            "dataBytes": it.data_bytes,
            "eventBytes": it.event_bytes,
            "isCutToEvent": it.is_cut,
            "expectedResponseBytes": it.expected_response_bytes,
        });
        if let Ok(measured) = &it.result {
            let left = MAX_RESPONSE_BYTES as u64;
            json["responseBytes"] = measured.response_bytes.into();
            json["responseBytesLeft"] = left.saturating_sub(measured.response_bytes).into();
            json["ok"] = measured.outcomes.ok.into();
            json["dropped"] = measured.outcomes.dropped.into();
            json["processingFailed"] = measured.outcomes.processing_failed.into();
            json["notAnswered"] = measured.outcomes.not_answered.into();
            json["moreFailures"] = measured.more_failures.into();
            json["milliseconds"] = (measured.wall.as_secs_f64() * 1e3).into();
            json["cpuMilliseconds"] = measured.cpu.map(|cpu| cpu.as_secs_f64() * 1e3).into();
            json["peakBytes"] = measured.peak_bytes.into();
            json["timedDataBytes"] = measured.timed_data_bytes.into();
        }
        let costs =
            self.costs(it).unwrap_or_default().into_iter().map(|(memory, too_small, cost)| {
                json!({
                    "memoryMB": memory,
                    "isTooSmall": too_small,
                    "billedMilliseconds": cost.billed_ms,
                    "invocationsPerGB": cost.invocations,
                    "durationUsdPerGB": cost.compute,
                    "requestsUsdPerGB": cost.requests,
                    "usdPerGB": cost.total(),
                })
            });
        json["costs"] = costs.collect();
        json
    }
}
