//! Runs the cases in `fixtures/transforms/cloudwatch_logs`. To add a case, add a JSON file with these
//! fields:
//!
//! | field | meaning |
//! |---|---|
//! | `input` | the text of the record |
//! | `base64` | the bytes of the record, in place of `input` |
//! | `compression` | `gzip` or `zlib`. Default: none |
//! | `repeat` | the number of times that the compressed text is repeated in the record. Default: 1 |
//! | `splitter` | `events`, `events_with_json_messages` or `messages` |
//! | `items` | the expected items. Default: none |
//! | `error` | the expected error after the items. Default: none |

use std::{fs, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use firehose_core::{Bytes, Record, Split};
use firehose_transforms::{
    cloudwatch_logs::CloudWatchLogs,
    compression::{Compress, Compression},
};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    input: Option<String>,
    base64: Option<String>,
    compression: Option<String>,
    #[serde(default = "once")]
    repeat: usize,
    splitter: String,
    #[serde(default)]
    items: Vec<String>,
    error: Option<String>,
}

fn once() -> usize {
    1
}

impl Case {
    fn record(&self) -> Result<Bytes, Failed> {
        let data = match (&self.input, &self.base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(base64)) => BASE64_STANDARD.decode(base64)?,
            _ => return Err("the case needs either input or base64".into()),
        };
        let Some(name) = &self.compression else { return Ok(data.into()) };
        let format: Compression = name.parse()?;
        Ok(Compress::new(format).compress(&data)?.repeat(self.repeat).into())
    }

    fn splitter(&self) -> Result<CloudWatchLogs, Failed> {
        match self.splitter.as_str() {
            "events" => Ok(CloudWatchLogs::events()),
            "events_with_json_messages" => Ok(CloudWatchLogs::events().with_json_messages()),
            "messages" => Ok(CloudWatchLogs::messages()),
            other => Err(format!("unknown splitter {other}").into()),
        }
    }

    fn check(&self) -> Result<(), Failed> {
        let (mut items, mut error) = (Vec::new(), None);
        for item in self.splitter()?.split(Record::new("1", self.record()?)) {
            match item {
                Ok(item) => items.push(item.text()?.to_owned()),
                Err(found) => error = Some(found.to_string()),
            }
        }
        if (&items, &error) == (&self.items, &self.error) {
            return Ok(());
        }
        Err(format!("items: {items:#?}\nerror: {error:#?}").into())
    }
}

fn main() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/transforms/cloudwatch_logs");
    let mut trials = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        trials.push(Trial::test(name, move || {
            serde_json::from_slice::<Case>(&fs::read(&path)?)?.check()
        }));
    }
    assert!(!trials.is_empty(), "{} has no cases", folder.display());
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
