"""Starts a moto server on a free port of the loopback interface, behind a TLS proxy.

`moto_server` must be on the PATH.
"""

import contextlib
import os
import pathlib
import subprocess

from ports import free_port, wait_for_port
from tls import make_certificate, start_tls

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Moto:
    def __init__(self, port, tls_port, certificate):
        self.address = f"127.0.0.1:{port}"
        self.endpoint_url = f"https://localhost:{tls_port}"
        self.certificate = certificate

    def environment(self):
        """Returns an environment in which programs use moto in place of AWS.

        The environment does not contain the caller's own AWS settings.
        """
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return environment | {
            "SSL_CERT_FILE": str(self.certificate),
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }


@contextlib.contextmanager
def running_moto():
    port = free_port()
    (ROOT / "target").mkdir(exist_ok=True)
    with open(ROOT / "target/moto.log", "wb") as log:
        command = ["moto_server", "--host", "127.0.0.1", "--port", str(port)]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for_port(port, process, "moto_server (log: target/moto.log)")
        certificate = ROOT / "target/moto.pem"
        make_certificate(certificate)
        yield Moto(port, start_tls(certificate, port), certificate)
    finally:
        process.terminate()
        process.wait(20)
