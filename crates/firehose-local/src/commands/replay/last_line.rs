use firehose_delivery::replay::LastLine;

/// Parses the value of `--after`: the name of an object, a colon and the number of a line.
pub(super) fn parse_last_line(text: &str) -> Result<LastLine, String> {
    text.rsplit_once(':')
        .and_then(|(object, line)| Some((object, line.parse().ok().filter(|line| *line > 0)?)))
        .filter(|(object, _)| !object.is_empty())
        .map(|(object, line)| LastLine { object: object.to_owned(), line })
        .ok_or_else(|| "must be an object and the number of a line, such as errors/1:7".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_colon_precedes_the_number() {
        let parsed = parse_last_line("s3://b/a:b:12").unwrap();
        assert_eq!((&*parsed.object, parsed.line), ("s3://b/a:b", 12));
        for text in ["", "a", "a:", ":1", "a:0", "a:-1", "a:b"] {
            assert!(parse_last_line(text).is_err(), "{text}");
        }
    }
}
