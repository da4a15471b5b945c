use super::position_at::position_at;
use crate::error::PipelineError;

/// The maximum size of a pipeline file: 1 MiB.
const MAX_BYTES: usize = 1 << 20;

/// The maximum number of brackets and braces that are open at the same time.
const MAX_DEPTH: usize = 128;

/// Checks the size and the depth of a file before the YAML parser reads it. The parser takes time in
/// proportion to the product of both.
///
/// Brackets in quotes and comments count, too.
pub(super) fn check_limits(text: &str) -> Result<(), PipelineError> {
    if text.len() > MAX_BYTES {
        let message = format!(
            "the file has {} bytes; a pipeline file has at most {MAX_BYTES} bytes (1 MiB)",
            text.len()
        );
        return Err(PipelineError::new(0, 0, message));
    }
    let mut depth = 0_usize;
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            let (line, column) = position_at(text, offset);
            let message = format!(
                "more than {MAX_DEPTH} brackets and braces are open here; close them, or nest the \
                 values less"
            );
            return Err(PipelineError::new(line, column, message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_large_or_too_deep_is_refused() {
        check_limits(&"#".repeat(MAX_BYTES)).unwrap();
        let error = check_limits(&"#".repeat(MAX_BYTES + 1)).unwrap_err();
        let expected =
            "the file has 1048577 bytes; a pipeline file has at most 1048576 bytes (1 MiB)";
        assert_eq!(error.to_string(), expected);

        check_limits(&"[".repeat(MAX_DEPTH)).unwrap();
        check_limits(&"[]{}".repeat(1000)).unwrap();
        let deep = format!("steps:\n  {}", "[{".repeat(50_000));
        let error = check_limits(&deep).unwrap_err();
        assert_eq!((error.line(), error.column()), (2, 131));
        assert!(error.message().starts_with("more than 128 brackets and braces"), "{error}");
    }
}
