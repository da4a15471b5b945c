"""Runs the handlers of fixtures/handlers on AWS's runtime clients and on the bootstraps of
firehose-delivery, and compares the answers.

Needs the package `awslambdaric`, and otherwise only the standard library. Compares the handlers in
JavaScript if the first argument is a folder in which the npm package aws-lambda-ric is installed.
"""

import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

import runtime_api

ROOT = pathlib.Path(__file__).resolve().parent.parent
HANDLERS = ROOT / "fixtures/handlers"
BOOTSTRAPS = ROOT / "crates/firehose-delivery/src/function/handler"
EVENT = b'["gr\xc3\xbc\xc3\x9fe", 1.0, 12345678901234567890, null]'
LIMIT = 20
# The handlers that cannot be imported, and those in other folders.
IMPORTS = [
    "missing_package.handler", "syntax_error.handler", "raising_import.handler", "answers.absent",
    "absent.handler", "sys.handler", "nodot", "package/inner.handler", "package.inner.handler",
    "src/app.handler", "src.app.handler",
]


class RuntimeApi(http.server.ThreadingHTTPServer):
    """A Lambda Runtime API that sends one event, and keeps the first answer or error."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Requests)
        self.answers, self.is_sent, self.ended = [], False, threading.Event()


class Requests(runtime_api.Handler):
    def do_GET(self):
        if self.server.is_sent:
            self.server.ended.set()
            threading.Event().wait(LIMIT)
            return
        self.server.is_sent = True
        self.answer(200, EVENT, {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": "00000000-0000-0000-0000-000000000001",
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + LIMIT) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
            "Lambda-Runtime-Trace-Id": "Root=1",
        })

    def do_POST(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.append((self.path.rsplit("/", 1)[1], body))
        self.answer(202, b"{}", {})


def answers(command, folder, handler, execution_environment):
    """Returns the answers of one process, and its exit code if it ends by itself."""
    api = RuntimeApi()
    threading.Thread(target=api.serve_forever, daemon=True).start()
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % api.server_port,
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
        "AWS_LAMBDA_LOG_STREAM_NAME": "s",
        "AWS_REGION": "us-east-1",
        "AWS_EXECUTION_ENV": execution_environment,
        "LAMBDA_TASK_ROOT": str(folder),
        "_HANDLER": handler,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    process = subprocess.Popen([*command, handler], cwd=folder, env=environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    code = None
    for _ in range(LIMIT * 20):
        if api.ended.wait(0.05):
            break
        code = process.poll()
        if code is not None:
            break
    process.kill()
    log = process.stdout.read().decode()
    process.wait()
    api.shutdown()
    api.server_close()
    return api.answers, code, log


def names(path, pattern):
    return re.findall(pattern, path.read_text(), re.MULTILINE)


def python_differences():
    """Compares the bytes of each answer and of each error."""
    handlers = names(HANDLERS / "python/answers.py", r"^(?:async )?def (\w+)\(event, context\):")
    handlers = [f"answers.{name}" for name in handlers]
    folder = HANDLERS / "python"
    aws = [sys.executable, "-m", "awslambdaric"]
    # Without the installed packages, the bootstrap does not find AWS's client.
    own = [sys.executable, "-S", BOOTSTRAPS / "bootstrap.py"]
    differences = 0
    for handler in handlers + IMPORTS:
        for runtime in ["AWS_Lambda_python3.11", "AWS_Lambda_python3.12"][handler in IMPORTS:]:
            theirs = answers(aws, folder, handler, runtime)
            ours = answers(own, folder, handler, runtime)
            if ours[:2] != theirs[:2] or not (ours[0] or ours[1]):
                differences += 1
                print(f"{handler} ({runtime}):\n  AWS: {theirs}\n  own: {ours}")
    print(f"{len(handlers + IMPORTS)} handlers in Python compared with awslambdaric")
    return differences


def node_differences(client):
    """Compares each answer, and the type and the message of each error: the stacks differ in the files
    of the client."""
    handlers = [f"answers.{name}" for name in names(HANDLERS / "node/answers.js", r"^exports\.(\w+) =")]
    handlers += [
        "answers.nested.api.handler", "answers.absent", "asynchronous.handler", "asynchronous.default.handler",
        "common.handler", "module/app.handler", "src/app.handler", "missing_package.handler",
        "missing_import.handler", "syntax_error.handler", "raising_import.handler",
        "absent.handler", "nodot", "../node/answers.promised",
    ]
    differences = 0
    major = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout[1:3]
    for handler in handlers:
        theirs = answers(["node", client / "node_modules/aws-lambda-ric/bin/index.mjs"], HANDLERS / "node",
                         handler, f"AWS_Lambda_nodejs{major}.x")
        ours = answers(["node", BOOTSTRAPS / "bootstrap.mjs"], HANDLERS / "node", handler,
                       f"AWS_Lambda_nodejs{major}.x")
        if [*map(without_stack, ours[0])] != [*map(without_stack, theirs[0])] or not (ours[0] or ours[1]):
            differences += 1
            print(f"{handler}:\n  AWS: {theirs}\n  own: {ours}")
    print(f"{len(handlers)} handlers in JavaScript compared with aws-lambda-ric")
    return differences


def without_stack(answer):
    kind, body = answer
    if kind == "response":
        return answer
    report = json.loads(body)
    # The message of a missing module names the files of the client too.
    return kind, report.get("errorType"), report.get("errorMessage").split("\nRequire stack:")[0]


def main():
    differences = python_differences()
    if len(sys.argv) > 1:
        differences += node_differences(pathlib.Path(sys.argv[1]).resolve())
    if differences:
        sys.exit(f"{differences} handlers differ")


main()
