//! Arguments that AWS would not take, or that would change nothing, are refused before anything is
//! read or built.

use std::fs;

use crate::firehose_local::{Run, run};

/// Runs it into a folder that is not there, and that is not made.
fn refused(arguments: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("to");
    let mut all = vec!["run", "--to", to.to_str().unwrap()];
    all.extend(arguments.split(' '));
    let run = run(&all);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{arguments}");
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments}: {run:#?}");
    run
}

#[test]
fn a_delivery_stream_by_flags_is_checked_like_one_of_a_template() {
    let cases = [
        "--delivery-stream a/../b",
        "--delivery-stream d --kinesis-stream ..",
        "--delivery-stream d --prefix !{timestamp:yyyy}/",
        "--delivery-stream d --prefix !{time:yyyy}/",
        "--delivery-stream d --error-output-prefix !{timestamp:yyyy}/",
        "--delivery-stream d --prefix !{partitionKeyFromLambda:a}/ --error-output-prefix e/ \
         --buffer-size 64",
        "--delivery-stream d --prefix !{partitionKeyFromLambda:a}/ --error-output-prefix e/ \
         --binary b",
        "--delivery-stream d --prefix !{partitionKeyFromQuery:a}/ --error-output-prefix e/",
    ];
    let said = cases.map(|arguments| refused(arguments).stderr);
    insta::assert_snapshot!(said.concat(), @r"
    firehose-local: --delivery-stream: a/../b is not 1 to 64 of a-z, A-Z, 0-9 and -_.
    firehose-local: --kinesis-stream: .. is not 1 to 128 of a-z, A-Z, 0-9 and -_.
    firehose-local: --prefix: has expressions, and so needs an --error-output-prefix beside it
    firehose-local: --prefix: there is no expression `!{time:yyyy}`, as at character 1; there are `timestamp:`, `firehose:` and `partitionKeyFromLambda:`
    firehose-local: --error-output-prefix: with expressions in it ErrorOutputPrefix needs `!{firehose:error-output-type}`
    firehose-local: --prefix: !{partitionKeyFromLambda:...} needs a function (--package, --binary or --url), and there is none
    firehose-local: --buffer-size: dynamic partitioning needs a --buffer-size of 64 to 128
    firehose-local: --prefix: the partition key `a` at character 1 comes from a query, which is not simulated; use `partitionKeyFromLambda`
    ");
}
