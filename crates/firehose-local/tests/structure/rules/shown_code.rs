//! Repository pages show code as it is in the Markdown file.

use std::path::Path;

use crate::finding::Finding;

const RULE: &str = "Rust code in Markdown files has no hidden lines, and is compiled.";

/// Returns the hidden lines and the ignored examples of a Markdown file. rustdoc hides a line that
/// begins with `# `, and a repository page shows it.
fn findings(file: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    // `None` outside of code blocks, and `Some(true)` in a block that rustdoc compiles.
    let mut block: Option<bool> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let mut find = |message: &str| {
            found.push(Finding {
                file: file.to_owned(),
                line: number,
                message: message.to_owned(),
            });
        };
        match (line.strip_prefix("```"), block) {
            (Some(info), None) => {
                let mut words = info.split(',').map(str::trim);
                if info.contains("ignore") {
                    find("the example is not compiled; make it complete");
                }
                block = Some(words.all(|word| {
                    ["", "rust", "no_run", "should_panic", "compile_fail", "ignore"].contains(&word)
                }));
            }
            (Some(_), Some(_)) => block = None,
            (None, Some(true)) if line.trim() == "#" || line.trim_start().starts_with("# ") => {
                find("only rustdoc hides this line; write the example without the line");
            }
            (None, _) => {}
        }
    }
    found
}

#[test]
fn hidden_lines_and_ignored_examples_are_found() {
    let text = "# Title\n```\n# use a;\nf();\n```\n```text\n# shown\n```\n```rust,ignore\ng();\n```\n```rust\n  #\n#[test]\n```\n";
    let found: Vec<_> = findings("a.md", text).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "a.md:3: only rustdoc hides this line; write the example without the line",
            "a.md:9: the example is not compiled; make it complete",
            "a.md:13: only rustdoc hides this line; write the example without the line",
        ]
    );
}

#[test]
fn the_markdown_files_keep_the_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &Path| {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        findings(&name, &std::fs::read_to_string(path).unwrap())
    };
    let mut found = read(&root.join("README.md"));
    let mut files = 1;
    for folder in std::fs::read_dir(root.join("crates")).unwrap() {
        let Ok(docs) = std::fs::read_dir(folder.unwrap().path().join("src/docs")) else { continue };
        for file in docs {
            found.extend(read(&file.unwrap().path()));
            files += 1;
        }
    }
    assert!(files > 10, "only {files} Markdown files were found");
    assert_eq!(found, [], "{RULE}");
}
