use std::path::Path;

use serde_json::Value;

use super::language::Language;
use crate::source::read_regular_text;

/// Returns the command that installs the package whose absence an error of the initialization reports.
/// Returns `None` for other errors. `runtime` is the Lambda runtime, such as `nodejs22.x`.
pub(super) fn advice(
    language: Language,
    runtime: &str,
    folder: &Path,
    message: &str,
) -> Option<String> {
    let package = missing_package(language, message)?;
    let shown = folder.display();
    let has_package = has_package(runtime, package);
    let of_runtime = match (has_package, package) {
        (true, _) => ", although Lambda's runtime has it".to_owned(),
        (false, "aws-sdk") => format!(
            ", and the runtime {runtime} does not have it: Lambda has the SDK for JavaScript v3, \
             @aws-sdk, from nodejs18.x on"
        ),
        (false, package) if is_in("@aws-sdk", package) => {
            format!(
                ", and the runtime {runtime} does not have it: Lambda has it from nodejs18.x on"
            )
        }
        (false, _) => String::new(),
    };
    let install = match language {
        // With -t, pip also installs for a Python that the operating system manages.
        Language::Python if has_package => format!("python3 -m pip install -t {shown} {package}"),
        Language::Python => {
            let list = folder.join("requirements.txt");
            let install = format!("python3 -m pip install -r {} -t {shown}", list.display());
            match list.is_file() {
                true => install,
                // A module can have another name than its package, so no package is guessed.
                false => format!("list its package in {}, then {install}", list.display()),
            }
        }
        Language::JavaScript if lists(folder, package) => format!("npm install --prefix {shown}"),
        Language::JavaScript => format!("npm install --prefix {shown} {package}"),
    };
    Some(format!("{package} is not installed here{of_runtime}: {install}"))
}

/// Returns `true` if a runtime of Lambda has a package:
/// <https://docs.aws.amazon.com/lambda/latest/dg/python-package.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html>.
fn has_package(runtime: &str, package: &str) -> bool {
    let node = runtime.strip_prefix("nodejs").and_then(|it| it.split('.').next()?.parse().ok());
    match node {
        Some(1..=16_u32) => package == "aws-sdk",
        Some(_) => is_in("@aws-sdk", package),
        None => ["boto3", "botocore", "s3transfer"].contains(&package),
    }
}

/// Returns `true` for a scope of npm and for the packages in it.
fn is_in(scope: &str, package: &str) -> bool {
    package.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns `true` if the `package.json` of a folder lists a package.
fn lists(folder: &Path, package: &str) -> bool {
    const MAX_BYTES: u64 = 1_000_000;
    let text = read_regular_text(&folder.join("package.json"), MAX_BYTES).unwrap_or_default();
    let manifest: Value = serde_json::from_str(&text).unwrap_or_default();
    ["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"]
        .iter()
        .any(|kind| manifest[*kind].get(package).is_some())
}

/// Returns the name of a package that is not installed.
fn missing_package(language: Language, message: &str) -> Option<&str> {
    let quoted_after = |start: &str| {
        let (_, rest) = message.split_once(start)?;
        rest.split_once('\'').map(|(name, _)| name)
    };
    match language {
        Language::Python => {
            let module = quoted_after("No module named '")?;
            let package = module.split('.').next()?;
            // The handler's own module is not a package.
            let own = quoted_after("Unable to import module '").unwrap_or_default();
            let own = own.split(['.', '/']).next()?;
            (package != own).then_some(package)
        }
        Language::JavaScript => {
            let name = quoted_after("Cannot find module '")
                .or_else(|| quoted_after("Cannot find package '"))?;
            if name.starts_with(['.', '/']) {
                return None;
            }
            let parts = if name.starts_with('@') { 2 } else { 1 };
            let end = name.match_indices('/').nth(parts - 1).map_or(name.len(), |(end, _)| end);
            Some(&name[..end])
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_missing_package_is_named_with_the_command_that_installs_it() {
        let of = |language, message: &str| {
            let runtime = match language {
                Language::Python => "python3.13",
                Language::JavaScript => "nodejs22.x",
            };
            let advice = advice(language, runtime, Path::new("src"), message);
            advice.unwrap_or_else(|| "-".to_owned())
        };
        let python = |message| of(Language::Python, message);
        let node = |message| of(Language::JavaScript, message);
        let of_old_node = |message| {
            advice(Language::JavaScript, "nodejs16.x", Path::new("src"), message).unwrap()
        };
        let advices = [
            python("Unable to import module 'app': No module named 'pandas'"),
            python("Unable to import module 'src/app': No module named 'yaml.loader'"),
            python("Unable to import module 'app': No module named 'boto3'"),
            python("Unable to import module 'app': No module named 'app'"),
            python("Unable to import module 'app': cannot import name 'x' from 'y'"),
            node("Error: Cannot find module 'lodash/fp'\nRequire stack:\n- /code/app.js"),
            node("Cannot find package '@scope/name' imported from /code/app.mjs"),
            node("Error: Cannot find module '@aws-sdk/client-s3'"),
            node("Error: Cannot find module 'aws-sdk'\nRequire stack:"),
            of_old_node("Cannot find module 'aws-sdk'"),
            of_old_node("Cannot find package '@aws-sdk/client-s3'"),
            node("Error: Cannot find module './own'\nRequire stack:"),
            node("Cannot find module '/code/own.mjs' imported from /code/app.mjs"),
        ];
        insta::assert_snapshot!(advices.join("\n"), @r"
        pandas is not installed here: list its package in src/requirements.txt, then python3 -m pip install -r src/requirements.txt -t src
        yaml is not installed here: list its package in src/requirements.txt, then python3 -m pip install -r src/requirements.txt -t src
        boto3 is not installed here, although Lambda's runtime has it: python3 -m pip install -t src boto3
        -
        -
        lodash is not installed here: npm install --prefix src lodash
        @scope/name is not installed here: npm install --prefix src @scope/name
        @aws-sdk/client-s3 is not installed here, although Lambda's runtime has it: npm install --prefix src @aws-sdk/client-s3
        aws-sdk is not installed here, and the runtime nodejs22.x does not have it: Lambda has the SDK for JavaScript v3, @aws-sdk, from nodejs18.x on: npm install --prefix src aws-sdk
        aws-sdk is not installed here, although Lambda's runtime has it: npm install --prefix src aws-sdk
        @aws-sdk/client-s3 is not installed here, and the runtime nodejs16.x does not have it: Lambda has it from nodejs18.x on: npm install --prefix src @aws-sdk/client-s3
        -
        -
        ");
    }

    #[test]
    fn a_list_of_packages_beside_the_code_is_installed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        fs::write(folder.path().join("requirements.txt"), "").unwrap();
        let manifest = r#"{"dependencies": {"@scope/a": "1"}, "devDependencies": {"b": "1"}}"#;
        fs::write(folder.path().join("package.json"), manifest).unwrap();
        let of = |language, runtime, message: &str| {
            advice(language, runtime, folder.path(), message).unwrap().replace(&path, "CODE")
        };
        let node = |name: &str| {
            of(Language::JavaScript, "nodejs22.x", &format!("Cannot find module '{name}'"))
        };
        let python = of(Language::Python, "python3.13", "No module named 'yaml'");
        insta::assert_snapshot!([python, node("@scope/a/x"), node("b"), node("c")].join("\n"), @r"
        yaml is not installed here: python3 -m pip install -r CODE/requirements.txt -t CODE
        @scope/a is not installed here: npm install --prefix CODE
        b is not installed here: npm install --prefix CODE
        c is not installed here: npm install --prefix CODE c
        ");
    }
}
