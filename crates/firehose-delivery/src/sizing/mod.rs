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

pub use batches::Batches;
pub use buffer_size::BufferSize;
pub use cost::{Architecture, BatchTime, Cost, CostModel, Prices};
pub use measurer::Measurer;
pub use problem::Problem;
pub use process_usage::ProcessUsage;
pub use safe_setting::{AnswerSizes, SafetyRule};
pub use sample::{PutTo, Sample};
pub use setting_measurement::{Measured, SettingMeasurement, Verdict};
pub use survey::Survey;
