//! Parses the payload of each case in `fixtures/transforms/parse`, and compares the output with the
//! expected output byte for byte. White space between JSON tokens of a fixture is removed first.
//!
//! A case is a JSON file with these members:
//!
//! | member | meaning |
//! |---|---|
//! | `about` | a remark about the case, optional |
//! | `format` | the name of the format |
//! | `options` | the options of the format, optional |
//! | `from`, `into` | the paths of [`Parse`], optional |
//! | `received_at` | the arrival time of the record, optional |
//! | `payload` or `payload_json` | the payload as a text or as JSON |
//! | `json`, `error` or `dropped` | the expected output, the expected error, or `true` for a header line |

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use firehose_core::BoxError;
use firehose_transforms::parse::{FormatOptions, LineFormat, Parse, Parsed};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use serde_json::value::RawValue;
use walkdir::WalkDir;

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/transforms/parse");
    let trials = trials(&folder);
    assert!(!trials.is_empty(), "no cases in {}", folder.display());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(rename = "about")]
    _about: Option<String>,
    format: String,
    #[serde(default)]
    options: Options,
    from: Option<String>,
    into: Option<String>,
    received_at: Option<String>,
    payload: Option<String>,
    payload_json: Option<Box<RawValue>>,
    json: Option<Box<RawValue>>,
    error: Option<String>,
    #[serde(default)]
    dropped: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    fields: Option<Vec<String>>,
    pattern: Option<String>,
    #[serde(default)]
    definitions: BTreeMap<String, String>,
    delimiter: Option<char>,
    time_zone: Option<String>,
}

fn trials(folder: &Path) -> Vec<Trial> {
    let files = WalkDir::new(folder).sort_by_file_name();
    let paths = files.into_iter().map(|entry| entry.unwrap().into_path());
    let cases = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let trial = |path: PathBuf| {
        let name = path.strip_prefix(folder).unwrap().with_extension("");
        let name = name.to_string_lossy().replace('/', "::");
        Trial::test(name, move || check(&path).map_err(|error| Failed::from(error.to_string())))
    };
    cases.map(trial).collect()
}

fn check(path: &Path) -> Result<(), BoxError> {
    let case: Case = serde_json::from_str(&fs::read_to_string(path)?)?;
    let payload = match (&case.payload, &case.payload_json) {
        (Some(payload), None) => payload.clone(),
        (None, Some(json)) => without_white_space(json.get()),
        _ => return Err("the case needs either `payload` or `payload_json`".into()),
    };
    let found = match parse(&case, &payload) {
        Ok(Some(json)) => json,
        Ok(None) => "dropped".to_owned(),
        Err(error) => format!("error: {error}"),
    };
    let expected = match (&case.json, &case.error, case.dropped) {
        (Some(json), None, false) => without_white_space(json.get()),
        (None, Some(error), false) => format!("error: {error}"),
        (None, None, true) => "dropped".to_owned(),
        _ => return Err("the case needs one of `json`, `error` and `dropped`".into()),
    };
    if found == expected { Ok(()) } else { Err(format!("{found}\nexpected {expected}").into()) }
}

fn parse(case: &Case, payload: &str) -> Result<Option<String>, BoxError> {
    let mut options = FormatOptions::default();
    if let Some(fields) = &case.options.fields {
        options = options.with_fields(fields);
    }
    if let Some(pattern) = &case.options.pattern {
        options = options.with_pattern(pattern);
    }
    for (name, pattern) in &case.options.definitions {
        options = options.with_definition(name, pattern);
    }
    if let Some(delimiter) = case.options.delimiter {
        options = options.with_delimiter(delimiter);
    }
    if let Some(time_zone) = &case.options.time_zone {
        options = options.with_time_zone(time_zone);
    }
    let mut parse = Parse::new(LineFormat::with_options(&case.format, &options)?);
    if let Some(from) = &case.from {
        parse = parse.with_from(from)?;
    }
    if let Some(into) = &case.into {
        parse = parse.with_into(into)?;
    }
    let received_at = case.received_at.as_ref().map(|time| time.parse()).transpose()?;
    let mut out = b"kept".to_vec();
    let parsed = parse.parse_payload(payload, received_at, &mut out);
    let output = String::from_utf8(out)?;
    let output = output.strip_prefix("kept").ok_or("the bytes before the output changed")?;
    match parsed {
        Ok(Parsed::Object) => Ok(Some(output.to_owned())),
        Ok(Parsed::Header) if output.is_empty() => Ok(None),
        Err(error) if output.is_empty() => Err(error.into()),
        Ok(Parsed::Header) | Err(_) => Err("an output is left".into()),
    }
}

/// Removes the white space between the tokens of a JSON text.
fn without_white_space(json: &str) -> String {
    let (mut is_in_text, mut is_escaped) = (false, false);
    let is_kept = |letter: &char| {
        if *letter == '"' && !is_escaped {
            is_in_text = !is_in_text;
        }
        is_escaped = *letter == '\\' && !is_escaped;
        is_in_text || !letter.is_ascii_whitespace()
    };
    json.chars().filter(is_kept).collect()
}
