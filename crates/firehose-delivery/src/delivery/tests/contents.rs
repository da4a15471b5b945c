use std::{collections::BTreeMap, io::Read};

use flate2::read::GzDecoder;

use super::settings::Settings;
use crate::delivery_stream::{Compression, ErrorLine};

/// Returns the outputs in an object, and asserts that the object consists only of outputs and
/// delimiters between them.
fn outputs(object: &str, delimiter: &str) -> Vec<String> {
    let outputs: Vec<String> =
        object.split_inclusive('>').map(|part| part.trim_start().to_owned()).collect();
    assert_eq!(object, outputs.join(delimiter));
    outputs
}

pub(super) type ByFolder = BTreeMap<String, Vec<String>>;

/// Returns the outputs in the objects by folder, and the originals of failed records by folder and
/// error code.
pub(super) fn read(
    settings: &Settings,
    objects: &BTreeMap<String, Vec<u8>>,
) -> (ByFolder, ByFolder) {
    let (mut good, mut bad) = (ByFolder::new(), ByFolder::new());
    for (key, body) in objects {
        let mut text = String::new();
        match settings.compression {
            Compression::Uncompressed => text.push_str(str::from_utf8(body).unwrap()),
            Compression::Gzip => {
                // Objects of failed records have no file extension.
                assert_eq!(key.ends_with(".gz"), key.starts_with("good"), "{key}");
                GzDecoder::new(body.as_slice()).read_to_string(&mut text).unwrap();
            }
        }
        let (folder, _) = key.rsplit_once("/demo-1-").unwrap();
        let delimiter = if settings.append_delimiter { "\n" } else { "" };
        if folder.starts_with("good") {
            good.entry(folder.to_owned()).or_default().extend(outputs(&text, delimiter));
            continue;
        }
        for line in text.lines() {
            let line = ErrorLine::parse(line.as_bytes()).unwrap();
            let code = format!("{folder} {}", line.error_code.unwrap());
            let raw = String::from_utf8(line.raw_data.to_vec()).unwrap();
            bad.entry(code).or_default().push(raw);
        }
    }
    (good, bad)
}

/// Returns the number of all values.
pub(super) fn count(all: &ByFolder) -> u64 {
    all.values().map(|values| values.len() as u64).sum()
}

/// Returns the number of the record that an output belongs to.
pub(super) fn index(output: &str) -> u64 {
    output[1..].split(' ').next().unwrap().parse().unwrap()
}
