/// Returns a noun in the form that fits a count: `record` for 1, else `records`.
pub(crate) fn plural(count: u64, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{noun}{s}")
}

/// Returns a count and its noun, such as `2 records`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {}", plural(count, noun))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let all = [0, 1, 2].map(|count| counted(count, "record"));
        assert_eq!(all, ["0 records", "1 record", "2 records"]);
    }
}
