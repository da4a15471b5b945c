"""Runs the tests that need moto: re-ingestion of records by the AWS SDK, and the S3 store.

usage: moto.py

Fails if a test fails, or if a command runs no test.
"""

import pathlib
import re
import subprocess
import sys

from moto_server import running_moto

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The package with the tests of the S3 store.
S3_PACKAGE = next(ROOT.glob("crates/*/tests/s3")).parent.parent.name
# The first command has the packages and features of the step "tests of all features", so that cargo
# does not build them again.
TESTS = [
    "cargo test --quiet -p firehose-runtime -p kpl-aggregation --all-features --test reingest -- --ignored moto::",
    f"cargo test --quiet -p {S3_PACKAGE} --test s3 -- --ignored moto::",
]


def run_tests(moto):
    environment = moto.environment()
    environment |= {"MOTO_ADDRESS": moto.address, "AWS_ENDPOINT_URL": moto.endpoint_url}
    for tests in TESTS:
        run = subprocess.run(tests.split(), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        print(run.stdout, end="")
        passed = sum(int(count) for count in re.findall(r"^test result: ok\. (\d+) passed", run.stdout, re.M))
        if run.returncode != 0 or passed == 0:
            sys.exit(f"{tests}: ended with {run.returncode}, {passed} tests passed")


def main():
    if len(sys.argv) != 1:
        sys.exit(__doc__)
    with running_moto() as moto:
        run_tests(moto)


main()
