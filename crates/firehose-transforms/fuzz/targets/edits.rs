//! Parses the first line of any text as a path. Edits the rest, the item, at the path and with
//! detectors. Every result is valid JSON. No detector finds anything in a redacted text.
//!
//! ```text
//! RUSTC_BOOTSTRAP=1 cargo fuzz run edits --fuzz-dir crates/firehose-transforms/fuzz -- -max_total_time=60
//! ```

#![no_main]

use std::sync::LazyLock;

use firehose_transforms::{
    fields::{Cast, CastTo, Flatten, OnMismatch, Pick, Remove, Rename, SnakeCase},
    paths::FieldPath,
    redact::{Detector, Detectors, Hash, HashKey, Mask, Redact},
};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

static DETECTORS: LazyLock<Detectors> = LazyLock::new(|| {
    let all = Detector::NAMES.map(|name| Detector::from_name(name).unwrap());
    Detectors::new(all).unwrap()
});

fuzz_target!(|text: &str| {
    if let Some(redacted) = DETECTORS.redact(text) {
        assert_eq!(DETECTORS.redact(&redacted), None);
    }
    let (path, item) = text.split_once('\n').unwrap_or((".a", text));
    let path: FieldPath = path.parse().unwrap_or_else(|_| ".a".parse().unwrap());
    assert_eq!(path.to_string().parse::<FieldPath>().unwrap(), path);
    let is_valid = |text: &[u8]| serde_json::from_slice::<&RawValue>(text).is_ok();
    let item = item.to_owned().into();

    let removed = Remove::new([path.clone()]).apply(&item);
    // An item that `Remove` accepts is valid JSON. The converse does not hold, as only `Remove`
    // limits the depth.
    assert!(removed.is_err() || is_valid(&item));
    let key = HashKey::from_bytes(&[7; 32]).unwrap();
    let redact = Redact::in_all_strings(DETECTORS.clone()).with_keys(true).with_numbers(true);
    let cast = Cast::new().with_field(&path, CastTo::Number).with_on_mismatch(OnMismatch::Null);
    let mut results = vec![
        removed,
        Pick::new([path.clone()]).apply(&item),
        cast.apply(&item),
        Flatten::new().with_arrays(true).apply(&item),
        SnakeCase::new().apply(&item),
        redact.apply(&item),
        Redact::in_fields([path.clone()], DETECTORS.clone()).apply(&item),
        Hash::new(key, [path.clone()]).apply(&item),
        Mask::new([path.clone()]).with_kept(2).apply(&item),
    ];
    if let Ok(rename) = Rename::new().with_field(&path, "new") {
        results.push(rename.apply(&item));
    }
    if let Ok(redacted) = &results[5] {
        assert_eq!(redact.apply(redacted).as_ref(), Ok(redacted));
    }
    for result in results.into_iter().flatten() {
        assert!(is_valid(&result));
    }
});
