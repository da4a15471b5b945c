//! Foreign Terraform files cannot exhaust the stack, the memory or the time.

use std::fs;

use firehose_template::{Deployment, GivenValues, InfrastructureCode, TemplateError};
use proptest::prelude::*;
use tempfile::TempDir;

/// Writes files, and reads the configuration of the folder.
fn read(files: &[(&str, &str)]) -> Result<Deployment, TemplateError> {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let code = InfrastructureCode::open(folder.path())?;
    code.read(&GivenValues::default())
}

/// Returns the error of a configuration without the folder, and a short form of a long error.
fn error(files: &[(&str, &str)]) -> String {
    let error = match read(files) {
        Ok(deployment) => format!("{:?}", deployment.unsupported),
        Err(error) => error.to_string(),
    };
    let start =
        error.find("/tmp").and_then(|start| Some(start..start + error[start..].find("/main")?));
    match start {
        Some(folder) => error.replace(&error[folder], "FOLDER"),
        None => error,
    }
}

/// Returns a delivery stream whose prefix is an expression.
fn stream(prefix: &str) -> String {
    format!(
        "resource \"aws_kinesis_firehose_delivery_stream\" \"s\" {{
  name = \"s\"
  extended_s3_configuration {{
    bucket_arn = \"arn:aws:s3:::b\"
    prefix     = {prefix}
  }}
}}\n"
    )
}

