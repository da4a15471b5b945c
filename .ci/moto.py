"""Records put back to where they came from, by the SDK, and objects put into S3, all into moto and
read back from there.

usage: moto.py

Starts moto_server, which is to be on the PATH, on a free port of loopback, and TLS in front of
it, with a certificate of its own. Runs the tests that need it. Fails if one fails, and if of a
command none was run. Beside the standard library it takes `cryptography`, which moto needs too.
"""

import datetime
import os
import pathlib
import re
import select
import socket
import ssl
import subprocess
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ports import free_port, wait_for_port

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Packages and features are those of the step "tests of all features", so that nothing is built anew.
TESTS = [
    "cargo test --quiet -p firehose-runtime -p kpl-aggregation --all-features --test reingest -- --ignored moto::",
    "cargo test --quiet -p firehose-local --test s3 -- --ignored moto::",
]


def make_certificate(path):
    """A key and a certificate for localhost, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, *plain) + certificate.public_bytes(pem))


def relay(connection, onward):
    """Hands on what comes from either side, until one ends."""
    other = {connection: onward, onward: connection}
    while True:
        readable = [connection] if connection.pending() else select.select(list(other), [], [])[0]
        for side in readable:
            data = side.recv(65536)
            if not data:
                return
            other[side].sendall(data)


def start_tls(certificate, port):
    """Serves TLS in front of a port; returns its own port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = socket.create_server(("127.0.0.1", 0))

    def serve(connection):
        try:
            with context.wrap_socket(connection, server_side=True) as connection:
                with socket.create_connection(("127.0.0.1", port)) as onward:
                    relay(connection, onward)
        except OSError:
            pass  # Either side may go away first.

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def run_tests(address, tls_port, certificate):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "MOTO_ADDRESS": address,
        "AWS_ENDPOINT_URL": f"https://localhost:{tls_port}",
        "SSL_CERT_FILE": str(certificate),
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    for tests in TESTS:
        run = subprocess.run(tests.split(), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        print(run.stdout, end="")
        passed = sum(int(count) for count in re.findall(r"^test result: ok\. (\d+) passed", run.stdout, re.M))
        if run.returncode != 0 or passed == 0:
            sys.exit(f"{tests}: ended with {run.returncode}, {passed} tests passed")


def main():
    if len(sys.argv) != 1:
        sys.exit(__doc__)
    port = free_port()
    (ROOT / "target").mkdir(exist_ok=True)
    with open(ROOT / "target/moto.log", "wb") as log:
        command = ["moto_server", "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for_port(port, process, "moto_server, whose log is target/moto.log,")
        certificate = ROOT / "target/moto.pem"
        make_certificate(certificate)
        run_tests(f"127.0.0.1:{port}", start_tls(certificate, port), certificate)
    finally:
        process.terminate()
        process.wait(20)


main()
