"""Finds ports on the loopback interface for servers that the checks start, and waits for them."""

import socket
import sys
import time


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for_port(port, process, name):
    """Waits until the process listens on the port.

    Ends the check with a message about `name` if the process ends, or does not listen within 60 s.
    """
    # Open a connection and send nothing, because `cargo lambda watch` treats every request as an
    # invocation.
    for _ in range(600):
        if process.poll() is not None:
            sys.exit(f"{name} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{name} did not open port {port} in 60 s")
