use serde_json::Value;

use super::handler::TEMPORARY_PREFIX;

/// Returns the place in the function's code where an error was raised, from the stack of an error report.
/// Returns `None` if the report has no stack, or a stack in an unknown form.
///
/// Functions in Python report `stackTrace`, and functions in Node.js report `trace`:
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-invokeerror>.
pub(crate) fn failure_place(report: &Value) -> Option<String> {
    let lines =
        |name: &str| report[name].as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
    // In Python, the innermost frame is the last one.
    let python = || lines("stackTrace")?.into_iter().rev().find_map(python_frame);
    let node = || lines("trace")?.into_iter().find_map(node_frame);
    // The first line of a syntax error names its place.
    let syntax =
        || lines("trace")?.first().filter(|line| line.starts_with('/')).map(|it| (*it).to_owned());
    python().or_else(node).or_else(syntax)
}

/// Parses a frame such as `File "/code/app.py", line 3, in handler`, unless the frame is in an
/// installed package.
fn python_frame(frame: &str) -> Option<String> {
    let (file, rest) = frame.trim_start().strip_prefix("File \"")?.split_once("\", line ")?;
    let is_installed = file.starts_with('<')
        || file.contains("/site-packages/")
        || file.contains("/lib/python")
        || is_of_runtime(file);
    let first = rest.lines().next()?;
    let (line, function) = first.split_once(", in ")?;
    (!is_installed).then(|| format!("{file}:{line} in {function}"))
}

/// Returns `true` for a file of the runtime itself: the bootstrap of this crate, or AWS's runtime in an
/// image.
fn is_of_runtime(place: &str) -> bool {
    place.contains("/var/runtime/")
        || (place.contains(TEMPORARY_PREFIX) && place.contains("/bootstrap."))
}

/// Parses a frame such as `at handler (/code/app.js:3:9)`, unless the frame is in an installed package.
fn node_frame(frame: &str) -> Option<String> {
    let place = frame.trim_start().strip_prefix("at ")?;
    let is_installed =
        place.contains("node:") || place.contains("/node_modules/") || is_of_runtime(place);
    (!is_installed && place.contains('/')).then(|| place.replace("file://", ""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_innermost_frame_in_the_code_of_the_function_is_the_place() {
        let python = json!({"stackTrace": [
            "  File \"/code/app.py\", line 9, in handler\n    inner()\n",
            "  File \"/code/app.py\", line 3, in inner\n    return json.loads(data)\n",
            "  File \"/usr/lib/python3.13/json/__init__.py\", line 346, in loads\n    return\n",
            "  File \"<frozen importlib._bootstrap>\", line 1, in _gcd_import\n",
        ]});
        assert_eq!(failure_place(&python).unwrap(), "/code/app.py:3 in inner");
        let node = json!({"trace": [
            "SyntaxError: Unexpected token",
            "    at JSON.parse (<anonymous>)",
            "    at parse (/code/node_modules/a/index.js:1:1)",
            "    at inner (file:///code/app.mjs:3:9)",
            "    at async handler (/code/app.mjs:9:3)",
            "    at process.processTicks (node:internal/process/task_queues:95:5)",
        ]});
        assert_eq!(failure_place(&node).unwrap(), "inner (/code/app.mjs:3:9)");
        let syntax = json!({"trace": [
            "/code/app.js:2",
            "SyntaxError: Unexpected token",
            "    at wrapSafe (node:internal/modules/cjs/loader:1464:18)",
        ]});
        assert_eq!(failure_place(&syntax).unwrap(), "/code/app.js:2");
        // The handler takes one argument.
        let called = json!({"stackTrace": [
            "  File \"/tmp/firehose-function-x1/bootstrap.py\", line 281, in answer\n    response\n",
        ]});
        assert_eq!(failure_place(&called), None);
        let in_image = json!({"stackTrace": [
            "  File \"/var/task/app.py\", line 2, in handler\n    return\n",
            "  File \"/var/runtime/bootstrap.py\", line 1, in main\n    return\n",
        ]});
        assert_eq!(failure_place(&in_image).unwrap(), "/var/task/app.py:2 in handler");
        let node =
            json!({"trace": ["E", "    at run (/tmp/firehose-function-x1/bootstrap.mjs:1:2)"]});
        assert_eq!(failure_place(&node), None);
        for report in
            [json!({}), json!([]), json!({"stackTrace": [1]}), json!({"trace": ["at", ""]})]
        {
            assert_eq!(failure_place(&report), None, "{report}");
        }
    }
}
