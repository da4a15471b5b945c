"""Compares the init time of functions: from the start of the process to its first request for an event.

    cargo build --release -p firehose-pipeline
    cargo build --release -p square-values
    python3 crates/firehose-pipeline/benches/start.py target/release/square-values target/release/firehose-pipeline

The functions start in turns, so that a busy machine slows all of them alike. Prints the medians of the
elapsed time and of the CPU time of each function, and their differences to those of the first function.
The CPU time is that of all threads of the process, and does not include other processes.
firehose-pipeline runs the pipeline of examples/pipeline, or of the file that --pipeline names.

Standard library only.
"""

import argparse
import os
import pathlib
import socket
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]


def start(binary, pipeline, listener):
    """Returns the time until the function asks for an event, and the CPU time, in milliseconds."""
    environment = {
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % listener.getsockname()[1],
        "AWS_LAMBDA_FUNCTION_NAME": "started",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_LOG_LEVEL": "ERROR",
        "AWS_REGION": "us-east-1",
        "FIREHOSE_PIPELINE_FILE": str(pipeline),
    }
    before = time.perf_counter()
    process = subprocess.Popen([binary], env=environment, stdin=subprocess.DEVNULL)
    connection = None
    try:
        connection, _ = listener.accept()
        request = connection.recv(4096)
        elapsed = time.perf_counter() - before
        # The id of the CPU clock of a process, as clock_getcpuclockid(3) computes it on Linux.
        cpu = time.clock_gettime((~process.pid << 3) | 2)
        if b"/invocation/next" not in request.split(b"\r\n")[0]:
            raise RuntimeError(f"{binary} sent {request.splitlines()[0]!r} first")
        return elapsed * 1000, cpu * 1000
    finally:
        # End the process first: the function would report a closed connection as an error.
        process.kill()
        process.wait()
        if connection:
            connection.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries", nargs="+", metavar="binary")
    parser.add_argument("--pipeline", type=pathlib.Path,
                        default=ROOT / "examples/pipeline/pipeline.yaml")
    parser.add_argument("--starts", type=int, default=60, help="of each function (default: 60)")
    arguments = parser.parse_args()
    times = {binary: [] for binary in arguments.binaries}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # A function that fails to start must not block the script.
        listener.settimeout(60)
        for _ in range(arguments.starts):
            for binary, measured in times.items():
                measured.append(start(binary, arguments.pipeline.resolve(), listener))
    medians = {binary: [statistics.median(it) for it in zip(*measured)]
               for binary, measured in times.items()}
    first = medians[arguments.binaries[0]]
    for binary, (elapsed, cpu) in medians.items():
        print(f"{binary}: {elapsed:.1f} ms ({elapsed - first[0]:+.1f}), CPU {cpu:.1f} ms "
              f"({cpu - first[1]:+.1f}), {os.stat(binary).st_size:,} bytes")


main()
