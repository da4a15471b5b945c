"""Runs the tests that need moto: those of re-ingestion by the AWS SDK and by a pipeline, and those of the
S3 store.

usage: moto.py [--store | OPTION OF CARGO...]

With --store, runs only the tests of the S3 store, which need no features.
The options select the packages and features for the tests of re-ingestion. Pass the options of an
earlier `cargo test`. Otherwise cargo compiles the dependencies again with other features.

Fails if a test fails, or if a command runs no tests.
"""

import pathlib
import re
import subprocess
import sys

from moto_server import running_moto

ROOT = pathlib.Path(__file__).resolve().parent.parent
STORE = ["cargo", "test", "--quiet", "--workspace", "--test", "s3", "--", "--ignored", "moto::"]
OPTIONS = sys.argv[1:] or ["-p", "firehose-runtime", "-p", "firehose-pipeline", "--all-features"]
TESTS = [STORE] if OPTIONS == ["--store"] else [
    ["cargo", "test", "--quiet", *OPTIONS, "--test", "reingest", "--", "--ignored", "moto::"],
    ["cargo", "test", "--quiet", *OPTIONS, "--test", "oversize", "--", "--ignored", "moto::"],
    STORE,
]


def run_tests(moto):
    environment = moto.environment()
    environment |= {"MOTO_ADDRESS": moto.address, "AWS_ENDPOINT_URL": moto.endpoint_url}
    for tests in TESTS:
        run = subprocess.run(tests, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        print(run.stdout, end="")
        passed = sum(int(count) for count in re.findall(r"^test result: ok\. (\d+) passed", run.stdout, re.M))
        if run.returncode != 0 or passed == 0:
            sys.exit(f"{' '.join(tests)}: ended with {run.returncode}, {passed} tests passed")


def main():
    if sys.argv[1:] in (["-h"], ["--help"]):
        sys.exit(__doc__)
    with running_moto() as moto:
        run_tests(moto)


main()
