use std::path::Path;

use super::language::Language;

/// Packages that the runtimes of Lambda have:
/// <https://docs.aws.amazon.com/lambda/latest/dg/python-package.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html>.
const OF_RUNTIME: [&str; 4] = ["boto3", "botocore", "s3transfer", "@aws-sdk"];

/// Returns the command that installs the package whose absence an error of the initialization reports.
/// Returns `None` for other errors.
pub(super) fn advice(language: Language, folder: &Path, message: &str) -> Option<String> {
    let package = missing_package(language, message)?;
    let shown = folder.display();
    let has_package = OF_RUNTIME.iter().any(|it| {
        package.strip_prefix(*it).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let of_runtime = match has_package {
        true => ", although Lambda's runtime has it",
        false => "",
    };
    let install = match language {
        Language::Python if has_package => format!("pip install {package}"),
        Language::Python => {
            let list = folder.join("requirements.txt");
            let install = format!("pip install -r {} -t {shown}", list.display());
            match list.is_file() {
                true => install,
                // A module can have another name than its package, so no package is guessed.
                false => format!("list its package in {}, then {install}", list.display()),
            }
        }
        Language::JavaScript if !has_package && folder.join("package.json").is_file() => {
            format!("npm install --prefix {shown}")
        }
        Language::JavaScript => format!("npm install --prefix {shown} {package}"),
    };
    Some(format!("{package} is not installed here{of_runtime}: {install}"))
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
            advice(language, Path::new("src"), message).unwrap_or_else(|| "-".to_owned())
        };
        let python = |message| of(Language::Python, message);
        let node = |message| of(Language::JavaScript, message);
        let advices = [
            python("Unable to import module 'app': No module named 'pandas'"),
            python("Unable to import module 'src/app': No module named 'yaml.loader'"),
            python("Unable to import module 'app': No module named 'boto3'"),
            python("Unable to import module 'app': No module named 'app'"),
            python("Unable to import module 'app': cannot import name 'x' from 'y'"),
            node("Error: Cannot find module 'lodash/fp'\nRequire stack:\n- /code/app.js"),
            node("Cannot find package '@scope/name' imported from /code/app.mjs"),
            node("Error: Cannot find module '@aws-sdk/client-s3'"),
            node("Error: Cannot find module './own'\nRequire stack:"),
            node("Cannot find module '/code/own.mjs' imported from /code/app.mjs"),
        ];
        insta::assert_snapshot!(advices.join("\n"), @r"
        pandas is not installed here: list its package in src/requirements.txt, then pip install -r src/requirements.txt -t src
        yaml is not installed here: list its package in src/requirements.txt, then pip install -r src/requirements.txt -t src
        boto3 is not installed here, although Lambda's runtime has it: pip install boto3
        -
        -
        lodash is not installed here: npm install --prefix src lodash
        @scope/name is not installed here: npm install --prefix src @scope/name
        @aws-sdk/client-s3 is not installed here, although Lambda's runtime has it: npm install --prefix src @aws-sdk/client-s3
        -
        -
        ");
    }

    #[test]
    fn a_list_of_packages_beside_the_code_is_installed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        for file in ["requirements.txt", "package.json"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let python = advice(Language::Python, folder.path(), "No module named 'yaml'").unwrap();
        let node = advice(Language::JavaScript, folder.path(), "Cannot find module 'a'").unwrap();
        assert!(python.ends_with(&format!(": pip install -r {path}/requirements.txt -t {path}")));
        assert!(node.ends_with(&format!("npm install --prefix {path}")));
    }
}
