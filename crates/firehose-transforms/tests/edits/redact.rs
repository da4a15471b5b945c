//! Properties of the module `redact`.

use firehose_transforms::{
    paths::FieldPath,
    redact::{Detector, Detectors, Hash, HashKey, Mask, Redact},
};
use proptest::prelude::*;

use crate::json_model::{Json, json_text, path_text};

/// Secrets, parts of secrets, and characters that occur next to secrets.
const FRAGMENTS: [&str; 43] = [
    "ana@example.com",
    "a",
    "@",
    ".",
    "example.com",
    "192.0.2.1",
    "192.0.2",
    "1",
    "0",
    ":",
    "::",
    "2001:db8::1",
    "fe80::1%eth0",
    "::ffff:",
    "4111 1111 1111 1111",
    "4111111111111111",
    "3782",
    " ",
    "-",
    "+",
    "+1 212 555 0100",
    "(212) 555-0100",
    "212-555-0100",
    "(",
    ")",
    "eyJhbGciOiJIUzI1NiJ9",
    "eyJ",
    "AKIAIOSFODNN7EXAMPLE",
    "AKIA",
    "_",
    "é",
    "😀",
    "\"",
    "\\",
    "\n",
    "\\n",
    "\\u00e9",
    "\\u0040",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "/",
    "=",
    "x",
    "[REDACTED:email]",
];

fn text_with_secrets() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::collection::vec(prop::sample::select(FRAGMENTS.to_vec()), 0..12)
            .prop_map(|fragments| fragments.concat()),
        r"[0-9a-f:.@ +()-]{0,40}",
        ".{0,40}",
    ]
}

fn all_detectors() -> Vec<Detector> {
    Detector::NAMES.iter().map(|name| Detector::from_name(name).unwrap()).collect()
}

fn detectors() -> Detectors {
    Detectors::new(all_detectors()).unwrap()
}

/// Returns a text as a JSON string in which some characters are escaped without need.
fn literal(text: &str, escaped: &[bool]) -> String {
    let mut flags = escaped.iter().cycle();
    let mut literal = String::from("\"");
    for character in text.chars() {
        if *flags.next().unwrap() {
            for unit in character.encode_utf16(&mut [0; 2]) {
                literal.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            let quoted = serde_json::to_string(&character).unwrap();
            literal.push_str(&quoted[1..quoted.len() - 1]);
        }
    }
    literal + "\""
}

/// Returns `true` if two trees differ only in the text of strings.
fn have_same_structure(before: &Json, after: &Json) -> bool {
    match (before, after) {
        (Json::Scalar(before), Json::Scalar(after)) => {
            before == after || (before.starts_with('"') && after.starts_with('"'))
        }
        (Json::Array(before), Json::Array(after)) => {
            before.len() == after.len()
                && before
                    .iter()
                    .zip(after)
                    .all(|(before, after)| have_same_structure(before, after))
        }
        (Json::Object(before), Json::Object(after)) => {
            before.len() == after.len()
                && before.iter().zip(after).all(|(before, after)| {
                    before.0 == after.0 && have_same_structure(&before.1, &after.1)
                })
        }
        _ => false,
    }
}

fn strings(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::Scalar(text) if text.starts_with('"') => found.push(text.clone()),
        Json::Scalar(_) => {}
        Json::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Json::Object(members) => members.iter().for_each(|(_, value)| strings(value, found)),
    }
}

fn parsed(bytes: &[u8]) -> Json {
    Json::parse(str::from_utf8(bytes).unwrap()).unwrap()
}

fn json_escape() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["\\n", "\\t", "\\r", "\\b", "\\f", "\\\"", "\\\\", "\\/"])
            .prop_map(str::to_owned),
        "\\\\u[0-9a-fA-F]{4}",
        Just("\\ud83d\\ude00".to_owned()),
    ]
}

const SECRETS: [&str; 8] = [
    "ana@example.com",
    "192.0.2.7",
    "2001:db8::1",
    "4111111111111111",
    "+1 212 555 0100",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln",
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
];

