"""Runs the commands whose output a README shows, and compares their output with the README.

Standard library only.
"""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Texts that differ between runs or with versions of libraries: the hour in keys, the time and the UUID
# in names of objects, and the size in gzip.
VARYING = [
    (r"\b\d{4}/\d\d/\d\d/\d\d/", "HOUR/"),
    (r"\b\d{4}(-\d\d){5}\b", "TIME"),
    (r"\(\d+ bytes, unpacked", "(SIZE bytes, unpacked"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID"),
]


def lines(text):
    for pattern, placeholder in VARYING:
        text = re.sub(pattern, placeholder, text)
    # Only slow runs print their speed.
    return [line for line in text.splitlines() if line and " records/s; " not in line]


def same(printed, shown):
    """Compares lines. A line of the README that ends with ` ...` is the beginning of the printed line."""
    cut = shown.removesuffix(" ...")
    return printed.startswith(cut) if cut != shown else printed == shown


def compare(command, shown):
    run = subprocess.run(command.split(), cwd=ROOT, capture_output=True, text=True, timeout=600)
    if run.returncode != 0:
        sys.exit(f"{command} ended with {run.returncode}:\n{run.stderr}")
    # The order of lines is not compared, because the order of a delivery stream's objects differs.
    # The README shows all of standard output and a part of standard error.
    output = lines(run.stdout)
    printed = output + lines(run.stderr)
    missing = [line for line in shown if not any(same(it, line) for it in printed)]
    extra = [line for line in output if not any(same(line, it) for it in shown)]
    if missing or extra:
        sys.exit("\n".join([command, "in the README, but not printed:", *missing,
                             "printed, but not in the README:", *extra]))


def check(readme, expected):
    """Runs the commands of a README that show their output, and expects this number of them."""
    count = 0
    for block in (ROOT / readme).read_text().split("```text\n")[1:]:
        command, *shown = lines(block.split("```")[0])
        if command.startswith("$ cargo run") and shown:
            compare(command.removeprefix("$ "), shown)
            print(f"{readme}: {command}: prints the {len(shown)} lines shown")
            count += 1
    if count != expected:
        sys.exit(f"{readme} shows the output of {count} commands, expected {expected}")


def main():
    for folder in ["target/delivered", "target/delivered-logs"]:
        shutil.rmtree(ROOT / folder, ignore_errors=True)
    check("README.md", 3)
    check("examples/pipeline/README.md", 3)


main()
