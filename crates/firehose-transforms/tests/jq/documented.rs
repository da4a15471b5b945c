//! Compares the list of functions in the documentation with the functions of the language.

use firehose_transforms::jq::JqFilter;

const DOCS: &str = include_str!("../../src/jq/docs.md");

/// Returns the words in backticks in the table of functions.
fn documented() -> Vec<&'static str> {
    let (_, table) = DOCS.split_once("| kind | functions |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let names: Vec<_> = table.split('`').skip(1).step_by(2).collect();
    names.into_iter().filter(|name| !matches!(*name, "math.h" | "regex")).collect()
}

#[test]
fn documented_functions_exist() {
    let names = documented();
    assert!(names.len() > 100, "{names:?}");
    for name in names {
        let exists = (0..4).any(|arguments| {
            let filter = match arguments {
                0 => name.to_owned(),
                count => format!("{name}({})", vec!["\"a\""; count].join("; ")),
            };
            JqFilter::new(&filter).is_ok()
        });
        assert!(exists, "{name} is documented, but does not exist");
    }
}

#[test]
fn functions_that_are_not_available_are_rejected() {
    let (_, text) = DOCS.split_once("nothing else. So").unwrap();
    let (names, _) = text.split_once(" are not available").unwrap();
    let names: Vec<_> = names.split('`').skip(1).step_by(2).collect();
    assert!(names.contains(&"halt"), "{names:?}");
    for name in names {
        let error = JqFilter::new(name).unwrap_err().to_string();
        assert!(error.contains("is not available"), "{name}: {error}");
    }
}
