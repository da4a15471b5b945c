use firehose_runtime::contract::MAX_RESPONSE_BYTES;
use indicatif::HumanCount;

use super::{Size, findings::Findings};
use firehose_delivery::sizing::{BufferSize, CostModel, Prices, Sample};

/// What the figures rest on, in sentences.
pub(super) fn notes(size: &Size, sample: &Sample, findings: &Findings) -> Vec<String> {
    let mut notes = about_the_sample(size, sample);
    let rule = size.rule();
    notes.push(format!(
        "Each row is the batch of consecutive records of the sample with the longest response; time \
         and CPU are of {} batches from its beginning on, the median and the mean, and peak is the \
         most memory that was resident.",
        size.repeat
    ));
    notes.push(format!(
        "Safe: the response has at most {} bytes, which is Lambda's limit of {} less {} % for records \
         that the sample does not have, and no record fails that does not fail in batches of {} MB.",
        HumanCount(rule.max_response_bytes()),
        HumanCount(MAX_RESPONSE_BYTES as u64),
        rule.headroom,
        BufferSize::SMALLEST
    ));
    if findings.settings.iter().any(|setting| setting.is_cut) {
        notes.push(
            "*: an event had no room for more records, since Lambda takes 6 MiB. AWS does not say \
             what Firehose does then; as in `run`, it is taken to send fewer records."
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
            "{} of the sample could not be put, and are left out: {}{more}.",
            HumanCount(*refused),
            reasons.join(", ")
        ));
    }
    if sample.is_cut {
        notes.push("The sample goes on; more of it was not read.".to_owned());
    }
    if sample.is_repeated(BufferSize::LARGEST) {
        notes.push(
            "The sample is smaller than the largest batch, and is repeated to fill one: a larger \
             sample says more about how records vary."
                .to_owned(),
        );
    }
    let source = if size.direct_put {
        "Records came by Direct PUT."
    } else {
        "Records came from a Kinesis stream; --direct-put sends them without its metadata."
    };
    notes.push(source.to_owned());
    notes
}

fn about_the_cost(size: &Size) -> Vec<String> {
    let model = size.cost_model();
    let source = if size.has_own_prices() { "given, or of " } else { "" };
    vec![
        format!(
            "Prices for {}: ${} a GB-second, ${:.2} a million requests ({source}{}); \
             --price-gb-second and --price-request take others.",
            size.architecture().name(),
            model.prices.gb_second,
            model.prices.request * 1e6,
            Prices::SOURCE
        ),
        format!(
            "A GB is 10^9 bytes of records' data as Firehose gets it. With less than 1,769 MB, a \
             function has that share of a CPU, so the CPU time takes longer and the rest does not; \
             with more, it has no use for more CPUs than it kept busy here. Lambda's CPU is taken to \
             need {} times the time of this machine's (--cpu-factor). Duration is billed by the \
             millisecond.",
            model.cpu_factor
        ),
        format!(
            "Too small: less than {} times the peak. Not included: starts of the function, retries, \
             the free tier, logs, and what Firehose itself costs.",
            CostModel::MEMORY_MARGIN
        ),
    ]
}
