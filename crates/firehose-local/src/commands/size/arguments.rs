use std::path::{Path, PathBuf};

use clap::Args;

use super::{super::input_format::InputFormatArg, architecture::ArchitectureArg};
use crate::package::{self, Target};
use firehose_delivery::{
    function::StartError,
    sizing::{Architecture, CostModel, Prices, PutTo, SafetyRule},
};

/// Measure a function: safe buffer settings, time, memory, cost
///
/// Runs the function over batches of a sample of your records, one size of batch for each setting
/// of Firehose's Lambda buffer (BufferSizeInMBs), and says how much longer the records get, how long
/// the response is, which setting is the largest that is safe, how much time and memory a batch
/// takes, and what Lambda will cost for a GB of records at several memory sizes. What is assumed
/// is printed too.
///
/// The function is the process that --package or --binary starts; one that runs elsewhere cannot be
/// measured. Time, CPU and memory are those of this machine, so let nothing else run on it. CPU and
/// memory can be read on Linux only.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  A package of this workspace, with what a producer writes, a record a line:
    firehose-local size --package square-values readings.jsonl
  A bootstrap in any language, with captured Firehose events:
    firehose-local size --binary ./bootstrap --format events captured/*.json
  With the prices of another region, on Arm, for a program:
    firehose-local size --binary ./bootstrap --architecture arm64 \\
        --price-gb-second 0.0000166667 --price-request 0.00000023 --json readings.jsonl
  A function that is measured here, and will run on a CPU that takes half as long again:
    firehose-local size --package square-values --cpu-factor 1.5 readings.jsonl

Exit codes:
  0    measured, and a setting is safe
  1    the function leaves records without an answer, or Firehose would reject its responses
  2    bad usage: arguments, or a sample that cannot be read or has no record with data
  3    no setting is safe: the function fails, or its responses are too long
  4    the function could not be built or started
  130  interrupted by a signal, Ctrl-C for one")]
pub(crate) struct Size {
    /// Files, or folders of files, with the records; - for standard input
    ///
    /// The more there are, and the more they differ as they do in production, the better. A few are
    /// repeated until they fill a batch. Of many, the first that make 32 MiB of events are taken.
    #[arg(default_value = "-")]
    pub(super) sample: Vec<PathBuf>,

    /// How records stand in the sample
    #[arg(long, value_enum, default_value = "lines")]
    pub(super) format: InputFormatArg,

    /// Send them as Firehose does when producers put records to the delivery stream itself, and
    /// not as from a Kinesis stream, whose events are longer
    #[arg(long)]
    pub(super) direct_put: bool,

    /// Print all that was measured as JSON
    #[arg(long)]
    pub(super) json: bool,

    #[command(flatten)]
    function: Measurable,

    /// Seconds that the function may take to start, and again to answer
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) timeout: u64,

    /// Batches that are timed at each setting
    #[arg(long, value_name = "NUMBER", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(super) repeat: u32,

    /// Percent of Lambda's limit that a safe response leaves free, for records that the sample
    /// does not have
    #[arg(long, value_name = "PERCENT", default_value_t = 10,
          value_parser = clap::value_parser!(u8).range(0..=90))]
    pub(super) headroom: u8,

    #[command(flatten)]
    cost: CostArgs,
}

#[derive(Args, Debug)]
#[group(id = "measurable", required = true, multiple = false, args = ["package", "binary"])]
struct Measurable {
    /// Build this package of the workspace, in release mode, and measure it
    #[arg(long, value_name = "NAME")]
    package: Option<String>,

    /// Measure this executable: a `bootstrap` in any language, built as it will be deployed
    #[arg(long, value_name = "PATH")]
    binary: Option<PathBuf>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Cost")]
struct CostArgs {
    /// Whose prices to take [default: that of this machine]
    #[arg(long, value_enum)]
    architecture: Option<ArchitectureArg>,

    /// Price of a GB-second of memory, in place of that of us-east-1
    #[arg(long, value_name = "USD", value_parser = parse_price)]
    price_gb_second: Option<f64>,

    /// Price of one request, in place of that of us-east-1
    #[arg(long, value_name = "USD", value_parser = parse_price)]
    price_request: Option<f64>,

    /// How many times as long as here the CPU takes on Lambda
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

    /// Whether the prices are those that the program knows.
    pub(super) fn has_own_prices(&self) -> bool {
        self.cost.price_gb_second.is_some() || self.cost.price_request.is_some()
    }

    pub(super) fn cost_model(&self) -> CostModel {
        let known = Prices::of(self.architecture());
        let prices = Prices {
            gb_second: self.cost.price_gb_second.unwrap_or(known.gb_second),
            request: self.cost.price_request.unwrap_or(known.request),
        };
        CostModel { prices, cpu_factor: self.cost.cpu_factor }
    }

    /// The executable, built first if it is a package.
    pub(super) async fn executable(&self) -> Result<PathBuf, StartError> {
        match (&self.function.binary, &self.function.package) {
            (Some(binary), _) => Ok(binary.clone()),
            (None, package) => {
                let package = Target::Package(package.as_deref().unwrap_or_default());
                package::build(package, true, Path::new(".")).await
            }
        }
    }
}

fn parse_price(text: &str) -> Result<f64, String> {
    let price = text.parse().ok().filter(|price: &f64| price.is_finite() && *price >= 0.0);
    price.ok_or_else(|| "must be a number of US dollars, such as 0.0000166667".to_owned())
}

fn parse_factor(text: &str) -> Result<f64, String> {
    let factor = text.parse().ok().filter(|factor| (0.01..=100.0).contains(factor));
    factor.ok_or_else(|| "must be a number of 0.01 to 100".to_owned())
}
