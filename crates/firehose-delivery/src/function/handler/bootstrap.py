"""Runs a handler in Python as a Lambda function, over the Lambda Runtime API.

Usage: python3 bootstrap.py HANDLER, in the folder of the code. Uses AWS's runtime client if the
package `awslambdaric` is installed. Otherwise uses the API itself, and encodes responses and errors
with the same bytes as awslambdaric 4.2:
https://github.com/aws/aws-lambda-python-runtime-interface-client.
"""

import decimal
import http.client
import importlib
import json
import json.encoder
import logging
import math
import os
import sys
import time
import traceback

API = "/2018-06-01/runtime/"
FLOATS = {math.inf: "Infinity", -math.inf: "-Infinity"}


class RuntimeFault(Exception):
    """An error that the runtime itself reports, such as a handler that cannot be imported."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.kind, self.message, self.trace = kind, message, list(trace)


class ResponseEncoder:
    """Encodes a value as simplejson does with the settings of AWS's client: bytes are UTF-8 text, a
    Decimal is a number, a named tuple is an object, and NaN and infinities are allowed.
    """

    def __init__(self, ensure_ascii):
        encoder = json.encoder
        self.text = encoder.encode_basestring_ascii if ensure_ascii else encoder.encode_basestring
        self.open = set()

    def encode(self, value):
        parts = []
        try:
            self.write(value, parts.append)
        finally:
            self.open.clear()
        return "".join(parts)

    def write(self, value, add):
        if isinstance(value, str):
            add(self.text(value))
        elif isinstance(value, bytes):
            add(self.text(value.decode("utf-8")))
        elif value is None:
            add("null")
        elif value is True:
            add("true")
        elif value is False:
            add("false")
        elif isinstance(value, int):
            add(int.__repr__(value))
        elif isinstance(value, float):
            add(float_text(value))
        elif isinstance(value, decimal.Decimal):
            add("NaN" if value.is_nan() else str(value))
        else:
            self.write_container(value, add)

    def write_container(self, value, add):
        fields = named_fields(value)
        if fields is None and not isinstance(value, (list, tuple, dict)):
            name = type(value).__name__
            raise TypeError(f"Object of type {name} is not JSON serializable")
        if id(value) in self.open:
            raise ValueError("Circular reference detected")
        self.open.add(id(value))
        if fields is not None:
            self.write_object(fields, add)
        elif isinstance(value, dict):
            self.write_object(value, add)
        else:
            self.write_array(value, add)
        self.open.discard(id(value))

    def write_array(self, values, add):
        separator = "["
        for value in values:
            add(separator)
            self.write(value, add)
            separator = ", "
        add("]" if separator == ", " else "[]")

    def write_object(self, entries, add):
        separator = "{"
        for key, value in entries.items():
            add(separator)
            add(self.text(key_text(key)))
            add(": ")
            self.write(value, add)
            separator = ", "
        add("}" if separator == ", " else "{}")


def float_text(value):
    if value != value:
        return "NaN"
    return FLOATS.get(value) or float.__repr__(value)


def key_text(key):
    if isinstance(key, str):
        return key
    if isinstance(key, bytes):
        return key.decode("utf-8")
    if isinstance(key, float):
        return float_text(key)
    if key is None or key is True or key is False:
        return {None: "null", True: "true", False: "false"}[key]
    if isinstance(key, int):
        return int.__repr__(key)
    name = type(key).__name__
    raise TypeError(f"keys must be str, int, float, bool or None, not {name}")


def named_fields(value):
    """Returns the fields of a named tuple, or of any object with a method `_asdict`."""
    method = getattr(value, "_asdict", None)
    if not callable(method):
        return None
    try:
        fields = method()
    except TypeError:
        return None
    if not isinstance(fields, dict):
        raise TypeError(f"_asdict() must return a dict, not {type(fields).__name__}")
    return fields


def escapes_non_ascii(execution_environment):
    """From the runtime of Python 3.12 on, AWS's client leaves non-ASCII characters as they are."""
    version = execution_environment.rpartition("python3.")[2]
    return not (version.isdigit() and int(version) >= 12)


class LambdaContext:
    """The second argument of the handler:
    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html.
    """

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.client_context = None
        self.identity = CognitoIdentity()
        self.tenant_id = None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


