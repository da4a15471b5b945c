"""Measures the size and the build time that each feature adds to a program.

    python3 crates/firehose-transforms/benches/features.py [FEATURE]...

Builds a program without features. Then builds a program for each feature, which uses the entry points
of the module of the feature. All builds have the release profile of the workspace. The size is the size
of the stripped binary. The time is the CPU time of cargo and of all compilers, so that other programs on
the machine have little influence. Prints the differences from the program without features. Features share dependencies, so two features
together may cost less than the sum of their costs.

Standard library only.
"""

import pathlib
import re
import resource
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "target/feature-costs"

PATHS = "use firehose_transforms::paths::FieldPath; let path = || text.parse::<FieldPath>().ok();"
LINES = """
    use firehose_transforms::parse::{FormatOptions, LineFormat, Parse};
    let options = FormatOptions::default().with_pattern(text.to_owned());
    if let Ok(format) = LineFormat::with_options(text, &options) {
        black_box(Parse::new(format).parse_payload(text, None, &mut Vec::new()).is_ok());
    }
"""
UNPACK = """
    use firehose_transforms::compression::{Compress, Compression, Decompress};
    black_box(Decompress::detect().decompress(&item).is_ok());
    if let Ok(format) = text.parse::<Compression>() {
        black_box(Compress::new(format).compress(&item).is_ok());
    }
"""

# The statements that use the module of each feature. `text` and `item` come from the command line, so
# that the compiler cannot evaluate the statements.
FEATURES = {
    "cloudwatch_logs": """
    use firehose_core::{Record, Split};
    let logs = firehose_transforms::cloudwatch_logs::CloudWatchLogs::events().with_json_messages();
    black_box(logs.split(Record::new("", item)).count());
""",
    "compression": UNPACK,
    "fields": PATHS + """
    use firehose_transforms::fields::{
        Add, Addition, Cast, CastTo, Flatten, Pick, RecordField, Remove, Rename, SnakeCase,
    };
    use firehose_core::Record;
    let Some(field) = path() else { return };
    let record = Record::new("", item.clone());
    black_box(Flatten::new().apply(&item).is_ok());
    black_box(SnakeCase::new().apply(&item).is_ok());
    black_box(Pick::new([field.clone()]).apply(&item).is_ok());
    black_box(Remove::new([field.clone()]).apply(&item).is_ok());
    black_box(Cast::new().with_field(&field, CastTo::Number).apply(&item).is_ok());
    if let Ok(rename) = Rename::new().with_field(&field, text) {
        black_box(rename.apply(&item).is_ok());
    }
    let value = Addition::record(RecordField::ArrivalTime);
    if let Ok(add) = Add::new().with_field(&field, value) {
        black_box(add.apply(&item, &record).is_ok());
    }
""",
    "filter": PATHS + """
    use firehose_transforms::filter::PatternFilter;
    if let Ok(filter) = PatternFilter::in_fields(path()).with_allowed([text]) {
        black_box(filter.check(&item).is_ok());
    }
""",
    "jq": """
    if let Ok(jq) = firehose_transforms::jq::Jq::new(text) {
        black_box(jq.apply(&item).is_ok());
    }
""",
    "json_schema": """
    if let Ok(schema) = firehose_transforms::filter::JsonSchema::new(text) {
        black_box(schema.check(&item).is_ok());
    }
""",
    "parse": LINES,
    "parse_csv": LINES,
    "parse_grok": LINES,
    "parse_regex": LINES,
    "parse_syslog": LINES,
    "redact": PATHS + """
    use firehose_transforms::redact::{Detector, Detectors, Hash, HashKey, Mask, Redact};
    if let Ok(detectors) = Detector::from_name(text).and_then(|it| Detectors::new([it])) {
        black_box(Redact::in_fields(path(), detectors).apply(&item).is_ok());
    }
    black_box(Mask::new(path()).apply(&item).is_ok());
    if let Ok(key) = HashKey::from_env(text) {
        black_box(Hash::new(key, path()).apply(&item).is_ok());
    }
""",
    "snappy": UNPACK,
    "zstd": UNPACK,
}

MAIN = """
use std::{env, hint::black_box};

fn main() {
    let text = env::args().nth(1).unwrap_or_default();
    let item = bytes::Bytes::from(text.clone());
    let text = text.as_str();
    black_box((text, &item));
    %s
}
"""


def write_program(folder, feature):
    """Writes a package that is its own workspace, with the versions in the lock file of this repository."""
    (folder / "src").mkdir(parents=True)
    (folder / "src/main.rs").write_text(MAIN % FEATURES.get(feature, ""))
    profile = re.search(r"^\[profile\.release\]$.*?(?=^\[|\Z)", (ROOT / "Cargo.toml").read_text(),
                        re.MULTILINE | re.DOTALL)[0]
    crates = ROOT / "crates"
    (folder / "Cargo.toml").write_text(f"""
[package]
name = "program"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
bytes = "1"
firehose-core = {{ path = "{crates}/firehose-core" }}
firehose-transforms = {{ path = "{crates}/firehose-transforms", features = {[feature] if feature else []} }}

{profile}""".replace("'", '"'))
    shutil.copy(ROOT / "Cargo.lock", folder)


def build(feature, base):
    """Builds the program of a feature on top of the artifacts in `base`. Returns its size in bytes
    and the CPU time in seconds."""
    folder = FOLDER / (feature or "none")
    shutil.rmtree(folder, ignore_errors=True)
    if base:
        shutil.copytree(base, folder / "target", symlinks=True)
    write_program(folder, feature)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["cargo", "build", "--release", "--quiet", "--target-dir", "target"]
    subprocess.run(command, cwd=folder, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (folder / "target/release/program").stat().st_size, seconds


def main():
    features = sys.argv[1:] or list(FEATURES)
    unknown = [feature for feature in features if feature not in FEATURES]
    if unknown:
        sys.exit(f"no statements for {', '.join(unknown)}; the features are {', '.join(FEATURES)}")
    # The second build measures the cost of the program itself, which is part of the cost of each feature.
    size, _ = build(None, None)
    base = FOLDER / "base"
    shutil.rmtree(base, ignore_errors=True)
    (FOLDER / "none/target").rename(base)
    _, again = build(None, base)
    print("| feature | size, KB | build, CPU s |\n|---|--:|--:|")
    for feature in features:
        bytes_now, seconds = build(feature, base)
        print(f"| `{feature}` | {(bytes_now - size) / 1000:.0f} | {seconds - again:.0f} |", flush=True)
        shutil.rmtree(FOLDER / feature)


main()
