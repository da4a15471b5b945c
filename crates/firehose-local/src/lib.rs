#![doc = include_str!("docs/overview.md")]

mod cli;
mod commands;
mod exit_code;
mod hint;
mod interrupt;
mod package;
mod terminal;
mod usage_error;

pub use cli::Cli;
pub use exit_code::ExitCode;

#[cfg(doc)]
#[doc = include_str!("docs/delivery.md")]
pub mod deliveries {}

#[cfg(doc)]
#[doc = include_str!("docs/doctor.md")]
pub mod examinations {}

#[cfg(doc)]
#[doc = include_str!("docs/json.md")]
pub mod json {}

#[cfg(doc)]
#[doc = include_str!("docs/platforms.md")]
pub mod platforms {}

#[cfg(doc)]
#[doc = include_str!("docs/replay.md")]
pub mod replaying {}

#[cfg(doc)]
#[doc = include_str!("docs/size.md")]
pub mod sizes {}

/// The code of the README, which the doc tests compile. Packages do not contain the README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
