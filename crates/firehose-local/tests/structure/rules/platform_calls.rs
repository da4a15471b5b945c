//! The platforms page lists the files with calls that other systems do not have.

use syn::Item;

use crate::{
    finding::Finding,
    source_tree::{SourceFile, SourceTree},
    syntax::{attributes, is_test_only},
    workspace::assert_holds,
};

const RULE: &str =
    "The platforms page lists each file with a call that only Unix or only Linux has.";

const PAGE_PATH: &str = "crates/firehose-local/src/docs/platforms.md";
const PAGE: &str = include_str!("../../../src/docs/platforms.md");

/// The texts in code that show such a call. Each text also matches a longer path that ends with it:
/// `nix::` matches `std::os::unix::`.
const CALLS: [&str; 11] = [
    "\"/bin/",
    "\"/dev",
    "\"/proc",
    "\"/sys",
    "fd::",
    "libc::",
    "linux::",
    "nix::",
    "pre_exec(",
    "process_group(",
    "rustix::",
];

fn findings(tree: &SourceTree) -> Vec<Finding> {
    page_findings(tree, PAGE)
}

/// Returns the first call of each file that the page does not list, and each line of the page whose file
/// has no such call.
fn page_findings(tree: &SourceTree, page: &str) -> Vec<Finding> {
    let listed: Vec<_> = (1..).zip(page.lines()).filter_map(listed_file).collect();
    let files = tree.crates.iter().flat_map(|source| &source.files);
    let calls: Vec<_> = files.filter_map(|file| Some((file, first_call(file)?))).collect();
    let unlisted = calls.iter().filter(|(file, _)| listed.iter().all(|(_, it)| *it != file.path));
    let unlisted = unlisted.map(|(file, (line, call))| {
        let message = format!("`{call}` is not on every system; list the file in {PAGE_PATH}");
        file.finding(*line, message)
    });
    let unused = listed.iter().filter(|(_, it)| calls.iter().all(|(file, _)| file.path != *it));
    let unused = unused.map(|(line, file)| Finding {
        file: PAGE_PATH.to_owned(),
        line: *line,
        message: format!("{file} has no call that other systems lack; remove the line"),
    });
    unlisted.chain(unused).collect()
}

/// Returns the file that a line of a table begins with.
fn listed_file((number, line): (usize, &str)) -> Option<(usize, &str)> {
    let file = line.strip_prefix("| `")?.split('`').next()?;
    (file.starts_with("crates/") && file.ends_with(".rs")).then_some((number, file))
}

/// Returns the first line of a file with a call, and the call. Leaves out comments and tests.
fn first_call(file: &SourceFile) -> Option<(usize, &'static str)> {
    if file.path.ends_with("/tests.rs") || file.path.contains("/tests/") {
        return None;
    }
    let tests: Vec<_> = file.syntax.items.iter().filter_map(test_lines).collect();
    let lines = (1..).zip(file.text.lines());
    let is_code = |(number, line): &(usize, &str)| {
        !line.trim_start().starts_with("//") && tests.iter().all(|lines| !lines.contains(number))
    };
    lines.filter(is_code).find_map(|(number, line)| {
        CALLS.iter().find(|call| line.contains(**call)).map(|call| (number, *call))
    })
}

/// Returns the lines of a module that exists only in tests.
fn test_lines(item: &Item) -> Option<std::ops::RangeInclusive<usize>> {
    let Item::Mod(module) = item else { return None };
    let (brace, _) = module.content.as_ref()?;
    let lines = module.mod_token.span.start().line..=brace.span.close().end().line;
    is_test_only(attributes(item)).then_some(lines)
}

#[test]
fn unlisted_calls_and_listed_files_without_calls_are_found() {
    let code = "// rustix::a\nuse std::os::unix::fs::MetadataExt;\nuse rustix::b;\n";
    let test = "#[cfg(test)]\nmod tests {\n    use rustix::c;\n}\n";
    let tree = SourceTree::from_files([
        ("crates/a/src/called.rs", code),
        ("crates/a/src/listed.rs", code),
        ("crates/a/src/tested.rs", test),
        ("crates/a/src/store/tests.rs", "use rustix::d;"),
    ]);
    let page = "`crates/a/src/called.rs`\n| `crates/a/src/listed.rs` | b |\n| `crates/a/src/tested.rs` | c |";
    let found: Vec<_> = page_findings(&tree, page).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            format!(
                "crates/a/src/called.rs:2: `nix::` is not on every system; list the file in {PAGE_PATH}"
            ),
            format!(
                "{PAGE_PATH}:3: crates/a/src/tested.rs has no call that other systems lack; remove the line"
            ),
        ]
    );
}

#[test]
fn the_workspace_keeps_the_rule() {
    assert_holds(RULE, findings);
}
