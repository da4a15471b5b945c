use std::{env, str::FromStr};

use tracing::Level;
use tracing_subscriber::{
    Layer, filter::Targets, fmt, fmt::time::SystemTime, layer::SubscriberExt, registry,
    util::SubscriberInitExt,
};

/// Logs to standard output: JSON lines if Lambda's log format is JSON, else text.
///
/// Keeps a subscriber that is already installed.
pub(super) fn init() {
    let variable = |name| env::var(name).ok();
    let level = level(variable("AWS_LAMBDA_LOG_LEVEL"), variable("RUST_LOG"));
    let json = env::var("AWS_LAMBDA_LOG_FORMAT").is_ok_and(|it| it.eq_ignore_ascii_case("json"));
    // At TRACE, lambda_runtime logs every event with its payload.
    let levels = Targets::new()
        .with_default(level)
        .with_target("lambda_runtime", level.min(Level::DEBUG))
        .with_target("hyper", level.min(Level::DEBUG))
        .with_target("hyper_util", level.min(Level::DEBUG));
    let lines = fmt::layer().with_target(false).with_ansi(false).with_timer(SystemTime);
    let lines = if json { lines.json().with_span_list(false).boxed() } else { lines.boxed() };
    // This fails only if a subscriber is installed already.
    let _ = registry().with(lines.with_filter(levels)).try_init();
}

/// Returns the level of Lambda's log controls, or the first level without a target in `RUST_LOG`.
///
/// Default: `INFO`.
fn level(lambda: Option<String>, rust: Option<String>) -> Level {
    let plain = |text: &str| match text.trim() {
        // Lambda's most severe level, which tracing lacks.
        fatal if fatal.eq_ignore_ascii_case("fatal") => Some(Level::ERROR),
        level => Level::from_str(level).ok(),
    };
    lambda
        .and_then(|level| plain(&level))
        .or_else(|| rust?.split(',').find_map(plain))
        .unwrap_or(Level::INFO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambdas_level_takes_precedence_over_rust_log() {
        for (lambda, rust, expected) in [
            (None, None, Level::INFO),
            (Some("DEBUG"), Some("warn"), Level::DEBUG),
            (Some("FATAL"), None, Level::ERROR),
            (Some("nonsense"), Some("warn"), Level::WARN),
            (None, Some("hyper=off, debug"), Level::DEBUG),
            (None, Some("hyper=off"), Level::INFO),
        ] {
            let owned = |it: Option<&str>| it.map(str::to_owned);
            assert_eq!(level(owned(lambda), owned(rust)), expected, "{lambda:?} {rust:?}");
        }
    }
}
