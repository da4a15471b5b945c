//! Reads the input as the files of a Terraform folder, and as the output of `terraform show -json`.
//!
//! The first line of a file is its name, after `//// `. Without such a line, the input is one file,
//! `main.tf`.
//!
//! ```text
//! RUSTC_BOOTSTRAP=1 cargo fuzz run terraform --fuzz-dir crates/firehose-template/fuzz -- -max_total_time=60
//! ```

#![no_main]

use std::{fs, sync::OnceLock};

use firehose_template::{GivenValues, InfrastructureCode};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

/// The names that a file can have.
const NAMES: [&str; 6] = [
    "main.tf",
    "other.tf.json",
    "override.tf",
    "terraform.tfvars",
    "module/main.tf",
    "module/file.txt",
];

fuzz_target!(|data: &[u8]| {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().unwrap()).path();
    let Ok(text) = str::from_utf8(data) else { return };
    fs::create_dir_all(folder.join("module")).unwrap();
    for name in NAMES {
        let _ = fs::remove_file(folder.join(name));
    }
    fs::write(folder.join("main.tf"), "").unwrap();
    let files = text.split("//// ").filter(|file| !file.is_empty());
    for file in files {
        let named = file.split_once('\n').filter(|(name, _)| NAMES.contains(name));
        let (name, content) = named.unwrap_or(("main.tf", file));
        fs::write(folder.join(name), content).unwrap();
    }
    let given = GivenValues::default();
    if let Ok(code) = InfrastructureCode::open(folder) {
        let _ = code.read(&given);
        let _ = code.read_function("aws_lambda_function.f", &given);
    }
    let shown = folder.join("module/show.json");
    fs::write(&shown, text).unwrap();
    if let Ok(code) = InfrastructureCode::open(&shown) {
        let _ = code.read(&given);
    }
});
