use super::position_at::position_at;

/// Returns the line and the column of the last top-level field with this name, each counted from 1.
///
/// Finds fields in block style (`input: json` at the start of a line) and, if the whole file is in
/// braces, in flow style (`{input: json}`). The name may have quotes.
pub(super) fn field_position(text: &str, field: &str) -> Option<(usize, usize)> {
    let offset = match text.trim_start().starts_with('{') {
        true => flow_keys(text).filter(|at| is_key(&text[*at..], field)).last(),
        false => line_starts(text).filter(|at| is_key(&text[*at..], field)).last(),
    }?;
    Some(position_at(text, offset))
}

/// Returns `true` if the text begins with this key and a colon.
fn is_key(text: &str, field: &str) -> bool {
    let after_key = ["", "\"", "'"]
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_prefix(field)?.strip_prefix(quote));
    after_key.is_some_and(|rest| rest.trim_start_matches(' ').starts_with(':'))
}

fn line_starts(text: &str) -> impl Iterator<Item = usize> {
    [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1))
}

/// Returns the offsets at which the keys and the values of the outermost braces begin.
fn flow_keys(text: &str) -> impl Iterator<Item = usize> {
    let (mut depth, mut quote, mut begins) = (0_usize, None, false);
    text.char_indices().filter_map(move |(at, found)| {
        if quote.is_some() {
            quote = quote.filter(|quote| *quote != found);
            return None;
        }
        let is_start = begins && !found.is_whitespace();
        begins = begins && found.is_whitespace();
        match found {
            '"' | '\'' if is_start => quote = Some(found),
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        begins |= matches!(found, '{' | '[' | ',' | ':');
        (is_start && depth == 1).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::field_position;

    #[test]
    fn a_field_is_found_in_block_and_in_flow_style() {
        for (text, expected) in [
            ("input: json", Some((1, 1))),
            ("steps: []\ninput: json\n", Some((2, 1))),
            ("\"input\": json", Some((1, 1))),
            ("input : json\ninput: text", Some((2, 1))),
            ("inputs: json", None),
            ("steps:\n  input: json", None),
            ("{input: json}", Some((1, 2))),
            ("\n{ 'steps': [], \"input\": json }", Some((2, 16))),
            ("{steps: [{input: x}], output: input}", None),
            ("{steps: ['é{', \"input:\"],\n input: json}", Some((2, 2))),
            ("{é: 1, input: json}", Some((1, 8))),
            ("", None),
        ] {
            assert_eq!(field_position(text, "input"), expected, "{text}");
        }
    }
}
