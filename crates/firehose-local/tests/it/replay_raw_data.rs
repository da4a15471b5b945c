//! The treatment of `rawData` in a replay. `rawData` is the original record or an output of the
//! function.

use std::fs;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    firehose_local::workspace,
    replay::{Folder, gzip, replay, sorted},
};

/// The data of these lines is already an output of `square-values`. The function would square the
/// values again.
#[test]
fn records_that_failed_after_the_function_are_delivered_unchanged() {
    let folder = Folder::new();
    let to = folder.path("to");
    let inputs = ["destination-failures", "format-conversion"]
        .map(|it| format!("fixtures/error-lines/{it}.jsonl"));
    let run = replay(&["--to", &to, "--append-delimiter", &inputs[0], &inputs[1]]);
    run.ends(0, "");
    let report = run.stdout.split_inclusive('\n').filter(|line| !line.contains(" bytes"));
    insta::assert_snapshot!(report.collect::<String>(), @r"
    5 lines in = 5 recovered + 0 dropped + 0 still failing + 0 unreadable
      had failed with 400: 1 record, 1 recovered
      had failed with DataFormatConversion.MalformedData: 1 record, 1 recovered
      had failed with DataFormatConversion.ParseError: 1 record, 1 recovered
      had failed with HttpEndpoint.DestinationException: 1 record, 1 recovered
      had failed with Splunk.AckTimeout: 1 record, 1 recovered
      5 records delivered unchanged, because the failure came after the function
    ");
    let delivered: String =
        folder.files("to").iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    assert_eq!(
        sorted(&delivered),
        [r#"{"a":2}"#, r#"{"a":9}"#, r#"{"a":9}"#, r#"{"a":9}"#, r#"{"a":9}"#]
    );
}

#[test]
fn a_replay_stops_at_a_line_that_does_not_determine_its_raw_data() {
    let folder = Folder::new();
    let line = |code: &str, data: &[u8]| {
        let code =
            if code.is_empty() { String::new() } else { format!(r#","errorCode":"{code}""#) };
        format!("{{\"rawData\":\"{}\"{code}}}\n", STANDARD.encode(data))
    };
    let logs = gzip(r#"{"messageType":"DATA_MESSAGE","logEvents":[]}"#);
    for (name, code, data, reason) in [
        (
            "partitioning",
            "DynamicPartitioning.MetadataExtractionFailed",
            &b"{\"a\":3}"[..],
            "the error code DynamicPartitioning.MetadataExtractionFailed does not say whether",
        ),
        ("new", "New.Code", b"{\"a\":3}", "the error code New.Code does not say whether"),
        ("none", "", b"{\"a\":3}", "without an error code, it is unknown whether"),
        ("logs", "DataFormatConversion.ParseError", &logs, "rawData is compressed CloudWatch Logs"),
    ] {
        let known = line("Lambda.FunctionError", b"{\"a\":2}");
        let errors = folder.write(name, format!("{known}{}{known}", line(code, data)));
        let run = replay(&[&*errors]);
        run.ends(2, "");
        assert!(run.stdout.starts_with("1 line in = 1 pass now"), "{run:?}");
        assert!(run.stdout.contains(&format!("{errors}:2: {reason}")), "{run:?}");
        assert!(run.stdout.contains("--raw-data original"), "{run:?}");
        assert!(
            run.stdout
                .contains(&format!("only up to {errors}:1; --after {errors}:1 continues there\n")),
            "{run:?}"
        );

        let to = folder.path(&format!("{name}-to"));
        let chosen = |content| replay(&["--raw-data", content, "--json", "--to", &to, &errors]);
        let original = chosen("original").response();
        assert_eq!((&original["lines"], &original["deliveredUnchanged"]), (&3.into(), &0.into()));
        let output = chosen("output").response();
        let expected = if name == "logs" { (1, 0) } else { (3, 1) };
        assert_eq!(
            (&output["lines"], &output["deliveredUnchanged"]),
            (&expected.0.into(), &expected.1.into())
        );
        let after = format!("{errors}:1");
        let arguments =
            ["--raw-data", "original", "--json", "--to", &to, "--after", &after, &errors];
        let rest = replay(&arguments).response();
        assert_eq!((&rest["lines"], &rest["readToEnd"]), (&2.into(), &true.into()));
    }
}

/// A missing partition key keeps the outputs from being delivered. `run --format lines` and `invoke`
/// would send the content of the file through the function.
#[test]
fn outputs_are_left_out_of_files_for_the_function() {
    let failures = "fixtures/error-lines/destination-failures.jsonl";
    let lines = fs::read_to_string(workspace().join(failures)).unwrap().lines().count();
    for format in ["lines", "event", "error-lines"] {
        let folder = Folder::new();
        let (to, rest) = (folder.path("to"), folder.path("rest"));
        let prefix = "!{partitionKeyFromLambda:unit}/";
        let arguments = ["--to", &to, "--prefix", prefix, "--rest", &rest, "--rest-as", format];
        let summary = replay(&[&arguments[..], &["--json", failures]].concat()).response();
        let held = if format == "error-lines" { lines } else { 0 };
        assert_eq!(summary["rest"]["written"], held, "{format}: {summary:#}");
        assert_eq!(summary["rest"]["leftOutOutputs"], lines - held, "{format}: {summary:#}");
        let run = replay(&[&arguments[..], &["--force", failures]].concat());
        let message = "LEFT OUT because they are outputs of the function";
        assert_eq!(run.stdout.contains(message), held == 0, "{}", run.stdout);
    }
}

/// The records fail again. The name of an object determines the content of its line, and the file of
/// remaining records has no such name.
#[test]
fn remaining_lines_are_treated_as_in_their_objects() {
    let folder = Folder::new();
    let line = |data: &str, code| format!("{{\"rawData\":\"{}\"{code}}}\n", STANDARD.encode(data));
    let new = r#","errorCode":"New.Code""#;
    let errors = [
        folder.write("processing-failed/1", line("bad", "")),
        folder.write("http-endpoint-failed/2", line(r#"{"a":9}"#, new)),
    ];
    let (to, rest) = (folder.path("to"), folder.path("rest"));
    let prefix = "!{partitionKeyFromLambda:unit}/";
    replay(&["--to", &to, "--prefix", prefix, "--rest", &rest, &errors[0], &errors[1]]).ends(6, "");
    let lines = fs::read_to_string(&rest).unwrap();
    assert!(lines.contains(r#"","firehoseLocalRawData":"original"}"#), "{lines}");
    assert!(lines.contains(r#""New.Code","firehoseLocalRawData":"output"}"#), "{lines}");
    let again = folder.path("again");
    let run = replay(&["--json", "--to", &to, "--rest", &again, "--raw-data", "original", &rest]);
    let summary = run.response();
    assert_eq!((&summary["deliveredUnchanged"], &summary["stillFailing"]), (&1.into(), &1.into()));
    let marked = line("bad", r#","firehoseLocalRawData":"original""#);
    assert_eq!(fs::read_to_string(&again).unwrap(), marked);
}

#[test]
fn a_line_with_unknown_content_goes_to_the_file_of_remaining_records() {
    let folder = Folder::new();
    let line = |code: &str, data: &str| {
        format!("{{\"rawData\":\"{}\",\"errorCode\":\"{code}\"}}\n", STANDARD.encode(data))
    };
    let unknown = line("DynamicPartitioning.MetadataExtractionFailed", r#"{"a":5}"#);
    let errors = [
        folder.write("1", line("Lambda.FunctionError", r#"{"a":1}"#).repeat(2)),
        folder.write("2", &unknown),
        folder.write("3", line("Lambda.FunctionError", r#"{"a":2}"#)),
    ];
    let (to, rest) = (folder.path("to"), folder.path("rest"));
    let run = replay(&["--to", &to, "--rest", &rest, &errors[0], &errors[1], &errors[2]]);
    run.ends(2, "");
    let counts =
        "4 lines in = 3 recovered + 0 dropped + 0 still failing + 0 unreadable + 1 undecided\n";
    assert!(run.stdout.starts_with(counts), "{}", run.stdout);
    assert!(run.stdout.contains(&format!("{}:1: the error code Dynamic", errors[1])));
    assert!(run.stdout.contains("1 undecided line written to the file"), "{}", run.stdout);
    assert_eq!(fs::read_to_string(&rest).unwrap(), unknown);
    let again = folder.path("again");
    let run = replay(&["--to", &to, "--rest", &again, "--json", &rest]);
    run.ends(2, "");
    let summary = run.response();
    assert_eq!((&summary["undecided"], &summary["firstUndecided"]["line"]), (&1.into(), &1.into()));
    replay(&["--to", &to, "--raw-data", "original", &again]).ends(0, "");
    let mut delivered: Vec<_> =
        folder.files("to").iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    delivered.sort_unstable();
    assert_eq!(delivered.concat().matches('}').count(), 4, "{delivered:?}");

    let run = replay(&["--to", &to, "--after", "none:1", &errors[0]]);
    run.ends(2, "cannot continue after none:1: the error objects have no such line");
    replay(&["--after", "none", &errors[0]]).ends(2, "must be an object and the number of a line");
}
