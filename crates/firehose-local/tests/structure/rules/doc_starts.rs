//! Doc comments begin with a verb or a noun.

use crate::{
    finding::Finding,
    source_tree::{CrateSource, SourceFile, SourceTree},
    workspace::assert_holds,
};

const RULE: &str = "Under 2 % of a crate's doc comments begin with What, Whether, Of or How.";

/// The words that make a reader wait for the noun.
const WEAK_STARTS: [&str; 4] = ["What", "Whether", "Of", "How"];

/// The share of weak starts, in percent, that a crate must stay below.
const LIMIT_PERCENT: usize = 2;

/// Returns every weak start of the crates that have too many of them.
pub(crate) fn findings(tree: &SourceTree) -> Vec<Finding> {
    tree.crates.iter().flat_map(crate_findings).collect()
}

fn crate_findings(source: &CrateSource) -> Vec<Finding> {
    let comments: Vec<_> =
        source.files.iter().flat_map(|file| comments(file).map(move |it| (file, it))).collect();
    let weak: Vec<_> = comments.iter().filter(|(_, (_, text))| starts_weakly(text)).collect();
    if weak.len() * 100 < LIMIT_PERCENT * comments.len() || weak.is_empty() {
        return Vec::new();
    }
    let share = 100.0 * weak.len() as f64 / comments.len() as f64;
    let finding = |(file, (line, text)): &(&SourceFile, (usize, &str))| {
        let message = format!(
            "{text:?} is one of {} weak starts in {} doc comments of {} ({share:.1} %); \
             begin with a verb for a function, and with a noun for a type",
            weak.len(),
            comments.len(),
            source.name,
        );
        file.finding(*line, message)
    };
    weak.iter().map(|it| finding(it)).collect()
}

/// Returns the first line of each block of `///` lines: its number and its text.
fn comments(file: &SourceFile) -> impl Iterator<Item = (usize, &str)> {
    let mut is_inside = false;
    file.text.lines().enumerate().filter_map(move |(index, line)| {
        let text = line.trim_start().strip_prefix("///");
        let is_first = text.is_some() && !is_inside;
        is_inside = text.is_some();
        text.filter(|_| is_first).map(|text| (index + 1, text.trim()))
    })
}

fn starts_weakly(text: &str) -> bool {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    WEAK_STARTS.contains(&&text[..end.unwrap_or(text.len())])
}

#[test]
fn weak_starts_are_found_at_two_percent() {
    let weak = "/// What the store holds.\nfn a() {}\n";
    let sound = "/// Returns the store.\n/// What follows is no start.\nfn b() {}\n";
    let found = |sound_comments: usize| {
        let text = format!("{weak}{}", sound.repeat(sound_comments));
        findings(&SourceTree::from_files([("crates/a/src/b.rs", text)]))
    };
    assert_eq!(found(50), []);
    let found = found(49);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].to_string(),
        "crates/a/src/b.rs:1: \"What the store holds.\" is one of 1 weak starts in 50 doc comments \
         of a (2.0 %); begin with a verb for a function, and with a noun for a type"
    );
}

#[test]
fn only_whole_words_at_the_start_count() {
    for text in ["What", "Whether it is", "Of a record:", "How, then"] {
        assert!(starts_weakly(text), "{text}");
    }
    for text in ["", "Whatever", "Offset", "However", "Returns What", "`Of`", "what"] {
        assert!(!starts_weakly(text), "{text}");
    }
}

#[test]
fn the_workspace_keeps_the_rule() {
    assert_holds(RULE, findings);
}
