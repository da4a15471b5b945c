#![doc = include_str!("docs/overview.md")]
