use firehose_template::DeployedFunction;

/// Returns the message that `command` cannot start a function of a template, because cargo does not
/// build the function. `options` are the options that name an executable in place of the template.
pub(super) fn missing_executable(
    command: &str,
    name: &str,
    function: &DeployedFunction,
    options: &str,
) -> String {
    match &function.runtime {
        _ if function.is_image => format!(
            "{name}: `{command}` cannot start a container image; start the image with AWS's runtime \
             interface emulator and name its URL with --url, or name an executable with {options}"
        ),
        Some(runtime) if is_managed(runtime) => format!(
            "{name}: `{command}` cannot start the runtime {runtime}; start the function in AWS's \
             runtime interface emulator and name its URL with --url, or name an executable with \
             {options}"
        ),
        Some(_) | None => format!(
            "{name}: the template does not name an executable that cargo builds (Metadata: \
             BuildMethod, BuildProperties: Binary); name one, or a pipeline file, with {options}"
        ),
    }
}

/// Returns `true` for a runtime whose code needs an interpreter of Lambda, such as `python3.13`.
fn is_managed(runtime: &str) -> bool {
    !runtime.starts_with("provided")
}
