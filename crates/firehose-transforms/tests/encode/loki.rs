use firehose_transforms::encode::{FieldValue, Loki};

use crate::encoding::{encoded, joined, time, value};

#[tokio::test]
async fn a_record_is_one_push_request_of_loki() {
    let loki = Loki::new([("app", value(".app")), ("env", value("prod"))])
        .unwrap()
        .with_time(time(".t"))
        .unwrap()
        .with_line(value(".m"))
        .with_metadata("trace", value(".trace"))
        .unwrap();
    let push =
        joined(loki.clone(), "{\"app\":\"a\",\"t\":1,\"m\":\"x\"}\n{\"t\":2,\"m\":{},\"trace\":7}")
            .await;
    assert_eq!(
        push,
        concat!(
            r#"{"streams":[{"stream":{"app":"a","env":"prod"},"values":[["1000000000","x"]]},"#,
            r#"{"stream":{"env":"prod"},"values":[["2000000000","{}",{"trace":"7"}]]}]}"#,
            "\n"
        )
    );
    assert_eq!(encoded(&loki, "{}"), Err("line: the value is null".to_owned()));
    let at_arrival = encoded(&loki, r#"{"m":"x"}"#).unwrap();
    assert!(at_arrival.contains("[\"1769817600123000000\",\"x\"]"), "{at_arrival}");
}

#[tokio::test]
async fn loki_needs_a_label_and_a_time() {
    let loki = Loki::new([("app", value(".app?"))]).unwrap();
    let lines = encoded(&loki, "{\"app\":\"a\",\n\"b\":1}").unwrap();
    assert!(lines.ends_with(r#""{\"app\":\"a\",\"b\":1}"]]}"#), "{lines}");
    assert_eq!(
        encoded(&loki, "\"text\""),
        Err("labels: the value of every label is null or empty".to_owned())
    );
    let constant = Loki::new([("app", value("a"))]).unwrap();
    let text = encoded(&constant, r#""a \"text\"""#).unwrap();
    assert!(text.ends_with(r#","a \"text\""]]}"#), "{text}");
    assert_eq!(
        joined(constant, "1").await,
        "ProcessingFailed(Value { option: \"time\", problem: \"is null, and the record has no arrival time\" })"
    );
    let none: [(&str, FieldValue); 0] = [];
    for (labels, expected) in [
        (Loki::new(none), "name at least one label; Loki needs one"),
        (
            Loki::new([("1a", value("x"))]),
            "`1a` is not the name of a label; use ASCII letters, digits and `_`, and no digit at the start",
        ),
    ] {
        assert_eq!(labels.unwrap_err().to_string(), expected);
    }
}
