"""Runs the first command of the README, and holds what it prints against what the README shows.

Standard library only.
"""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main():
    blocks = (ROOT / "README.md").read_text().split("```text\n")[1:]
    shown = blocks[0].split("```")[0].splitlines()
    if not shown[0].startswith("$ cargo run"):
        sys.exit(f"the first block of the README is no command: {shown[0]}")
    command = shown[0].removeprefix("$ ").split()
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    if run.returncode != 0:
        sys.exit(f"{shown[0]} ended with {run.returncode}:\n{run.stderr}")
    # The response is cut in the README; the rest is there line by line.
    response = shown[1].removesuffix(" ...")
    missing = [] if run.stdout.startswith(response) else [shown[1]]
    printed = run.stderr.splitlines()
    missing += [line for line in shown[2:] if line not in printed]
    if missing:
        sys.exit("not printed:\n" + "\n".join(missing) + f"\nbut\n{run.stdout}{run.stderr}")
    print(f"{len(shown) - 1} lines as the README shows them")


main()
