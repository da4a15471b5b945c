//! Random payloads of records, good and bad, most of them with a secret.

use firehose_transforms::compression::{Compress, Compression};
use kpl_aggregation::Aggregator;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The text that no log line may contain.
pub(crate) const SECRET: &str = "s3cr3t";

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(SECRET.to_owned()),
        Just(format!("{SECRET}@example.com 192.0.2.1 \"é\"\n,x")),
        Just(format!("abc-{SECRET} 1.50")),
        "[a-z0-9 ,;\"\n]{0,8}".prop_map(|text| text + SECRET),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        Just(json!(1.5)),
        Just(json!("2026-01-31T12:00:00Z")),
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
    ]
}

fn json_value() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec!["a", "b", "message", "time", "user", "name", "s3cr3t key"]);
    scalar().prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..5)
                .prop_map(|members| json!(members)),
        ]
    })
}

fn log_line() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        format!("192.0.2.1 - {SECRET} [07/Mar/2004:16:10:02 -0800] \"GET /a HTTP/1.1\" 200 6291"),
        format!("::1 - - [yesterday] \"{SECRET}\" 200 -"),
        format!("<34>1 2003-10-11T22:14:15.003Z host app - ID47 - {SECRET}"),
        format!("Jan 31 22:14:15 host su[230]: {SECRET}"),
        format!("level=info a={SECRET} b=\"x y\""),
        format!("1,{SECRET}"),
        SECRET.to_owned(),
        String::new(),
    ])
}

fn envelope() -> impl Strategy<Value = String> {
    let message = prop_oneof![text(), json_value().prop_map(|json| json.to_string())];
    let kind = prop::sample::select(vec![
        "DATA_MESSAGE",
        "DATA_MESSAGE",
        "DATA_MESSAGE",
        "CONTROL_MESSAGE",
        SECRET,
    ]);
    (kind, prop::collection::vec(message, 0..4)).prop_map(|(kind, messages)| {
        let event = |message| json!({"id": "1", "timestamp": 1_769_817_600_000_u64, "message": message});
        let events: Vec<_> = messages.into_iter().map(event).collect();
        json!({"messageType": kind, "owner": "1", "logGroup": SECRET, "logStream": "s", "logEvents": events})
            .to_string()
    })
}

fn aggregate() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(json_value(), 1..4).prop_map(|values| {
        let mut aggregator = Aggregator::default();
        for value in values {
            aggregator.add(SECRET, None, value.to_string()).unwrap();
        }
        aggregator.finish().unwrap().into_data().to_vec()
    })
}

fn lines<S: Strategy<Value = String>>(line: S) -> impl Strategy<Value = String> {
    prop::collection::vec(line, 0..5).prop_map(|lines| lines.join("\n"))
}

fn json_text() -> BoxedStrategy<String> {
    let object = (scalar(), scalar(), text(), json_value()).prop_map(|(a, b, message, user)| {
        json!({"a": a, "b": b, "message": message, "time": "2026-01-31T12:00:00Z", "user": user})
    });
    prop_oneof![3 => object, 1 => json_value()].prop_map(|json| json.to_string()).boxed()
}

fn csv() -> impl Strategy<Value = String> {
    lines("[12]{0,2}[,;][12]?|[12,;\"]{0,6}").prop_map(|rows| format!("a,b\n{rows}\n{SECRET},"))
}

/// Returns payloads, most of which the input can read.
fn payload_for(input: &str) -> BoxedStrategy<Vec<u8>> {
    let text = match input {
        "json" => json_text(),
        "json_lines" | "json_values" => {
            lines(prop_oneof![9 => json_text(), 1 => log_line()]).boxed()
        }
        "json_array" => {
            lines(json_text()).prop_map(|values| format!("[{}]", values.replace('\n', ","))).boxed()
        }
        "text" => log_line().boxed(),
        "lines" => lines(log_line()).boxed(),
        "csv" => csv().boxed(),
        "cloudwatch_logs" => envelope().boxed(),
        "kpl" => return aggregate().boxed(),
        _ => return prop::collection::vec(any::<u8>(), 0..40).boxed(),
    };
    text.prop_map(String::into_bytes).boxed()
}

/// Damage to a payload.
#[derive(Clone, Copy, Debug)]
enum Damage {
    CutAt(usize),
    FlippedAt(usize),
}

impl Damage {
    fn apply(self, mut data: Vec<u8>) -> Vec<u8> {
        match self {
            _ if data.is_empty() => {}
            Self::CutAt(at) => data.truncate(at % data.len()),
            Self::FlippedAt(at) => {
                let at = at % data.len();
                data[at] ^= 0x21;
            }
        }
        data
    }
}

const INPUTS: [&str; 9] =
    ["json", "json_lines", "json_array", "text", "lines", "csv", "cloudwatch_logs", "kpl", "raw"];

/// Returns payloads, most of which the input can read. An input is the name of a format, and the name
/// of a compression format or an empty text.
pub(crate) fn bytes(
    (input, compression): &(String, String),
) -> impl Strategy<Value = Vec<u8>> + use<> {
    let own = match compression.as_str() {
        "auto" => prop::sample::select(Compression::ALL.to_vec()).prop_map(Some).boxed(),
        name => Just(name.parse().ok()).boxed(),
    };
    let any_compression =
        prop::option::weighted(0.3, prop::sample::select(Compression::ALL.to_vec()));
    let compression = prop_oneof![8 => own, 1 => any_compression];
    let payload = prop_oneof![
        8 => payload_for(input),
        1 => prop::sample::select(&INPUTS).prop_flat_map(payload_for),
    ];
    let at = any::<usize>();
    let damage = prop_oneof![at.prop_map(Damage::CutAt), at.prop_map(Damage::FlippedAt)];
    let damage = prop::option::weighted(0.1, damage);
    (payload, compression, damage).prop_map(|(data, compression, damage)| {
        let data = match compression {
            Some(format) => Compress::new(format).compress(&data).unwrap(),
            None => data,
        };
        match damage {
            Some(damage) => Damage::apply(damage, data),
            None => data,
        }
    })
}
