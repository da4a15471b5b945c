"""Tests the wheel of firehose-local in target/wheels.

Checks its size, its platform, its README and its licences. Then installs the wheel in an empty virtual
environment. The installed command runs the function and the template of fixtures/handlers/sam-python, and
the commands of the wheel's README. The commands find no Rust. Needs cargo, to list the crates in the
executable, and otherwise only the standard library.
"""

import email
import gzip
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

from shown_commands import commands_of, differences

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRATE = ROOT / "crates/firehose-local"
HANDLER = ROOT / "fixtures/handlers/sam-python"
MAX_BYTES = 12_000_000
# The C library of manylinux2014: https://peps.python.org/pep-0599/
MAX_GLIBC = (2, 17)
TAGS = {"py3-none-manylinux_2_17_x86_64", "py3-none-manylinux2014_x86_64"}
# Holders of copyright whose licences are in no file that belongs to a whole crate.
HOLDERS = ["fiat-crypto", "Meta Platforms", "BoringSSL"]
# The exit codes of the commands of the README: the first function fails, `doctor` has findings, and one record
# still fails.
EXIT_CODES = {"run": 3, "doctor": 6, "replay": 6}


def check_wheel(wheel):
    """Checks the file, and returns its description for the log."""
    if wheel.stat().st_size > MAX_BYTES:
        sys.exit(f"{wheel} has {wheel.stat().st_size:,} bytes, at most {MAX_BYTES:,} are allowed")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [info] = [name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA")]
        [executable] = [name for name in names if name.endswith(".data/scripts/firehose-local")]
        about = email.message_from_bytes(archive.read(f"{info}/WHEEL"))
        metadata = email.message_from_bytes(archive.read(f"{info}/METADATA"))
        licences = {
            name.removeprefix(f"{info}/licenses/"): archive.read(name).decode()
            for name in names if name.startswith(f"{info}/licenses/")
        }
        binary = archive.read(executable)
    if set(about.get_all("Tag")) != TAGS:
        sys.exit(f"the wheel has the tags {about.get_all('Tag')}, expected {TAGS}")
    needed = max((int(major), int(minor)) for major, minor in re.findall(rb"GLIBC_(\d+)\.(\d+)", binary))
    if needed > MAX_GLIBC:
        sys.exit(f"the executable needs glibc {needed}, at most {MAX_GLIBC} is allowed")
    check_metadata(metadata, licences)
    return (f"{wheel.name}: {wheel.stat().st_size:,} bytes, at most {MAX_BYTES:,}; the executable has "
            f"{len(binary):,} bytes and needs glibc {needed[0]}.{needed[1]}")


def check_metadata(metadata, licences):
    readme = (CRATE / "README.md").read_text()
    if metadata.get_payload(decode=True).decode().strip() != readme.strip():
        sys.exit("the description of the wheel is not the README of firehose-local")
    if not metadata.get("Description-Content-Type", "").startswith("text/markdown"):
        sys.exit(f"the description is {metadata['Description-Content-Type']}, expected Markdown")
    files = {"LICENSE-APACHE", "LICENSE-MIT", "licenses/crates.txt", "licenses/rust-standard-library.html"}
    if set(licences) != files or set(metadata.get_all("License-File")) != files:
        sys.exit(f"the wheel has the licences {sorted(licences)}, and names "
                 f"{metadata.get_all('License-File')}, expected {sorted(files)}")
    text = licences["licenses/crates.txt"]
    # Each crate has a line in the list, and at least one line above a licence.
    missing = [crate for crate in crates() if len(re.findall(rf"^{re.escape(crate)}\b", text, re.M)) < 2]
    missing += [holder for holder in HOLDERS if holder not in text]
    if missing:
        sys.exit(f"licenses/crates.txt does not have the licences of {missing}")


def crates():
    """Returns the names and versions of the crates in the executable, without those that only build it."""
    command = ["cargo", "tree", "--locked", "--package", "firehose-local", "--edges", "normal,no-proc-macro",
               "--prefix", "none", "--format", "{p}"]
    tree = subprocess.run(command, cwd=ROOT, check=True, text=True, stdout=subprocess.PIPE).stdout
    found = {" ".join(line.split()[:2]).replace(" v", " ") for line in tree.splitlines() if line}
    if len(found) < 100:
        sys.exit(f"the executable has only {len(found)} crates: {sorted(found)}")
    return sorted(found)


class Installed:
    """The command in a virtual environment."""

    def __init__(self, wheel, folder):
        start = time.monotonic()
        environment = folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([environment / "bin/pip", "install", "--quiet", "--no-index", "--disable-pip-version-check",
                        wheel], check=True)
        print(f"installed in an empty virtual environment after {time.monotonic() - start:.1f} s")
        # The command finds the interpreters and the tools of the system, but no cargo.
        self.environment = {"PATH": f"{environment}/bin:/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}

    def run(self, command, folder, codes):
        """Runs a command line. Its exit code must be one of `codes`."""
        done = subprocess.run(command, shell=True, cwd=folder, env=self.environment, capture_output=True,
                              text=True, timeout=300)
        if done.returncode not in codes:
            sys.exit(f"{command} ended with {done.returncode}, expected {codes}:\n{done.stdout}{done.stderr}")
        return done


def check_run(installed, folder):
    """Runs the template of the fixture, and checks the records that arrive."""
    done = installed.run("firehose-local run --json --to delivered events.jsonl", folder, [0])
    [stream] = json.loads(done.stdout)["deliveryStreams"]
    counts = [stream[name] for name in ("records", "delivered", "dropped", "failed")]
    lines = {"good": [], "bad": []}
    for path in (folder / "delivered").rglob("*"):
        if path.is_file():
            data = gzip.decompress(path.read_bytes())
            lines[path.relative_to(folder / "delivered").parts[0]] += map(json.loads, data.splitlines())
    good = {(it["sensor"], it["fahrenheit"]) for it in lines["good"]}
    if counts != [4, 2, 0, 2] or good != {("a", "70.7"), ("straße", "-40.0")} or len(lines["bad"]) != 2:
        sys.exit(f"unexpected delivery: {counts}, {lines}")
    print("run: ok")


def check_doctor(installed, folder):
    """Runs `doctor` on the handler of the fixture. Its report must be complete; other tests compare findings."""
    # `doctor` begins from records that the function accepts. The function fails the others on purpose.
    accepted = [line for line in (folder / "events.jsonl").read_text().splitlines() if "celsius" in line]
    (folder / "accepted.jsonl").write_text("\n".join(accepted) + "\n")
    command = "firehose-local doctor --json --template template.yaml --records accepted.jsonl"
    done = installed.run(command, folder, [0, 6])
    findings = json.loads(done.stdout)["findings"]
    incomplete = [it for it in findings if not {"id", "title", "evidence", "effect", "mend"} <= it.keys()]
    if incomplete or (done.returncode == 6) != bool(findings):
        sys.exit(f"ended with {done.returncode}, and findings {findings}")
    print(f"doctor: ok, {len(findings)} findings")


def check_readme(installed, folder):
    """Writes the files that the README shows, and runs its commands, in their order."""
    ran = set()
    pattern = r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$|^```text\n(.*?)^```$"
    for part in re.finditer(pattern, (CRATE / "README.md").read_text(), re.M | re.S):
        name, text, block = part.groups()
        if name:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            continue
        for command, shown in commands_of(block):
            if not command.startswith("firehose-local "):
                continue
            subcommand = command.split()[1]
            done = installed.run(command, folder, [EXIT_CODES[subcommand]])
            if different := differences(done, shown):
                sys.exit("\n".join([command, *different]))
            print(f"README.md: {command}: ran, {len(shown)} lines compared")
            ran.add(subcommand)
    if ran != EXIT_CODES.keys():
        sys.exit(f"the README has the commands {ran}, expected {EXIT_CODES.keys()}")


def main():
    wheels = sorted((ROOT / "target/wheels").glob("firehose_local-*.whl"))
    if len(wheels) != 1:
        sys.exit(f"target/wheels has {len(wheels)} wheels of firehose-local, expected 1")
    print(check_wheel(wheels[0]))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wheel-"))
    try:
        installed = Installed(wheels[0], folder)
        start = time.monotonic()
        shutil.copytree(HANDLER, folder / "sam-python")
        check_run(installed, folder / "sam-python")
        check_doctor(installed, folder / "sam-python")
        check_readme(installed, folder / "orders")
        print(f"all commands ran in {time.monotonic() - start:.1f} s")
    finally:
        shutil.rmtree(folder)


main()
