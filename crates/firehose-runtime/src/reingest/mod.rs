#![doc = include_str!("../docs/reingest.md")]

#[cfg(feature = "reingest")]
mod arn;
#[cfg(feature = "reingest")]
mod attempt;
#[cfg(feature = "reingest")]
mod aws;
#[cfg(feature = "reingest")]
mod backoff;
#[cfg(feature = "reingest")]
mod clients;
#[cfg(feature = "reingest")]
mod entry;
#[cfg(feature = "reingest")]
mod failed;
pub(crate) mod origin;
#[cfg(feature = "reingest")]
mod put;
pub(crate) mod sink;
#[cfg(feature = "reingest")]
mod target;

#[cfg(feature = "reingest")]
pub use aws::AwsReingest;
pub use origin::Origin;
pub use sink::Reingest;
