//! `run` with infrastructure code of each kind, by the path of a file or a folder.

use std::{fs, path::Path};

use crate::firehose_local::{Run, command, run_with, square_values, workspace};

const TERRAFORM: &str = "fixtures/templates/terraform";

/// Runs the code at a path with two records. Returns the run and the contents of all objects.
fn deliver(template: &str, more: &[&str]) -> (Run, Vec<String>) {
    let to = tempfile::tempdir().unwrap();
    let mut arguments = vec!["run", "--template", template, "--to", to.path().to_str().unwrap()];
    arguments.extend(more);
    let run = run_with(command(&arguments), "{\"a\":2}\n{\"a\":3}\n");
    (run, objects(to.path()))
}

fn objects(folder: &Path) -> Vec<String> {
    let mut contents = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => contents.push(fs::read_to_string(path).unwrap()),
            }
        }
    }
    contents.sort();
    contents
}

#[test]
fn code_of_each_kind_runs() {
    for template in [
        format!("{TERRAFORM}/minimal/code"),
        format!("{TERRAFORM}/minimal/code/main.tf"),
        "fixtures/templates/cdk/s3-bucket/code".to_owned(),
        "fixtures/templates/cdk/s3-bucket/code/manifest.json".to_owned(),
        "fixtures/templates/cdk/s3-bucket/code/Stack.template.json".to_owned(),
    ] {
        let (run, objects) = deliver(&template, &[]);
        run.ends(0, "");
        assert_eq!(objects, ["{\"a\":2}{\"a\":3}"], "{template}");
    }
}

#[test]
fn a_function_of_terraform_is_named_by_its_address() {
    let function = format!("aws_lambda_function.transform={}", square_values());
    let template = format!("{TERRAFORM}/kinesis-and-python/code");
    let (run, objects) = deliver(
        &template,
        &["--function", &function, "--only", "aws_kinesis_firehose_delivery_stream.readings"],
    );
    run.ends(0, "set SECRET in your environment");
    assert_eq!(objects.concat().lines().collect::<Vec<_>>(), ["{\"a\":4}", "{\"a\":9}"]);
}

#[test]
fn the_code_of_the_current_folder_needs_no_option() {
    let mut command = command(&["run", "--to"]);
    let to = tempfile::tempdir().unwrap();
    command.arg(to.path()).current_dir(workspace().join(TERRAFORM).join("minimal/code"));
    run_with(command, "x\n").ends(0, "");
    assert_eq!(objects(to.path()), ["x"]);
}

#[test]
fn code_that_another_command_writes_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    for (file, text, message) in [
        ("cdk.json", "{}", "`cdk synth` writes its templates"),
        ("serverless.yml", "service: x", "`serverless package` writes its template"),
        ("terraform.tfstate", "", "the folder has no infrastructure code; expected template.yaml"),
    ] {
        fs::write(folder.path().join(file), text).unwrap();
        deliver(path, &[]).0.ends(2, message);
        fs::remove_file(folder.path().join(file)).unwrap();
    }
}

#[test]
fn a_plan_of_terraform_must_be_json() {
    let plan = tempfile::NamedTempFile::new().unwrap();
    fs::write(plan.path(), b"PK\x03\x04\xff\xfe").unwrap();
    deliver(plan.path().to_str().unwrap(), &[])
        .0
        .ends(2, "the output of `terraform show -json PLAN`");
}

#[test]
fn missing_values_of_terraform_are_named_with_their_options() {
    let (run, _) = deliver(&format!("{TERRAFORM}/missing-variables/code"), &[]);
    run.ends(2, "--parameter name=VALUE --parameter bucket=VALUE --parameter size=VALUE");
    let (run, _) = deliver(&format!("{TERRAFORM}/unknown-values/code"), &[]);
    run.ends(
        2,
        "--value 'aws_kinesis_firehose_delivery_stream.clicks.extended_s3_configuration[0].prefix=VALUE'",
    );
}
