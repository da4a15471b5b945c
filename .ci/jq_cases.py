#!/usr/bin/env python3
"""Records the answers of jq 1.6 to the cases in fixtures/transforms/jq and fixtures/transforms/jq_1_6,
or checks recorded answers.

usage: .ci/jq_cases.py [--check]

Without --check, runs jq for every case and records the answers again. With --check, changes no file,
and fails if an answer differs from the recorded answer. Needs jq 1.6, because the answers of other
versions differ.
"""

import json
import pathlib
import re
import subprocess
import sys

CASES = pathlib.Path(__file__).parent.parent / "fixtures" / "transforms"


def version():
    try:
        return subprocess.run(["jq", "--version"], capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:
        return None


def answer(case):
    """Returns the fields that jq's answer adds to a case."""
    run = subprocess.run(
        ["jq", "--compact-output", case["filter"]],
        input=case["input"].encode(),
        capture_output=True,
        timeout=60,
    )
    answer = {"outputs": run.stdout.decode().splitlines()}
    error = run.stderr.decode()
    if run.returncode != 0 and "compile error" in error:
        answer = {"compile_error": True}
    elif run.returncode != 0:
        # Remove the beginning of the message, which may show a position in the input.
        answer["error"] = re.sub(r"^jq: error \([^)]*\)( \(not a string\))?: ", "", error.strip())
    return answer


def write(path, cases):
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main():
    if version() != "jq-1.6":
        print(f"the answers are those of jq 1.6, but `jq --version` is {version()}; install jq 1.6")
        return 1
    check = "--check" in sys.argv[1:]
    changed = count = 0
    for path in sorted(CASES.glob("jq*/*.json")):
        recorded = json.loads(path.read_text(encoding="utf-8"))
        # A case of differences.json has the answer of firehose-transforms in `here`, and that of jq in
        # `jq`.
        cases = []
        for case in recorded:
            if "here" in case:
                cases.append({**case, "jq": answer(case)})
            else:
                kept = {key: case[key] for key in ("filter", "input", "note") if key in case}
                cases.append({**kept, **answer(case)})
        count += len(cases)
        if cases != recorded:
            changed += 1
            for old, new in zip(recorded, cases):
                if old != new and check:
                    print(f"{path.name}: recorded {old}, jq answers {new}")
        if not check:
            write(path, cases)
    print(f"{count} cases, {changed} files with changes")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
