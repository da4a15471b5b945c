//! Invalid cloud assemblies: those that the CDK does not write, and those with contradicting stacks.

use std::{fs, path::Path};

use firehose_template::{GivenValues, InfrastructureCode};
use tempfile::TempDir;

const STREAM: &str = r#"{"Resources": {"Delivery": {"Type": "AWS::KinesisFirehose::DeliveryStream",
  "Properties": {"ExtendedS3DestinationConfiguration": {"BucketARN": "arn:aws:s3:::b"}}}}}"#;

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// Returns the error of an assembly with these artifacts.
fn error(artifacts: &str, given: &GivenValues) -> String {
    let folder = TempDir::new().unwrap();
    let manifest = format!("{{\"version\": \"1\", \"artifacts\": {{{artifacts}}}}}");
    write(
        folder.path(),
        &[
            ("manifest.json", manifest.as_str()),
            ("Dev.template.json", STREAM),
            ("Prod.template.json", STREAM),
        ],
    );
    let read = InfrastructureCode::open(folder.path()).and_then(|code| code.read(given));
    read.unwrap_err().to_string().replace(&folder.path().display().to_string(), "FOLDER")
}

fn stack(name: &str, file: &str) -> String {
    let properties = format!("{{\"templateFile\": \"{file}\"}}");
    format!("\"{name}\": {{\"type\": \"aws:cloudformation:stack\", \"properties\": {properties}}}")
}

#[test]
fn an_assembly_that_cannot_be_read_has_a_reason() {
    let dev = stack("Dev", "Dev.template.json");
    let both = format!("{dev}, {}", stack("Prod", "Prod.template.json"));
    let unknown = GivenValues::of_parameters([("Nothing".to_owned(), "x".to_owned())].into());
    let none = GivenValues::default();
    let errors = [
        error("", &none),
        error(&both, &none),
        error(&stack("Dev", "../secret.json"), &none),
        error(&stack("Dev", "Missing.json"), &none),
        error(&dev, &unknown),
    ];
    insta::assert_snapshot!(errors.join("\n"), @r"
    the app in this folder has no stacks
    the stacks Dev and Prod have a delivery stream Delivery; name the template of one stack, such as Dev.template.json in the folder
    the manifest names ../secret.json, outside its folder
    cannot read FOLDER/Missing.json: No such file or directory (os error 2)
    no stack has Nothing; remove its value
    ");
}

#[test]
fn one_stack_of_several_is_read_by_its_template() {
    let folder = TempDir::new().unwrap();
    write(folder.path(), &[("manifest.json", "{}"), ("Prod.template.json", STREAM)]);
    let code = InfrastructureCode::open(&folder.path().join("Prod.template.json")).unwrap();
    assert_eq!(code.folder(), folder.path());
    assert_eq!(code.read(&GivenValues::default()).unwrap().delivery_streams.len(), 1);
}

#[test]
fn an_app_with_many_assemblies_is_an_error() {
    let folder = TempDir::new().unwrap();
    // Each level names the next one many times.
    let inner = |number: usize| {
        let properties = "{\"directoryName\": \"inner\"}";
        format!("\"A{number}\": {{\"type\": \"cdk:cloud-assembly\", \"properties\": {properties}}}")
    };
    let artifacts: Vec<String> = (0..20).map(inner).collect();
    let manifest = format!("{{\"version\": \"1\", \"artifacts\": {{{}}}}}", artifacts.join(", "));
    let mut level = folder.path().to_owned();
    for _ in 0..5 {
        fs::create_dir_all(&level).unwrap();
        write(&level, &[("manifest.json", &manifest)]);
        level = level.join("inner");
    }
    fs::create_dir_all(&level).unwrap();
    write(&level, &[("manifest.json", "{\"version\": \"1\", \"artifacts\": {}}")]);
    let error = InfrastructureCode::open(folder.path()).unwrap_err();
    insta::assert_snapshot!(error, @"the manifests of the app name more than 1000 stacks and assemblies");
}

#[test]
fn a_pipe_in_an_assembly_is_not_read() {
    let folder = TempDir::new().unwrap();
    let manifest =
        format!("{{\"version\": \"1\", \"artifacts\": {{{}}}}}", stack("Dev", "Dev.template.json"));
    write(folder.path(), &[("manifest.json", &manifest)]);
    let pipe = folder.path().join("Dev.template.json");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let error = InfrastructureCode::open(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("Dev.template.json: it is not a regular file"), "{error}");
}