class CognitoIdentity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class JsonLogHandler(logging.Handler):
    """Writes log records as JSON lines, with the fields of `extra` at the top level, as Lambda does
    with the log format JSON.
    """

    known = set(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
    request_id = None

    def emit(self, record):
        message = record.msg
        if not isinstance(message, dict) or record.args:
            message = record.getMessage()
        line = {"timestamp": timestamp(record.created), "level": record.levelname}
        line.update(message=message, logger=record.name)
        if record.exc_info and record.exc_info[0]:
            kind, error, trace = record.exc_info
            line.update(stackTrace=traceback.format_tb(trace), errorType=kind.__name__)
            line.update(errorMessage=str(error))
            line.update(location=f"{record.pathname}:{record.funcName}:{record.lineno}")
        line["requestId"] = JsonLogHandler.request_id
        for name, value in vars(record).items():
            if name not in self.known:
                line.setdefault(name, value)
        line = {name: value for name, value in line.items() if value is not None}
        sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def timestamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class RuntimeApi:
    """The client of the Lambda Runtime API:
    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
    """

    def __init__(self, address, encoder):
        self.connection = http.client.HTTPConnection(address)
        self.encoder = encoder

    def next(self):
        self.connection.request("GET", API + "invocation/next")
        response = self.connection.getresponse()
        return response.headers, response.read()

    def post(self, path, body, kind="application/json", headers=()):
        headers = {"Content-Type": kind, **dict(headers)}
        self.connection.request("POST", API + path, body, headers)
        self.connection.getresponse().read()

    def report(self, path, error, exception):
        """Logs an error, and reports it. A lone surrogate in its text, which UTF-8 does not have, becomes
        an escape of JSON.
        """
        line = {"timestamp": timestamp(time.time()), "level": "ERROR", **error}
        line = self.encoder.encode(line).encode("utf-8", "backslashreplace").decode("utf-8")
        sys.stdout.write(line + "\n")
        body = self.encoder.encode(error).encode("utf-8", "backslashreplace")
        kind = error["errorType"].encode("ascii", "replace").decode("ascii")
        # AWS's client sends the exception in this header too, without its causes.
        headers = {
            "Lambda-Runtime-Function-Error-Type": kind,
            "Lambda-Runtime-Function-XRay-Error-Cause": json.dumps({"exceptions": chain(exception)}),
        }
        self.post(path, body, headers=headers)


def error_report(kind, message, trace, request_id=""):
    report = {"errorMessage": message, "errorType": kind}
    return {**report, "requestId": request_id, "stackTrace": list(trace)}


def chain(error):
    """Returns the type and the message of an exception and of the exceptions that caused it, such as a
    failed import behind an exception of the handler's module.
    """
    exceptions, seen = [], set()
    while error is not None and id(error) not in seen and len(exceptions) < 5:
        seen.add(id(error))
        try:
            message = str(error)[:300]
        except Exception:
            message = ""
        exceptions.append({"type": type(error).__name__, "message": message})
        context = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or context
    return exceptions


def exception_report(error, request_id=""):
    """Reports an exception, without the frames of this file before those of the handler."""
    frames = traceback.extract_tb(error.__traceback__)
    frames = [(it.filename, it.lineno, it.name, it.line) for it in frames]
    first = next((index for index, it in enumerate(frames) if it[0] != __file__), 0)
    trace = traceback.format_list(frames[first:])
    return error_report(type(error).__name__, str(error), trace, request_id)


def find_handler(handler):
    """Imports the module of a handler such as `folder/app.lambda_handler`, and returns the function."""
    module, dot, name = handler.rpartition(".")
    if not dot:
        reason = "not enough values to unpack (expected 2, got 1)"
        raise RuntimeFault("Runtime.MalformedHandlerName", f"Bad handler '{handler}': {reason}")
    if module.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module} as a handler module"
        raise RuntimeFault("Runtime.BuiltInModuleConflict", message)
    try:
        imported = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module}': {error}"
        raise RuntimeFault("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module}': {error}"
        raise RuntimeFault("Runtime.UserCodeSyntaxError", message, trace) from error
    try:
        return getattr(imported, name)
    except AttributeError:
        message = f"Handler '{name}' missing on module '{module}'"
        raise RuntimeFault("Runtime.HandlerNotFound", message) from None


def answer(handler, api, headers, body):
    """Returns the body of the response and its content type."""
    try:
        event = json.loads(body)
    except ValueError as error:
        message = f"Unable to unmarshal input: {error}"
        raise RuntimeFault("Runtime.UnmarshalError", message) from error
    response = handler(event, LambdaContext(headers))
    if isinstance(response, bytes):
        return response, "application/unknown"
    try:
        return api.encoder.encode(response), "application/json"
    except Exception as error:
        message = f"Unable to marshal response: {error}"
        raise RuntimeFault("Runtime.MarshalError", message) from error


def serve(handler_name):
    """Finds the handler, and answers events until the process is killed."""
    encoder = ResponseEncoder(escapes_non_ascii(os.environ.get("AWS_EXECUTION_ENV", "")))
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"], encoder)
    logging.getLogger().addHandler(JsonLogHandler())
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    level = logging.getLevelName("DEBUG" if level == "TRACE" else level)
    if isinstance(level, int):
        logging.getLogger().setLevel(level)
    error = None
    try:
        handler = find_handler(handler_name)
    except RuntimeFault as fault:
        error, raised = error_report(fault.kind, fault.message, fault.trace), fault
    except Exception as exception:
        error, raised = exception_report(exception), exception
    if error:
        api.report("init/error", error, raised)
        sys.exit(1)
    while True:
        headers, body = api.next()
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        JsonLogHandler.request_id = request_id
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
        invocation = f"invocation/{request_id}/"
        try:
            response, kind = answer(handler, api, headers, body)
        except RuntimeFault as fault:
            error = error_report(fault.kind, fault.message, fault.trace, request_id)
            api.report(invocation + "error", error, fault)
        except Exception as exception:
            error = exception_report(exception, request_id)
            api.report(invocation + "error", error, exception)
        else:
            if isinstance(response, str):
                response = response.encode("utf-8")
            api.post(invocation + "response", response, kind)


def has_client_of_aws():
    """Returns `True` if this interpreter can import AWS's client and its native part."""
    try:
        import awslambdaric  # noqa: F401
        import runtime_client  # noqa: F401
    except ImportError:
        return False
    return True


def main():
    # The code's folder is the first import root, in place of the folder of this file.
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [it for it in sys.path if os.path.abspath(it or ".") != own]
    sys.path.insert(0, os.environ.get("LAMBDA_TASK_ROOT", os.getcwd()))
    handler = sys.argv[1]
    if has_client_of_aws():
        import runpy

        sys.argv = ["awslambdaric", handler]
        runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)
    else:
        serve(handler)


if __name__ == "__main__":
    main()
