"""Records put back to where they came from, by the SDK, into moto and read back from there.

usage: moto.py

Starts moto_server, which is to be on the PATH, on a free port of loopback, and runs the tests
that need it. Fails if one fails, and if none was run. Standard library only.
"""

import os
import pathlib
import re
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Packages and features are those of the step "tests of all features", so that nothing is built anew.
TESTS = "cargo test --quiet -p firehose-runtime -p kpl-aggregation --all-features --test reingest -- --ignored moto::"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for_port(port, process):
    for _ in range(600):
        if process.poll() is not None:
            sys.exit(f"moto_server ended with {process.returncode}: see target/moto.log")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("moto_server does not open its port: see target/moto.log")


def run_tests(address):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "MOTO_ADDRESS": address,
        "AWS_ENDPOINT_URL": f"http://{address}",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    run = subprocess.run(TESTS.split(), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    print(run.stdout, end="")
    passed = sum(int(count) for count in re.findall(r"^test result: ok\. (\d+) passed", run.stdout, re.M))
    if run.returncode != 0 or passed == 0:
        sys.exit(f"cargo test ended with {run.returncode}, {passed} tests passed")


def main():
    if len(sys.argv) != 1:
        sys.exit(__doc__)
    port = free_port()
    (ROOT / "target").mkdir(exist_ok=True)
    with open(ROOT / "target/moto.log", "wb") as log:
        command = ["moto_server", "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for_port(port, process)
        run_tests(f"127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(20)


main()
