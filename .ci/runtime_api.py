"""A Lambda Runtime API that sends one event to one function several times.

Needs only the standard library.
"""

import http.server
import os
import subprocess
import threading
import time

PREFIX = "/2018-06-01/runtime/"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:measured"


def invoke(command, event, count, limit):
    """Starts a function with a command, sends an event `count` times, and returns the responses.

    Stops the function with SIGTERM after the last response. Raises RuntimeError if the function
    fails, or if the responses take longer than `limit` seconds.
    """
    server = Server(event, count)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % server.server_port,
        "AWS_LAMBDA_FUNCTION_NAME": "measured",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        # With this memory, Lambda gives less than one vCPU, so the engine starts no threads.
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_REGION": "us-east-1",
    }
    function = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + limit
    while not server.done.wait(0.05):
        if function.poll() is not None:
            server.failure = f"the function ended with {function.returncode}"
            break
        if time.monotonic() > end:
            server.failure = f"the function did not respond in {limit} s"
            break
    function.terminate()
    function.wait()
    server.shutdown()
    server.server_close()
    if server.failure:
        raise RuntimeError(server.failure)
    return server.responses


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, event, count):
        super().__init__(("127.0.0.1", 0), Handler)
        self.event, self.count = event, count
        self.sent, self.responses, self.failure = 0, [], None
        self.done = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.server.sent == self.server.count:
            self.server.done.set()
            # No event is left. The function waits for this response until SIGTERM stops it.
            time.sleep(600)
            return
        self.server.sent += 1
        deadline = int((time.time() + 900) * 1000)
        self.answer(200, self.server.event, {
            "Lambda-Runtime-Aws-Request-Id": f"00000000-0000-0000-0000-{self.server.sent:012}",
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
        })

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/response"):
            self.server.responses.append(body)
        else:
            self.server.failure = f"{self.path.removeprefix(PREFIX)}: {body[:2000]!r}"
            self.server.done.set()
        self.answer(202, b"{}", {})

    def answer(self, status, body, headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
