"""Synthesizes the templates of fixtures/templates/cdk with the real CDK, and compares them.

Usage: python3 .ci/cdk_templates.py [--update]

With --update, writes the fixtures instead. The Rust tests read the fixtures, and need neither Node nor
the CDK. A new case is a function in .ci/cdk_templates/app.mjs.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / ".ci/cdk_templates"
FIXTURES = ROOT / "fixtures/templates/cdk"
WORK = ROOT / "target/cdk-templates"


def synthesize():
    """Returns the manifests and the templates by case and path."""
    WORK.mkdir(parents=True, exist_ok=True)
    for name in ["package.json", "app.mjs"]:
        shutil.copy(APP / name, WORK / name)
    subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=WORK, check=True
    )
    output = WORK / "out"
    shutil.rmtree(output, ignore_errors=True)
    run = subprocess.run(
        ["node", "app.mjs", str(output)], cwd=WORK, capture_output=True, text=True
    )
    if run.returncode != 0:
        sys.exit(run.stderr[-2000:])
    files = {}
    for path in sorted(output.rglob("*.json")):
        case, *rest = path.relative_to(output).parts
        name = rest[-1] if rest else ""
        if name == "manifest.json":
            files["/".join([case, "code", *rest])] = manifest(path.read_text())
        elif name.endswith(".template.json"):
            files["/".join([case, "code", *rest])] = path.read_text()
    return files


def manifest(text):
    """Returns the parts of a manifest that the reader uses."""
    content = json.loads(text)
    kept = ["templateFile", "stackName", "directoryName"]
    artifacts = {
        name: {
            "type": artifact["type"],
            "properties": {key: value for key, value in artifact["properties"].items() if key in kept},
        }
        for name, artifact in content["artifacts"].items()
        if artifact["type"] in ("aws:cloudformation:stack", "cdk:cloud-assembly")
    }
    return json.dumps({"version": content["version"], "artifacts": artifacts}, indent=1) + "\n"


def main():
    files = synthesize()
    present = {
        str(path.relative_to(FIXTURES)): path.read_text()
        for path in FIXTURES.glob("*/code/**/*.json")
    }
    if sys.argv[1:] == ["--update"]:
        for name in present.keys() - files.keys():
            (FIXTURES / name).unlink()
        for name, text in files.items():
            path = FIXTURES / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        print(f"wrote {len(files)} files")
        return
    different = sorted(
        name for name in files.keys() | present.keys() if files.get(name) != present.get(name)
    )
    if different:
        sys.exit("differ from the CDK; see --update:\n" + "\n".join(different))
    print(f"{len(files)} files are those of the CDK")


main()
