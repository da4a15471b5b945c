use std::ops::RangeInclusive;

const HIGH: RangeInclusive<u16> = 0xd800..=0xdbff;
const LOW: RangeInclusive<u16> = 0xdc00..=0xdfff;

/// The length of an escape such as `\ud800`.
const ESCAPE: usize = 6;

/// Returns a JSON string in which the escape of each unpaired half of a surrogate pair is text:
/// `"\uD800"` becomes `"\\ud800"`.
///
/// JSON allows half of a pair, but a Rust string cannot hold one. `json` must be valid.
pub(super) fn without_lone_surrogates(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 1);
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match unit(rest) {
            None => 2,
            Some(high) if HIGH.contains(&high) && is_low(&rest[ESCAPE..]) => 2 * ESCAPE,
            Some(half) if HIGH.contains(&half) || LOW.contains(&half) => {
                text.push_str(&format!(r"\\u{half:04x}"));
                rest = &rest[ESCAPE..];
                continue;
            }
            Some(_) => ESCAPE,
        };
        let (escape, after) = rest.split_at(length);
        text.push_str(escape);
        rest = after;
    }
    text + rest
}

fn is_low(text: &str) -> bool {
    unit(text).is_some_and(|unit| LOW.contains(&unit))
}

/// Returns the UTF-16 unit of an escape such as `\ud800` at the start of a text.
fn unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix(r"\u")?.get(..4)?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_halves_change() {
        for (json, expected) in [
            (r#""""#, r#""""#),
            (r#""é\n\\ud800\u0041\ud83d\ude00""#, r#""é\n\\ud800\u0041\ud83d\ude00""#),
            (r#""\uD800""#, r#""\\ud800""#),
            (r#""\udc00\ud800é""#, r#""\\udc00\\ud800é""#),
            (r#""\ud800\ud83d\ude00\udfff\n""#, r#""\\ud800\ud83d\ude00\\udfff\n""#),
        ] {
            assert_eq!(without_lone_surrogates(json), expected, "{json}");
            assert!(serde_json::from_str::<String>(expected).is_ok(), "{expected}");
        }
    }
}
