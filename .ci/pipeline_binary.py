"""Checks the size and the init time of the prebuilt function firehose-pipeline.

The stripped binary without re-ingestion has at most 8 MB, and its init takes at most 10 ms more than
that of square-values. Prints the size with re-ingestion too. Builds these three binaries. Needs
only the standard library.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = ROOT / "target/release"
MAX_BYTES = 8_000_000
MAX_MILLISECONDS = 10.0


def build(package, *arguments):
    """Builds a package with the release profile, which strips the binary, and returns its size."""
    command = ["cargo", "build", "--quiet", "--release", "--locked", "--package", package, *arguments]
    subprocess.run(command, cwd=ROOT, check=True)
    return (RELEASE / package).stat().st_size


def main():
    print(f"firehose-pipeline with re-ingestion: {build('firehose-pipeline', '--features', 'reingest'):,} bytes")
    size = build("firehose-pipeline")
    print(f"firehose-pipeline: {size:,} bytes, at most {MAX_BYTES:,}")
    print(f"square-values: {build('square-values'):,} bytes")
    bench = ROOT / "crates/firehose-pipeline/benches/start.py"
    binaries = [RELEASE / "square-values", RELEASE / "firehose-pipeline"]
    table = subprocess.run([sys.executable, bench, *binaries], check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    print(table, end="")
    [more] = re.findall(r"firehose-pipeline: [0-9.]+ ms \(([+-][0-9.]+)\)", table)
    if size > MAX_BYTES or float(more) > MAX_MILLISECONDS:
        sys.exit("over the limit")


main()
