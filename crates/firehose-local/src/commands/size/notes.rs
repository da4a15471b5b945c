use firehose_runtime::contract::MAX_RESPONSE_BYTES;
use indicatif::HumanCount;

use super::arguments::Size;
use crate::terminal::plural;
use firehose_delivery::sizing::{BufferSize, CostModel, Findings, LambdaPrices, Sample};

/// Returns the notes below the tables: the assumptions, and the meaning of the figures.
pub(super) fn notes(size: &Size, sample: &Sample, findings: &Findings) -> Vec<String> {
    let mut notes = about_the_sample(size, sample);
    if size.function.pipeline.is_some() {
        notes.push(about_the_pipeline());
    }
    let rule = findings.rule;
    notes.push(format!(
        "A row has the records, bytes and outcomes of the densest batch: the batch of consecutive \
         records of the sample with the longest response. The time is the median, \
         and the CPU time is the mean, of {} from the beginning of the sample. The peak is the \
         largest resident memory of the function.",
        if size.repeat == 1 { "one batch".to_owned() } else { format!("{} batches", size.repeat) }
    ));
    notes.push(format!(
        "A setting is safe if no response has more than {} bytes, if each record that passes \
         in batches of {} MB also passes at this setting, if the event has room for as much data as \
         the setting asks for, and if all smaller settings are safe. The maximum is Lambda's limit of {} bytes minus {} % \
         (--headroom), because records in production may be longer than those of the sample.",
        HumanCount(rule.max_response_bytes()),
        BufferSize::SMALLEST,
        HumanCount(MAX_RESPONSE_BYTES as u64),
        rule.headroom
    ));
    let failed = findings.survey.as_ref().map_or(0, |survey| survey.outcomes.failed());
    if failed > 0 {
        notes.push(format!(
            "{} {} of the sample failed. The answers to failed records have no output, so that \
             responses get longer when such records pass.",
            HumanCount(failed),
            plural(failed, "record")
        ));
    }
    if findings.settings.iter().any(|setting| setting.is_cut) {
        notes.push(
            "*: the event has reached Lambda's limit of 6 MiB, so it has less data than the \
             setting asks for. AWS does not document what Firehose does in this case. `size` and \
             `run` assume that Firehose sends fewer records."
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
            "Not measured: {} {} of the sample that a stream would refuse: {}{more}.",
            HumanCount(*refused),
            plural(*refused, "record"),
            reasons.join(", ")
        ));
    }
    if sample.is_cut {
        notes.push("The input has more records, which `size` did not read.".to_owned());
    }
    if sample.is_repeated(BufferSize::LARGEST) {
        notes.push(
            "The sample is smaller than the largest batch, so `size` repeats it. A larger sample \
             gives better results, because its records vary more."
                .to_owned(),
        );
    }
    let source = if size.direct_put {
        "The function gets events of Direct PUT."
    } else {
        "The function gets events of a Kinesis stream. --direct-put sends events of Direct PUT."
    };
    notes.push(source.to_owned());
    notes
}

fn about_the_pipeline() -> String {
    let build = if cfg!(debug_assertions) {
        " This firehose-local is a debug build, which takes several times as long as the release \
         build that you deploy."
    } else {
        ""
    };
    format!(
        "The process is firehose-local with the pipeline. The memory of the executable \
         firehose-pipeline is a few MB lower.{build}"
    )
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
            "A GB is 10^9 bytes of data in the records that Firehose receives, before base64. Lambda \
             gives a function one CPU for each 1,769 MB of memory. With less than one CPU, \
             computing takes longer than here, and waiting takes as long as here. With more CPUs, a \
             function uses at most as many as it kept busy here. A CPU of Lambda is assumed to take \
             {} times as long as a CPU of this machine (--cpu-factor). Lambda bills by the \
             millisecond.",
            model.cpu_factor
        ),
        format!(
            "A memory size is too small if it is less than {} times the peak. The cost does not \
             include starts of the function, retries, the free tier, logs, or Firehose itself.",
            CostModel::MEMORY_MARGIN
        ),
    ]
}