#[test]
fn deep_nesting_is_an_error() {
    for text in [
        format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("a = {}1", "!".repeat(100_000)),
        format!("a = {}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("a = {}", "\"${".repeat(100_000)),
        format!("a = 1{}", " + 1".repeat(10_000)),
        "a {\n".repeat(50_000),
        format!("a = x{}", "?1:x".repeat(50_000)),
    ] {
        assert!(read(&[("main.tf", &text)]).is_err(), "{}", &text[..20]);
    }
    let json = format!("{{\"locals\": {{\"a\": {}1{}}}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(read(&[("main.tf.json", &json)]).is_err());
}

#[test]
fn references_that_expand_exponentially_are_an_error() {
    let mut text = "locals {\n  a0 = \"xxxxxxxxxx\"\n".to_owned();
    for n in 1..40 {
        let before = n - 1;
        text.push_str(&format!("  a{n} = \"${{local.a{before}}}${{local.a{before}}}\"\n"));
    }
    text.push_str("}\n");
    let error = error(&[("main.tf", &(text + &stream("local.a39")))]);
    assert!(error.contains("the evaluation takes more than 20000000 steps"), "{error}");
}

#[test]
fn a_long_chain_of_references_is_an_error() {
    let mut text = "locals {\n  a0 = \"x\"\n".to_owned();
    for n in 1..5_000 {
        text.push_str(&format!("  a{n} = [local.a{}]\n", n - 1));
    }
    text.push_str("}\n");
    let error = error(&[("main.tf", &(text + &stream("local.a4999")))]);
    insta::assert_snapshot!(error, @"aws_kinesis_firehose_delivery_stream.s.extended_s3_configuration[0].prefix: expressions and references are nested more than 1000 levels deep");
}

#[test]
fn a_module_that_calls_itself_is_an_error() {
    let call = "module \"m\" {\n  source = \"../m\"\n}\n";
    let of_m = error(&[("main.tf", &call.replace("../m", "./m")), ("m/main.tf", call)]);
    let of = |source: &str| call.replace("../m", source);
    let of_root = error(&[("main.tf", &of("./a")), ("a/main.tf", &of("../"))]);
    let files = [("main.tf", &*of("./a")), ("a/main.tf", &of("../b")), ("b/main.tf", &of("../a"))];
    insta::assert_snapshot!([of_m, of_root, error(&files)].join("\n"), @r"
    module.m.m: the module ../m calls itself: m -> m
    module.m.m: the module ../ calls itself: . -> a -> .
    module.m.m.m: the module ../a calls itself: a -> b -> a
    ");
}

#[test]
fn many_modules_are_an_error() {
    let call = |number| format!("module \"m{number}\" {{\n  source = \"./m\"\n}}\n");
    let calls: String = (0..501).map(call).collect();
    let error = error(&[("main.tf", &calls), ("m/main.tf", "")]);
    insta::assert_snapshot!(error, @"the configuration calls more than 500 modules");
}

#[test]
fn many_instances_are_an_error() {
    for argument in ["count = 1001", "for_each = toset([for n in range(1002) : tostring(n)])"] {
        let text = stream("\"p\"").replace("name =", &format!("{argument}\n  name ="));
        let error = error(&[("main.tf", &text)]);
        assert!(error.contains("at most 1000 are simulated"), "{error}");
    }
}

#[test]
fn a_large_file_is_an_error() {
    let error = error(&[("main.tf", &"#".repeat(500_001))]);
    insta::assert_snapshot!(error, @"cannot read FOLDER/main.tf: the file is longer than 500000 bytes");
}

#[test]
fn a_file_outside_the_folder_is_not_read() {
    let text = stream("file(\"../../etc/hostname\")");
    let reason = error(&[("main.tf", &text)]);
    assert!(reason.contains("is missing") || reason.contains("outside the folder"), "{reason}");
    let reason = error(&[("main.tf", &stream("file(\"/etc/passwd\")"))]);
    assert!(reason.contains("outside the folder"), "{reason}");
    // A module above the root folder, and a downloaded module in the root of the file system.
    let above = "\nmodule \"above\" {\n  source = \"../../\"\n}\n";
    let reason = error(&[("main.tf", &(stream("file(\"/etc/passwd\")") + above))]);
    assert!(reason.contains("outside the folder"), "{reason}");
    let downloaded = r#"{"Modules": [{"Key": "above", "Source": "x", "Dir": "/"}]}"#;
    let above = "\nmodule \"above\" {\n  source = \"x/y/z\"\n}\n";
    let main = stream("file(\"/etc/passwd\")") + above;
    let files = [("main.tf", &*main), (".terraform/modules/modules.json", downloaded)];
    let reason = error(&files);
    assert!(reason.contains("outside the folder"), "{reason}");
    let text = stream("file(\"${path.module}/a/b.txt\")");
    let read = read(&[("main.tf", &text), ("a/b.txt", "inside/")]).unwrap();
    assert_eq!(read.delivery_streams[0].destination.s3().prefix, "inside/");
}

#[test]
fn a_pipe_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::write(folder.path().join("main.tf"), stream("file(\"pipe\")")).unwrap();
    fs::create_dir_all(folder.path().join(".terraform/modules")).unwrap();
    let modules = folder.path().join(".terraform/modules/modules.json");
    assert!(std::process::Command::new("mkfifo").arg(&modules).status().unwrap().success());
    let code = InfrastructureCode::open(folder.path()).unwrap();
    let read = code.read(&GivenValues::default());
    let reasons = match read {
        Ok(read) => format!("{:?}", read.unsupported),
        Err(error) => error.to_string(),
    };
    assert!(reasons.contains("pipe of file() is not a file"), "{reasons}");
}

#[test]
fn a_pipe_in_place_of_a_configuration_file_is_an_error() {
    for name in ["pipe.tf", "terraform.tfvars", "x.auto.tfvars"] {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join(name);
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        fs::write(folder.path().join("main.tf"), stream("\"p\"")).unwrap();
        let code = InfrastructureCode::open(folder.path()).unwrap();
        let error = code.read(&GivenValues::default()).unwrap_err().to_string();
        assert!(error.ends_with(&format!("{name}: it is not a regular file")), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Reads a configuration without a random part. An error is allowed, a panic is not.
    #[test]
    fn a_mutilated_configuration_causes_no_panic(from in 0_usize..3_000, length in 1_usize..60) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/templates/terraform");
        for case in ["dynamic-blocks", "functions", "kinesis-and-python"] {
            let text = fs::read_to_string(format!("{folder}/{case}/code/main.tf")).unwrap();
            let (start, end) = (text.len().min(from), text.len().min(from + length));
            if let (Some(head), Some(tail)) = (text.get(..start), text.get(end..)) {
                let _ = read(&[("main.tf", &format!("{head}{tail}"))]);
            }
        }
    }
}
