"""Finds the commands that a README shows, and compares their output with the output that it shows.

A block of commands begins with ```text. Each of its commands is a line that begins with `$ `, and the lines
after it are the output. Needs only the standard library.
"""

import re

# Texts that differ between runs or between versions of libraries: the hour in keys, the time and the
# UUID in names of objects, and the compressed size.
VARYING = [
    (r"\b\d{4}/\d\d/\d\d/\d\d/", "HOUR/"),
    (r"\b\d{4}(-\d\d){5}\b", "TIME"),
    (r"\(\d+ bytes, unpacked", "(SIZE bytes, unpacked"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "UUID"),
]


def lines(text):
    for pattern, placeholder in VARYING:
        text = re.sub(pattern, placeholder, text)
    # Only slow runs print their speed.
    return [line for line in text.splitlines() if line and " records/s; " not in line]


def same(printed, shown):
    """Compares lines. A line of the README that ends with ` ...` shows only the beginning of the line."""
    cut = shown.removesuffix(" ...")
    return printed.startswith(cut) if cut != shown else printed == shown


def commands_of(block):
    """Returns the commands of a block, each with the lines of output that the README shows."""
    found = []
    for line in lines(block):
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        elif found:
            found[-1][1].append(line)
    return found


def differences(done, shown):
    """Returns the lines in which the output of a finished process differs from the shown lines."""
    if not shown:
        return []
    # Ignores the order of lines, because the order of the objects of a delivery stream may differ. The
    # README shows a part of standard error, and the whole standard output unless a line is `...`.
    output = lines(done.stdout)
    printed = output + lines(done.stderr)
    missing = [line for line in shown if line != "..." and not any(same(it, line) for it in printed)]
    extra = [line for line in output if not any(same(line, it) for it in shown)]
    if not missing and (not extra or "..." in shown):
        return []
    return ["in the README, but not printed:", *missing, "printed, but not in the README:", *extra]
