//! Reads the infrastructure code of folders below `fixtures/templates`, and compares
//! the deployment, or the reason why the code cannot be read, with `expected.txt`.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use firehose_template::{Deployment, GivenValues, InfrastructureCode, TemplateError};

/// Reads each case of a folder, and compares it with `expected.txt`. With `UPDATE_FIXTURES=1`, writes
/// `expected.txt` instead.
///
/// The code is the folder `code`, or the file `template.json`. `arguments.txt` has options of
/// `firehose-local run`, one word per line.
fn check_cases(kind: &str, least: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/templates").join(kind);
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= least, "{cases:?}");
    let mut wrong = Vec::new();
    for case in cases {
        let found = read(&case);
        let expected = case.join("expected.txt");
        if env::var_os("UPDATE_FIXTURES").is_some() {
            fs::write(expected, found).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn templates_of_the_cdk_are_read() {
    check_cases("cdk", 30);
}

#[test]
fn terraform_folders_are_read() {
    check_cases("terraform", 15);
}

#[test]
fn plans_and_states_of_terraform_are_read() {
    check_cases("terraform-show", 3);
}

#[test]
fn folders_of_projects_are_recognized() {
    check_cases("projects", 8);
}

/// Returns the kind of the code and the deployment, or the reason.
fn read(case: &Path) -> String {
    let code = ["code", "template.json"].map(|name| case.join(name));
    let code = code.iter().find(|path| path.exists()).unwrap();
    let read = InfrastructureCode::open(code).and_then(|code| {
        let deployment = code.read(&given(&case.join("arguments.txt")))?;
        Ok(format!("{}\n{}", code.kind(), readable(&deployment)))
    });
    let text = read.unwrap_or_else(|error: TemplateError| format!("error: {error}\n"));
    // A message can have the path of a file.
    text.replace(&format!("{}/", case.display()), "")
}

fn given(arguments: &Path) -> GivenValues {
    let text = fs::read_to_string(arguments).unwrap_or_default();
    let words: Vec<&str> = text.lines().collect();
    let mut given = GivenValues::default();
    for pair in words.chunks(2) {
        let [option, assignment] = pair else { panic!("{text}") };
        let (name, value) = match *option {
            // A path can have an `=` only in brackets, which no fixture has.
            "--parameter" | "--import" | "--value" => assignment.split_once('=').unwrap(),
            option => panic!("{option}"),
        };
        let values = match *option {
            "--parameter" => &mut given.parameters,
            "--import" => &mut given.imports,
            _ => &mut given.properties,
        };
        values.insert(name.to_owned(), value.to_owned());
    }
    given
}

/// Returns the parts of a deployment, without empty parts.
fn readable(deployment: &Deployment) -> String {
    let Deployment {
        kinesis_streams,
        delivery_streams,
        unsupported,
        not_deployed,
        names,
        functions,
        warnings,
        notes,
    } = deployment;
    let mut text = String::new();
    for stream in delivery_streams {
        let _ = writeln!(text, "\n{}", without_empty(&format!("{stream:#?}")));
    }
    for (name, stream) in kinesis_streams {
        let _ = writeln!(text, "\nKinesis stream {name}: {stream:?}");
    }
    for (name, function) in functions {
        let function = without_empty(&format!("{function:#?}"));
        let _ = writeln!(text, "\nfunction {name}: {function}");
    }
    for (name, reason) in unsupported {
        let _ = writeln!(text, "\nunsupported {name}: {reason}");
        for missing in &reason.missing {
            let _ = writeln!(text, "  missing {missing:?}");
        }
    }
    for (id, reason) in not_deployed {
        let _ = writeln!(text, "\nnot deployed {id}: {reason}");
        for value in &reason.deciding {
            let _ = writeln!(text, "  decided by {value:?}");
        }
    }
    for (id, name) in names.iter().filter(|(id, name)| id != name) {
        let _ = writeln!(text, "\nname of {id}: {name}");
    }
    for warning in warnings {
        let _ = writeln!(text, "\nwarning: {warning}");
    }
    for note in notes {
        let _ = writeln!(text, "\nnote: {note}");
    }
    text
}

/// Removes the lines of fields without a value.
fn without_empty(debug: &str) -> String {
    let is_empty = |line: &&str| {
        [": None,", ": {},", ": [],", ": false,"].iter().any(|end| line.ends_with(end))
    };
    debug.lines().filter(|line| !is_empty(line)).collect::<Vec<_>>().join("\n")
}
