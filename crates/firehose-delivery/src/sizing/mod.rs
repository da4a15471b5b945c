//! Measurements of a function in batches of each size, and the conclusions from them: the largest
//! safe buffer setting, and the cost on Lambda.
//!
//! [`Sample`] reads the records, [`Batches`] divides the records, [`Measurer`] runs the function,
//! [`SafetyRule`] chooses the setting, and [`CostModel`] computes the cost. The crate docs of
//! `firehose-local` explain the rules in the module `sizes`.

mod architecture;
mod batches;
mod buffer_size;
mod cost;
mod findings;
mod lambda_prices;
mod measurer;
mod problem;
mod process_usage;
mod put_to;
mod safe_setting;
mod sample;
mod setting_measurement;
mod survey;

pub use architecture::Architecture;
pub use batches::Batches;
pub use buffer_size::BufferSize;
pub use cost::{BatchTime, Cost, CostModel};
pub use findings::Findings;
pub use lambda_prices::LambdaPrices;
pub use measurer::Measurer;
pub use problem::Problem;
pub use put_to::{PutTo, SampleStream};
pub use safe_setting::{AnswerSizes, SafetyRule};
pub use sample::Sample;
pub use setting_measurement::{Measured, SettingMeasurement, SettingVerdict};
pub use survey::{Outcomes, Survey};
