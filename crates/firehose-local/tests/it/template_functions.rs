//! Functions of a template: code in Python and JavaScript runs without options, and a message says what
//! to do for other code.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{
    delivery::objects,
    firehose_local::{Run, command, run_with, workspace},
    handlers::{copied, copy, run_in},
    replay::Folder,
};

/// Runs the template in a folder with nothing but the input. Returns the text of the good objects.
fn delivered(name: &str) -> (Run, String) {
    delivered_in(&copied(name))
}

fn delivered_in(folder: &tempfile::TempDir) -> (Run, String) {
    let run = run_in(folder.path(), &["run", "events.jsonl"]);
    let objects = objects(&folder.path().join("delivered"));
    let good = objects.iter().filter(|(key, _)| key.starts_with("good/"));
    let text = good.map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap()).collect();
    (run, text)
}

#[test]
fn code_with_a_python_handler_runs_without_options() {
    let folder = copied("sam-python");
    converts_readings(&folder, "Readings");
    // The same code, deployed by Terraform.
    fs::remove_file(folder.path().join("template.yaml")).unwrap();
    fs::remove_dir_all(folder.path().join("delivered")).unwrap();
    copy(&workspace().join("fixtures/handlers/terraform-python"), folder.path());
    converts_readings(&folder, "readings");
}

fn converts_readings(folder: &tempfile::TempDir, stream: &str) {
    let (run, good) = delivered_in(folder);
    run.ends(0, "");
    let counts = format!("{stream}: 4 records in = 2 delivered + 0 dropped + 2 failed\n");
    assert!(run.stdout.starts_with(&counts), "{run:#?}");
    for cause in ["1 x KeyError: 'celsius'", "1 x JSONDecodeError: Expecting value"] {
        assert!(run.stdout.contains(cause), "{run:#?}");
    }
    let expected = r#"{"sensor": "a", "fahrenheit": "70.7", "unit": "celsius"}
{"sensor": "stra\u00dfe", "fahrenheit": "-40.0", "unit": "celsius"}"#;
    assert_eq!(good.trim_end(), expected);
}

#[test]
fn a_sam_template_with_a_node_handler_runs_without_options() {
    let (run, good) = delivered("sam-node");
    run.ends(0, "");
    assert!(
        run.stdout.starts_with("Readings: 4 records in = 2 delivered + 0 dropped + 2 failed\n"),
        "{run:#?}"
    );
    for cause in ["1 x TypeError: no celsius", "1 x SyntaxError: "] {
        assert!(run.stdout.contains(cause), "{run:#?}");
    }
    let expected = r#"{"sensor":"a","fahrenheit":"70.7","unit":"celsius"}
{"sensor":"straße","fahrenheit":"-40","unit":"celsius"}"#;
    assert_eq!(good.trim_end(), expected);
}

#[test]
fn inline_code_runs() {
    let folder = copied("sam-inline");
    fs::write(folder.path().join("in.jsonl"), "one\ntwo\n").unwrap();
    for stream in ["ByPython", "ByNode"] {
        let run = run_in(folder.path(), &["run", "--put-to", stream, "in.jsonl"]);
        run.ends(0, "");
        let counts = format!("{stream}: 2 records in = 2 delivered + 0 dropped + 0 failed\n");
        assert!(run.stdout.starts_with(&counts), "{run:#?}");
    }
}

/// Lambda deploys such a function, and each of its invocations fails.
#[test]
fn inline_code_without_the_module_of_the_handler_fails_as_in_lambda() {
    let folder = copied("sam-inline");
    let template = fs::read_to_string(folder.path().join("template.yaml")).unwrap();
    fs::write(
        folder.path().join("template.yaml"),
        template.replace("Handler: index.handler", "Handler: h.h"),
    )
    .unwrap();
    fs::write(folder.path().join("in.jsonl"), "one\ntwo\n").unwrap();
    let run = run_in(folder.path(), &["run", "--put-to", "ByPython", "in.jsonl"]);
    run.ends(
        3,
        "warning: Python: every invocation fails, because inline code is the module index, and the \
         handler h.h names another module",
    );
    run.ends(3, "Runtime.ImportModuleError: Unable to import module 'h': No module named 'h'");
    let counts = "ByPython: 2 records in = 0 delivered + 0 dropped + 2 failed\n";
    assert!(run.stdout.starts_with(counts), "{run:#?}");
}

