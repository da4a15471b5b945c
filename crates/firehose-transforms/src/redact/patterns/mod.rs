//! The built-in detectors. Each finds the ranges of one kind of secret in a decoded text, in time
//! proportional to the length of the text.

pub(super) mod aws_keys;
pub(super) mod boundary;
pub(super) mod credit_card;
pub(super) mod email;
pub(super) mod ipv4;
pub(super) mod ipv6;
pub(super) mod jwt;
pub(super) mod phone;
