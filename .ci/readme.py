"""Runs the commands of a README that need only cargo, and compares their output with the README.

A block of commands without output runs too: each command must end with an exit code that the README
allows. Blocks with other commands, such as those of cargo-lambda and SAM, have their own steps in CI.

usage: readme.py [--built]

With --built, the commands use the binary of an earlier `cargo test --workspace` in place of
`cargo run -p firehose-local`, which compiles many dependencies again with other features.

Needs only the standard library.
"""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Texts that differ between runs or between versions of libraries: the hour in keys, the time and the
# UUID in names of objects, and the compressed size.
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
    """Compares lines. A line of the README that ends with ` ...` shows only the beginning of the line."""
    cut = shown.removesuffix(" ...")
    return printed.startswith(cut) if cut != shown else printed == shown


# Exit codes other than 0 that the README speaks of: records still fail.
EXIT_CODES = {"replay": 6}

CARGO_RUN = "cargo run -p firehose-local --"
BINARY = CARGO_RUN if sys.argv[1:] != ["--built"] else str(ROOT / "target/debug/firehose-local")


def commands_of(block):
    """Returns the commands of a block, each with the lines of output that the README shows."""
    found = []
    for line in lines(block):
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif found:
            found[-1][1].append(line)
    return found


def run(command, shown):
    """Runs a command, and compares its output if the README shows any."""
    # The last `--` before the subcommand belongs to cargo.
    subcommand = command.split(" -- ")[1].split()[0]
    done = subprocess.run(command.replace(CARGO_RUN, BINARY), shell=True, cwd=ROOT, capture_output=True, text=True, timeout=1800)
    if done.returncode != EXIT_CODES.get(subcommand, 0):
        sys.exit(f"{command} ended with {done.returncode}:\n{done.stderr}")
    if not shown:
        return
    # Ignores the order of lines, because the order of the objects of a delivery stream may differ. The
    # README shows a part of standard error, and the whole standard output unless a line is `...`.
    output = lines(done.stdout)
    printed = output + lines(done.stderr)
    missing = [line for line in shown if line != "..." and not any(same(it, line) for it in printed)]
    extra = [line for line in output if not any(same(line, it) for it in shown)]
    if missing or (extra and "..." not in shown):
        sys.exit("\n".join([command, "in the README, but not printed:", *missing,
                             "printed, but not in the README:", *extra]))


def check(readme, expected):
    """Runs the commands of a README that need only cargo. Fails unless there are `expected` commands."""
    count = 0
    for block in (ROOT / readme).read_text().split("```text\n")[1:]:
        for command, shown in commands_of(block.split("```")[0]):
            # A URL needs `cargo lambda watch`, which .ci/cargo_lambda.py starts.
            if "cargo run -p firehose-local" in command and " --url " not in command:
                run(command, shown)
                print(f"{readme}: {command}: ran, {len(shown)} lines compared")
                count += 1
    if count != expected:
        sys.exit(f"{readme} has {count} commands of cargo, expected {expected}")


def main():
    for folder in ["cases", "delivered", "delivered-logs", "readings", "recovered"]:
        shutil.rmtree(ROOT / "target" / folder, ignore_errors=True)
    check("README.md", 9)
    check("examples/pipeline/README.md", 3)


main()