#[test]
fn a_zip_archive_runs() {
    let folder = copied("sam-python");
    let path = folder.path();
    let python = "import shutil; shutil.make_archive('build/code', 'zip', 'src')";
    let made =
        std::process::Command::new("python3").args(["-c", python]).current_dir(path).status();
    assert!(made.unwrap().success());
    let template = fs::read_to_string(path.join("template.yaml")).unwrap();
    fs::write(path.join("template.yaml"), template.replace("src/", "build/code.zip")).unwrap();
    run_in(path, &["run", "events.jsonl"]).ends(0, "");
    // The Serverless Framework writes the archive beside the template, and names its key.
    fs::rename(path.join("build/code.zip"), path.join("code.zip")).unwrap();
    let object = "s3://bucket/serverless/demo/code.zip";
    fs::write(path.join("template.yaml"), template.replace("src/", object)).unwrap();
    run_in(path, &["run", "events.jsonl"]).ends(0, "");
}

/// Returns the message of a run of a template whose function has these properties.
fn refused(folder: &Folder, properties: &str) -> String {
    let template = format!(
        "Resources:
  Fn: {{Type: AWS::Serverless::Function, Properties: {{{properties}}}}}
  Stream:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        BucketARN: arn:aws:s3:::b
        ProcessingConfiguration:
          Enabled: true
          Processors:
            - Type: Lambda
              Parameters: [{{ParameterName: LambdaArn, ParameterValue: !GetAtt Fn.Arn}}]
"
    );
    folder.write("template.yaml", template);
    let run = run_in(Path::new(&folder.path("")), &["run", "in.jsonl"]);
    assert_eq!(run.code, 2, "{run:#?}");
    let message = run.stderr.lines().find(|line| line.contains("Fn: "));
    message.unwrap_or_default().to_owned()
}

