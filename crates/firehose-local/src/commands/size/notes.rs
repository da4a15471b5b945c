use firehose_runtime::contract::MAX_RESPONSE_BYTES;
use indicatif::HumanCount;

use super::arguments::Size;
use firehose_delivery::sizing::{BufferSize, CostModel, Findings, LambdaPrices, Sample};

/// Returns the assumptions and the meaning of the figures, in sentences.
pub(super) fn notes(size: &Size, sample: &Sample, findings: &Findings) -> Vec<String> {
    let mut notes = about_the_sample(size, sample);
    let rule = size.rule();
    notes.push(format!(
        "Each row shows the densest batch: the consecutive records of the sample that have the \
         longest response. Time is the median, and CPU the mean, of {} from the beginning of the \
         sample. Peak is the largest resident memory.",
        if size.repeat == 1 { "one batch".to_owned() } else { format!("{} batches", size.repeat) }
    ));
    notes.push(format!(
        "Safe: the response has at most {} bytes (Lambda's limit of {} less {} % for records that \
         the sample does not contain), and every record that passes in batches of {} MB passes \
         too.",
        HumanCount(rule.max_response_bytes()),
        HumanCount(MAX_RESPONSE_BYTES as u64),
        rule.headroom,
        BufferSize::SMALLEST
    ));
    if findings.settings.iter().any(|setting| setting.is_cut) {
        notes.push(
            "*: an event has no room for more records, since Lambda accepts at most 6 MiB. AWS \
             does not document what Firehose does in this case; as in `run`, we assume that it \
             sends fewer records."
                .to_owned(),
        );
    }
    if findings.recommended().is_some() {
        notes.extend(about_the_cost(size));
    }
    notes
}

fn about_the_sample(size: &Size, sample: &Sample) -> Vec<String> {
    let mut notes = Vec::new();
    let (reasons, refused) = &sample.refused;
    if *refused > 0 {
        let more = if *refused > reasons.len() as u64 { ", ..." } else { "" };
        notes.push(format!(
            "{} records of the sample were refused, and are left out: {}{more}.",
            HumanCount(*refused),
            reasons.join(", ")
        ));
    }
    if sample.is_cut {
        notes.push("The input has more records, which were not read.".to_owned());
    }
    if sample.is_repeated(BufferSize::LARGEST) {
        notes.push(
            "The sample is smaller than the largest batch, and is repeated to fill it. A larger \
             sample shows better how records vary."
                .to_owned(),
        );
    }
    let source = if size.direct_put {
        "The events are those of Direct PUT."
    } else {
        "The events are those of a Kinesis stream; --direct-put sends the events of Direct PUT."
    };
    notes.push(source.to_owned());
    notes
}

fn about_the_cost(size: &Size) -> Vec<String> {
    let model = size.cost_model();
    let source = if size.has_own_prices() { "set by options, or else " } else { "" };
    vec![
        format!(
            "Prices for {}: ${} a GB-second, ${:.2} a million requests ({source}{}). \
             --price-gb-second and --price-request replace them.",
            size.architecture().name(),
            model.prices.gb_second,
            model.prices.request * 1e6,
            LambdaPrices::SOURCE
        ),
        format!(
            "A GB is 10^9 bytes of records' data as Firehose receives it. With less than 1,769 MB, \
             a function has a share of a CPU: computing takes longer, and waiting takes as long as \
             here. With more memory, a function uses at most the CPUs that it kept busy here. The \
             CPU of Lambda is assumed to take {} times as long as the CPU of this machine \
             (--cpu-factor). Lambda bills by the millisecond.",
            model.cpu_factor
        ),
        format!(
            "Too small: less than {} times the peak. The cost does not include starts of the \
             function, retries, the free tier, logs, and Firehose itself.",
            CostModel::MEMORY_MARGIN
        ),
    ]
}
