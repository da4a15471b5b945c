use std::path::PathBuf;

use clap::{ArgGroup, Args};

use super::architecture::ArchitectureArg;
use crate::{
    commands::{
        function_args::{ExecutableArgs, TimeoutArgs},
        input_format::InputFormatArg,
    },
    exit_code::{Detailed, ExitCode},
};
use firehose_delivery::sizing::{Architecture, CostModel, LambdaPrices, PutTo, SafetyRule};

/// Measure a function, and find its largest safe buffer setting and its cost
///
/// Invokes the function with batches of a sample of your records. Tries several settings of
/// Firehose's Lambda buffer (BufferSizeInMBs), each with batches of its size. Reports how
/// much longer the outputs are than the records, and the largest setting at which every response
/// fits into Lambda's limit. Also reports the time and memory of a batch, and Lambda's cost for a
/// GB of records at several memory sizes. The report lists its assumptions.
///
/// --package, --binary or --handler starts a process. A package is built in release mode.
/// Build an executable in the same way as for production. --pipeline starts firehose-local itself
/// as a process that runs the pipeline. A function at a URL cannot be measured. Run nothing else on
/// this machine, because time, CPU and memory are measured here. CPU and memory are measured on
/// Linux only.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("function").required(true).args(["package", "binary", "handler", "pipeline"])))]
// The usage of clap would be one line of more than 100 columns.
#[command(override_usage = "firehose-local size [OPTIONS]\n       \
    <--package|--binary|--handler|--pipeline> [SAMPLE]...")]
#[command(after_help = ExitCode::after_help(EXAMPLES, EXIT_CODES))]
pub(crate) struct Size {
    /// Files, or folders of files, with the records; - for standard input
    ///
    /// A large sample with the variety of production gives the best results. `size` repeats a small
    /// sample until it fills a batch. `size` stops reading when the sample, in the form of events,
    /// reaches 32 MiB.
    #[arg(default_value = "-")]
    pub(super) sample: Vec<PathBuf>,

    /// Format of the sample
    #[arg(long, value_enum, default_value = "lines")]
    pub(super) format: InputFormatArg,

    /// Send events of Direct PUT, instead of the longer events of a Kinesis stream
    #[arg(long)]
    pub(super) direct_put: bool,

    /// Print all measurements and assumptions as JSON
    #[arg(long)]
    pub(super) json: bool,

    #[command(flatten)]
    pub(super) function: ExecutableArgs,

    #[command(flatten)]
    pub(super) timeout: TimeoutArgs,

    /// Number of timed batches at each setting
    #[arg(long, value_name = "NUMBER", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) repeat: u32,

    /// Part of Lambda's response limit that a safe response leaves free, in percent
    ///
    /// Records in production may be longer than those of the sample.
    #[arg(long, value_name = "PERCENT", default_value_t = 10,
          value_parser = clap::value_parser!(u8).range(0..=90))]
    pub(super) headroom: u8,

    #[command(flatten)]
    cost: CostArgs,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Cost")]
struct CostArgs {
    /// Architecture for the prices [default: the architecture of this machine]
    #[arg(long, value_enum)]
    architecture: Option<ArchitectureArg>,

    /// Price of a GB-second of memory, instead of the price in us-east-1
    #[arg(long, value_name = "USD", value_parser = parse_price)]
    price_gb_second: Option<f64>,

    /// Price of one request, instead of the price in us-east-1
    #[arg(long, value_name = "USD", value_parser = parse_price)]
    price_request: Option<f64>,

    /// Ratio of the CPU time on Lambda to the CPU time on this machine
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = parse_factor)]
    cpu_factor: f64,
}

impl Size {
    pub(super) fn put_to(&self) -> PutTo {
        if self.direct_put { PutTo::DeliveryStream } else { PutTo::KinesisStream }
    }

    pub(super) fn rule(&self) -> SafetyRule {
        SafetyRule { headroom: self.headroom }
    }

    pub(super) fn architecture(&self) -> Architecture {
        self.cost.architecture.map_or_else(Architecture::here, Into::into)
    }

    /// Returns `true` if an option replaces a built-in price.
    pub(super) fn has_own_prices(&self) -> bool {
        self.cost.price_gb_second.is_some() || self.cost.price_request.is_some()
    }

    pub(super) fn cost_model(&self) -> CostModel {
        let known = LambdaPrices::of(self.architecture());
        let prices = LambdaPrices {
            gb_second: self.cost.price_gb_second.unwrap_or(known.gb_second),
            request: self.cost.price_request.unwrap_or(known.request),
        };
        CostModel { prices, cpu_factor: self.cost.cpu_factor }
    }
}

fn parse_price(text: &str) -> Result<f64, String> {
    let price = text.parse().ok().filter(|price: &f64| price.is_finite() && *price >= 0.0);
    price.ok_or_else(|| "must be a number of US dollars, such as 0.0000166667".to_owned())
}

fn parse_factor(text: &str) -> Result<f64, String> {
    let factor = text.parse().ok().filter(|factor| (0.01..=100.0).contains(factor));
    factor.ok_or_else(|| "must be a number from 0.01 to 100".to_owned())
}

const EXAMPLES: &str = "\
Examples:
  A package of this workspace, and a file with one record per line:
    firehose-local size --package square-values readings.jsonl
  A bootstrap in any language, and captured Firehose events:
    firehose-local size --binary ./bootstrap --format events captured/*.json
  A handler in Python; app.py is in the folder src:
    firehose-local size --handler app.lambda_handler --code src readings.jsonl
  A pipeline file:
    firehose-local size --pipeline pipeline.yaml readings.jsonl
  The prices of another region, on Arm, as JSON:
    firehose-local size --binary ./bootstrap --architecture arm64 \\
        --price-gb-second 0.0000166667 --price-request 0.00000023 --json readings.jsonl
  A CPU on Lambda that takes 1.5 times as long as the CPU of this machine:
    firehose-local size --package square-values --cpu-factor 1.5 readings.jsonl";

const EXIT_CODES: &[Detailed] = &[
    (ExitCode::Interrupted, ""),
    (ExitCode::Faulty, ""),
    (ExitCode::BadUsage, "also if no record of the sample has data"),
    (ExitCode::CouldNotStart, ""),
    (ExitCode::ContractViolated, "for example, a record has no answer"),
    (ExitCode::FunctionError, "in `size`: no setting is known to be safe"),
    (ExitCode::Ok, "at least one setting is safe"),
];
