/// Returns the advice for code in JavaScript that has the other form of a module than its file: CommonJS
/// or an ES module. Returns `None` for other errors.
pub(super) fn advice(message: &str) -> Option<&'static str> {
    const RULES: &[(&[&str], &str)] = &[
        (
            &["await is only valid in async functions and the top level bodies of modules"],
            "`await` outside a function needs an ES module: name the file .mjs, or add \
             \"type\": \"module\" to its package.json",
        ),
        (
            &["Cannot use import statement outside a module", "Unexpected token 'export'"],
            "`import` and `export` need an ES module: name the file .mjs, or add \
             \"type\": \"module\" to its package.json",
        ),
        (
            &[
                "require is not defined in ES module scope",
                "exports is not defined in ES module scope",
                "module is not defined in ES module scope",
            ],
            "the file is an ES module: use `import` and `export`, or name the file .cjs",
        ),
        (
            &["require() of ES Module", "require() cannot be used on an ESM graph"],
            "a CommonJS file cannot `require` this ES module: make the handler an ES module, or load \
             the module with `await import()`",
        ),
    ];
    let is_about = |texts: &[&str]| texts.iter().any(|text| message.contains(text));
    RULES.iter().find(|(texts, _)| is_about(texts)).map(|(_, advice)| *advice)
}