proptest! {
    /// The text is searched without knowing that it is JSON. At a depth of 2, it is JSON in a string of JSON.
    #[test]
    fn a_secret_after_any_escape_of_json_is_redacted_as_text(
        escape in json_escape(), secret in prop::sample::select(SECRETS.to_vec()), depth in 1..3
    ) {
        let mut text = format!("{{\"m\":\"x{escape}{secret} \"}}");
        if depth == 2 {
            text = serde_json::json!({ "log": text }).to_string();
        }
        let redacted = detectors().redact(&text).unwrap_or_default();
        prop_assert!(!redacted.contains(secret), "{redacted}");
        let Json::Object(members) = parsed(redacted.as_bytes()) else { panic!("{redacted}") };
        if let (2, Json::Scalar(inner)) = (depth, &members[0].1) {
            parsed(serde_json::from_str::<String>(inner).unwrap().as_bytes());
        }
    }

    #[test]
    fn json_that_is_redacted_as_text_stays_json(
        text in text_with_secrets(), escaped in prop::collection::vec(any::<bool>(), 1..9)
    ) {
        let json = format!("{{\"m\": {}}}", literal(&text, &escaped));
        if let Some(redacted) = detectors().redact(&json) {
            parsed(redacted.as_bytes());
        }
    }

    #[test]
    fn no_match_is_left_in_a_text(text in text_with_secrets()) {
        let detectors = detectors();
        if let Some(redacted) = detectors.redact(&text) {
            prop_assert_eq!(detectors.redact(&redacted), None, "{}", redacted);
        }
    }

    #[test]
    fn each_detector_alone_leaves_no_match(text in text_with_secrets()) {
        for detector in all_detectors() {
            let detectors = Detectors::new([detector]).unwrap();
            let redacted = detectors.redact(&text).unwrap_or_else(|| text.clone());
            prop_assert_eq!(detectors.redact(&redacted), None, "{}", redacted);
        }
    }

    #[test]
    fn a_string_is_redacted_like_its_decoded_text(
        text in text_with_secrets(), escaped in prop::collection::vec(any::<bool>(), 1..9)
    ) {
        let literal = literal(&text, &escaped);
        let output = Redact::in_all_strings(detectors()).apply(&literal.clone().into()).unwrap();
        match detectors().redact(&text) {
            Some(redacted) => {
                prop_assert_eq!(serde_json::from_slice::<String>(&output).unwrap(), redacted);
            }
            None => prop_assert_eq!(output, literal),
        }
    }

    #[test]
    fn redacted_json_keeps_its_structure_and_has_no_match((json, text) in json_text()) {
        let redact = Redact::in_all_strings(detectors());
        let output = redact.apply(&text.into()).unwrap();
        let redacted = parsed(&output);
        prop_assert!(have_same_structure(&json, &redacted));
        prop_assert_eq!(redact.apply(&output).unwrap(), output.clone());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        strings(&json, &mut before);
        strings(&redacted, &mut after);
        for (before, after) in before.iter().zip(&after) {
            let Ok(text) = serde_json::from_str::<String>(before) else { continue };
            if detectors().redact(&text).is_none() {
                prop_assert_eq!(before, after, "a string without a match keeps its bytes");
            }
        }
    }

    #[test]
    fn fields_are_redacted_as_in_all_strings((json, text) in json_text(), path in path_text()) {
        let path: FieldPath = path.parse().unwrap();
        let item = text.into();
        let everywhere = parsed(&Redact::in_all_strings(detectors()).apply(&item).unwrap());
        let in_field = parsed(&Redact::in_fields([path], detectors()).apply(&item).unwrap());
        prop_assert!(have_same_structure(&json, &in_field));
        let mut texts = [Vec::new(), Vec::new(), Vec::new()];
        for (json, texts) in [&json, &everywhere, &in_field].into_iter().zip(&mut texts) {
            strings(json, texts);
        }
        for (index, text) in texts[2].iter().enumerate() {
            prop_assert!(*text == texts[0][index] || *text == texts[1][index]);
        }
    }

    #[test]
    fn hashes_and_masks_are_valid_json((_, text) in json_text(), path in path_text()) {
        let path: FieldPath = path.parse().unwrap();
        let item = text.into();
        let key = HashKey::from_bytes(&[7; 32]).unwrap();
        parsed(&Hash::new(key, [path.clone()]).apply(&item).unwrap());
        let mask = Mask::new([path]).with_kept(2);
        let masked = mask.apply(&item).unwrap();
        parsed(&masked);
        prop_assert_eq!(mask.apply(&masked).unwrap(), masked, "a masked value keeps its end");
    }
}

/// Searches texts for which a naive search reads the rest of the text again for each match. The test does
/// not measure the time. With a quadratic search, it would run for many minutes.
#[test]
fn long_texts_are_searched_in_linear_time() {
    for part in [
        "@",
        "a@",
        "a.",
        "a@b.",
        "1",
        "1.",
        "1.1.1.1.",
        ":",
        "::",
        "a:",
        "a::",
        "::1.",
        "1 ",
        "1-",
        "+1",
        "+1 ",
        "(",
        "(1",
        "212-",
        "eyJ",
        "eyJ.",
        "eyJaaaaaaaaaa.",
        "A",
        "AKIA",
        "a/",
        "'",
        "a'@",
        "é",
        "%",
        "fe80::1%",
        "4111 ",
        "aA1",
        "\\",
        "\\n",
        "\\u0031",
        "\\/a",
    ] {
        let text = part.repeat((1 << 16) / part.len());
        let detectors = detectors();
        let redacted = detectors.redact(&text).unwrap_or(text);
        assert_eq!(detectors.redact(&redacted), None);
    }
}

/// Every search for this pattern reads the text to its end.
#[test]
fn a_custom_pattern_has_a_limit_of_matches() {
    let own = Detector::from_pattern("own", r"A.*[^A-Z]|[A-Z]").unwrap();
    let detectors = Detectors::with_replacement([own], "*").unwrap();
    let few = "AB".repeat(100);
    assert_eq!(detectors.redact(&few), Some("*".repeat(200)));
    let many = "A".repeat(12_000);
    assert_eq!(detectors.redact(&many), Some("*".repeat(Detector::MAX_OWN_FINDS + 1)));
}