#[test]
fn a_function_of_a_template_that_cannot_be_started_says_what_to_do() {
    let folder = Folder::new();
    folder.write("in.jsonl", "{}\n");
    folder.write("src/app.ts", "");
    let refused = |properties: &str| refused(&folder, properties);
    let java = refused("Runtime: java21, Handler: a.B, CodeUri: src");
    let ruby = refused("Runtime: ruby3.3, Handler: a.b, CodeUri: src");
    let image = refused("PackageType: Image, ImageUri: x");
    let typescript = refused("Runtime: nodejs22.x, Handler: app.handler, CodeUri: src");
    folder.write(".aws-sam/build/template.yaml", "");
    let built = refused("Runtime: nodejs22.x, Handler: app.handler, CodeUri: src");
    let elsewhere =
        refused("Runtime: python3.13, Handler: app.handler, CodeUri: 's3://b/code.zip'");
    let absent = refused("Runtime: python3.13, Handler: app.handler, CodeUri: absent");
    let module = refused("Runtime: python3.13, Handler: app.handler, CodeUri: src");
    let no_code = refused("Runtime: python3.13, Handler: app.handler");
    folder.write("go/go.mod", "");
    let go = refused("Runtime: provided.al2023, Handler: bootstrap, CodeUri: go");
    folder.write("go/bootstrap", "");
    let built_go = refused("Runtime: provided.al2023, Handler: bootstrap, CodeUri: go");
    folder.write("net/F.csproj", "");
    let net = refused("Runtime: provided.al2023, Handler: bootstrap, CodeUri: net");
    let old_net = refused("Runtime: dotnet8, Handler: 'F::F.Function::Handler', CodeUri: net");
    folder.write("rust/Cargo.toml", "");
    let rust = refused("Runtime: provided.al2023, Handler: bootstrap, CodeUri: rust");
    let unknown = refused("Runtime: provided.al2023, Handler: bootstrap, CodeUri: src");
    let code = [typescript, built, elsewhere, absent, module, no_code];
    let built = [go, built_go, net, old_net, rust, unknown];
    let errors = [java, ruby, image].into_iter().chain(code).chain(built).collect::<Vec<_>>();
    let errors = errors.join("\n").replace(&folder.path(""), "");
    insta::assert_snapshot!(errors, @r#"
    firehose-local: Fn: `run` cannot start the runtime java21; build the function, then start the function in AWS's runtime interface emulator with `docker run -p 9000:8080 -v "$PWD/src:/var/task" public.ecr.aws/lambda/java:21 a.B` and name its URL with --url http://127.0.0.1:9000/2015-03-31/functions/function/invocations, or name an executable with --function Fn=PATH
    firehose-local: Fn: `run` cannot start the runtime ruby3.3; start the function in AWS's runtime interface emulator with `docker run -p 9000:8080 -v "$PWD/src:/var/task" public.ecr.aws/lambda/ruby:3.3 a.b` and name its URL with --url http://127.0.0.1:9000/2015-03-31/functions/function/invocations, or name an executable with --function Fn=PATH
    firehose-local: Fn: `run` cannot start a container image; start the image with AWS's runtime interface emulator and name its URL with --url, or name an executable with --function Fn=PATH
    firehose-local: Fn: src/app.ts is TypeScript, and Lambda runs JavaScript; build it first, with `sam build` or a bundler such as esbuild, and run the built code
    firehose-local: Fn: src/app.ts is TypeScript, and Lambda runs JavaScript; build it first, with `sam build` or a bundler such as esbuild, and run the built code; --template .aws-sam/build/template.yaml runs the built code
    firehose-local: Fn: the code is the object code.zip in a bucket; name the folder with --handler app.handler --code FOLDER, or an executable with --function Fn=PATH
    firehose-local: Fn: cannot read the folder with the code, absent: No such file or directory (os error 2); --template .aws-sam/build/template.yaml runs the built code
    firehose-local: Fn: the handler app.handler has no code in src: the folder has none of the files app.py, app/__init__.py; --template .aws-sam/build/template.yaml runs the built code
    firehose-local: Fn: the template does not name a folder with the code; name the folder with --handler app.handler --code FOLDER, or an executable with --function Fn=PATH
    firehose-local: Fn: the code in go is Go, which `run` does not build; build it for this machine with `go build -C go -o bootstrap`, and name go/bootstrap with --function Fn=PATH
    firehose-local: Fn: `run` does not start go/bootstrap by itself, because it can be built for another machine; name it with --function Fn=PATH
    firehose-local: Fn: the code in net is .NET, which `run` does not build; build an executable for this machine and name it with --function Fn=PATH, or start the function in AWS's runtime interface emulator and name its URL with --url http://127.0.0.1:9000/2015-03-31/functions/function/invocations
    firehose-local: Fn: `run` cannot start the runtime dotnet8; build the function, then start the function in AWS's runtime interface emulator with `docker run -p 9000:8080 -v "$PWD/net:/var/task" public.ecr.aws/lambda/dotnet:8 F::F.Function::Handler` and name its URL with --url http://127.0.0.1:9000/2015-03-31/functions/function/invocations, or name an executable with --function Fn=PATH
    firehose-local: Fn: the code in rust is Rust, and the template does not name the executable that cargo builds; add Metadata: {BuildMethod: rust-cargolambda, BuildProperties: {Binary: NAME}} to the function, or build the code and name the executable with --function Fn=PATH
    firehose-local: Fn: the template does not name an executable that cargo builds (Metadata: BuildMethod, BuildProperties: Binary); name one, or a pipeline file, with --function Fn=PATH
    "#);
}

#[test]
fn a_handler_replaces_the_function_of_a_template() {
    let folder = copied("sam-python");
    let other = "def other(event, context):
    return {'records': [{**it, 'result': 'Dropped'} for it in event['records']]}\n";
    fs::write(folder.path().join("other.py"), other).unwrap();
    let run = run_in(folder.path(), &["run", "--handler", "other.other", "events.jsonl"]);
    run.ends(0, "");
    assert!(
        run.stdout.starts_with("Readings: 4 records in = 0 delivered + 4 dropped + 0 failed\n"),
        "{run:#?}"
    );
}

#[test]
fn a_function_of_a_template_is_tested() {
    let folder = copied("sam-node");
    run_in(folder.path(), &["event", "--case", "cases/one", "events.jsonl"]).ends(0, "");
    let test = |more: &[&str]| {
        let arguments = ["test", "--function", "ConvertFunction"];
        run_in(folder.path(), &[&arguments, more].concat())
    };
    test(&["--update", "cases", "--source", "direct-put"]).ends(0, "");
    test(&["cases"]).ends(0, "");
    let expected = fs::read_to_string(folder.path().join("cases/one/expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    // The template gives the environment.
    assert_eq!(expected["records"][0]["json"]["unit"], json!("celsius"), "{expected}");
}

#[test]
fn replay_takes_the_function_and_the_objects_from_a_template() {
    let folder = copied("sam-python");
    let path = folder.path();
    run_in(path, &["run", "events.jsonl"]).ends(0, "");
    let code = fs::read_to_string(path.join("src/app.py")).unwrap();
    let corrected = code.replace("reading.pop(\"celsius\")", "reading.pop(\"celsius\", 0)");
    fs::write(path.join("src/app.py"), corrected).unwrap();
    let arguments = ["replay", "--template", "template.yaml", "--to", "recovered"];
    let more = ["--rest", "rest.jsonl", "delivered/bad"];
    let replayed = run_in(path, &[arguments.as_slice(), &more].concat());
    replayed.ends(6, "");
    let counts = "2 lines in = 1 recovered + 0 dropped + 1 still failing + 0 unreadable\n";
    assert!(replayed.stdout.starts_with(counts), "{replayed:#?}");
    let recovered = objects(&path.join("recovered"));
    let (key, bytes) = recovered.iter().next().unwrap();
    assert!(key.starts_with("good/") && key.ends_with(".gz"), "{key}");
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(text.trim_end(), r#"{"sensor": "b", "fahrenheit": "32.0", "unit": "celsius"}"#);

    // An option replaces the setting of the template.
    let other = ["--prefix", "other/", "--compression", "uncompressed", "delivered/bad"];
    let arguments = ["replay", "--template", "template.yaml", "--to", "again"];
    run_in(path, &[arguments.as_slice(), &other].concat()).ends(6, "");
    let again = objects(&path.join("again"));
    let (key, _) = again.iter().next().unwrap();
    assert!(key.starts_with("other/") && !key.ends_with(".gz"), "{key}");
}

#[test]
fn replay_names_the_delivery_streams_of_a_template() {
    let folder = copied("sam-inline");
    fs::write(folder.path().join("errors.jsonl"), "").unwrap();
    let replay = |more: &[&str]| {
        let arguments = ["replay", "--template", "template.yaml", "errors.jsonl"];
        run_in(folder.path(), &[arguments.as_slice(), more].concat())
    };
    replay(&[]).ends(
        2,
        "several delivery streams of template.yaml invoke a function; select one with --only: \
         ByPython, ByNode",
    );
    replay(&["--only", "Other"]).ends(
        2,
        "no delivery stream has the name or the logical id Other; the delivery streams are: ",
    );
    replay(&["--only", "ByNode"]).ends(0, "");
}

#[test]
fn another_version_of_the_interpreter_is_a_note() {
    let folder = copied("sam-python");
    let template = fs::read_to_string(folder.path().join("template.yaml")).unwrap();
    let template = template.replace("python3.13", "python3.7");
    fs::write(folder.path().join("template.yaml"), template).unwrap();
    run_in(folder.path(), &["run", "events.jsonl"]).ends(
        0,
        "note: ConvertFunction: the runtime is python3.7, and the installed interpreter is python3.",
    );
}

#[test]
fn a_missing_interpreter_is_named() {
    let folder = copied("sam-python");
    let mut command = command(&["run", "events.jsonl"]);
    command.current_dir(folder.path()).env("PATH", folder.path());
    let run = run_with(command, "");
    run.ends(4, "ConvertFunction: cannot start python3: ");
    run.ends(4, "; install Python, so that python3 is in PATH");
    assert!(!folder.path().join("delivered").exists());
}
