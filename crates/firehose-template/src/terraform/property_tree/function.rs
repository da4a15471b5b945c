use std::{collections::BTreeMap, path::Path};

use super::{
    archives::Archives,
    translation::{Properties, Translation, is_unset, node, one},
};
use crate::{cloudformation::evaluator::Node, terraform::language::Value};

/// The arguments and the properties of a function.
const NAMES: &[(&str, &str)] = &[
    ("function_name", "FunctionName"),
    ("runtime", "Runtime"),
    ("handler", "Handler"),
    ("memory_size", "MemorySize"),
    ("timeout", "Timeout"),
    ("package_type", "PackageType"),
    ("role", "Role"),
    ("layers", "Layers"),
];

/// Translates an `aws_lambda_function`. Returns its properties and its metadata.
///
/// The property `Code` is the path of the function's code, or the URI of a container image. The path is
/// the folder of an `archive_file`, the folder of its file, or an archive. The path is relative to the
/// folder of the configuration.
pub(super) fn translate(
    values: &BTreeMap<String, Value>,
    path: &str,
    archives: &Archives,
    translation: &mut Translation<'_>,
) -> (Properties, Properties) {
    let mut properties = Properties::new();
    for (argument, property) in NAMES {
        let Some(value) = values.get(*argument).filter(|value| !is_unset(value)) else { continue };
        translation.addresses.add(path, property, format!("{path}.{argument}"));
        properties.push(((*property).to_owned(), node(value)));
    }
    if let Some(Ok(Some(environment))) = values.get("environment").map(one)
        && let Some(variables) = environment.get("variables").filter(|value| !is_unset(value))
    {
        let block = format!("{path}.environment[0]");
        let of_variables = format!("{block}.variables");
        if let Value::Map(entries) = variables {
            for name in entries.keys() {
                translation.addresses.add(&of_variables, name, format!("{of_variables}.{name}"));
            }
        }
        translation.addresses.add(path, "Environment", block);
        let variables = vec![("Variables".to_owned(), node(variables))];
        properties.push(("Environment".to_owned(), Node::Map(variables)));
    }
    let mut metadata = Properties::new();
    let code = match (values.get("filename"), values.get("image_uri")) {
        (Some(Value::Text(archive)), _) => {
            translation.addresses.add(path, "Code", format!("{path}.filename"));
            let source = archives.source(archive);
            metadata = cargo_lambda(source).unwrap_or_default();
            Some(Node::Scalar(code_folder(source)))
        }
        (_, Some(image)) if !is_unset(image) => {
            translation.addresses.add(path, "Code", path.to_owned());
            Some(Node::Map(vec![("ImageUri".to_owned(), node(image))]))
        }
        _ => None,
    };
    properties.extend(code.map(|code| ("Code".to_owned(), code)));
    (properties, metadata)
}

/// Returns the folder of a file with code, or the path itself.
fn code_folder(source: &str) -> String {
    let path = Path::new(source);
    let is_code = path.extension().is_some_and(|it| it != "zip" && it != "jar");
    match (is_code, path.parent()) {
        (true, Some(folder)) if folder.as_os_str().is_empty() => ".".to_owned(),
        (true, Some(folder)) => folder.display().to_string(),
        _ => source.to_owned(),
    }
}

/// Returns the metadata of a function that cargo-lambda builds. cargo-lambda writes binaries to
/// `target/lambda/NAME`: <https://www.cargo-lambda.info/commands/build.html>.
fn cargo_lambda(source: &str) -> Option<Properties> {
    let (_, output) = source.split_once("target/lambda/")?;
    let name = output.split('/').next().filter(|name| !name.is_empty())?;
    let scalar = |text: &str| Node::Scalar(text.to_owned());
    let binary = vec![("Binary".to_owned(), scalar(name))];
    Some(vec![
        ("BuildMethod".to_owned(), scalar("rust-cargolambda")),
        ("BuildProperties".to_owned(), Node::Map(binary)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_file_is_its_folder() {
        for (source, folder) in [
            ("./src/app.py", "./src"),
            ("app.py", "."),
            ("src", "src"),
            ("build/app.zip", "build/app.zip"),
        ] {
            assert_eq!(code_folder(source), folder);
        }
    }

    #[test]
    fn a_binary_of_cargo_lambda_has_its_name() {
        let name = |source: &str| {
            let metadata = cargo_lambda(source)?;
            let (_, properties) = metadata.into_iter().nth(1)?;
            properties.entries()?[0].1.as_scalar().map(str::to_owned)
        };
        assert_eq!(name("../target/lambda/square/bootstrap.zip").as_deref(), Some("square"));
        assert_eq!(name("build/square.zip"), None);
    }
}
