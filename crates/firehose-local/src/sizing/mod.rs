//! What a function takes for batches of each size, measured by running it, and what follows from
//! that: the largest buffer setting that is safe, and what Lambda will cost. `docs/size.md` says
//! by which rules.

mod batches;
mod buffer_size;
mod cost;
mod measurer;
mod problem;
mod process_usage;
mod safe_setting;
mod sample;
mod setting_measurement;
mod survey;

pub(crate) use batches::Batches;
pub(crate) use buffer_size::BufferSize;
pub(crate) use cost::{Architecture, BatchTime, Cost, CostModel, Prices};
pub(crate) use measurer::Measurer;
pub(crate) use problem::Problem;
pub(crate) use process_usage::ProcessUsage;
pub(crate) use safe_setting::{AnswerSizes, SafetyRule};
pub(crate) use sample::{PutTo, Sample};
pub(crate) use setting_measurement::{Measured, SettingMeasurement, Verdict};
pub(crate) use survey::Survey;
