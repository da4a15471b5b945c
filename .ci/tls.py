"""A TLS proxy on the loopback interface for servers that the checks start.

Needs the package `cryptography`, which is a dependency of moto, and otherwise only the standard
library.
"""

import datetime
import select
import socket
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def make_certificate(path):
    """Writes a key and a certificate for localhost into one file."""
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
    """Copies data in both directions until one side closes its connection."""
    other = {connection: onward, onward: connection}
    while True:
        readable = [connection] if connection.pending() else select.select(list(other), [], [])[0]
        for side in readable:
            data = side.recv(65536)
            if not data:
                return
            other[side].sendall(data)


def start_tls(certificate, port):
    """Starts a TLS proxy for a port. Returns the port of the proxy."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = socket.create_server(("127.0.0.1", 0))

    def serve(connection):
        try:
            with context.wrap_socket(connection, server_side=True) as connection:
                with socket.create_connection(("127.0.0.1", port)) as onward:
                    relay(connection, onward)
        except OSError:
            pass  # Either side may close the connection first.

    def accept():
        while True:
            connection, _ = server.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]
