#!/usr/bin/env python3
"""Prints which peers this Python has, and why one that is installed can't be used:
{"python": "3.11.2", "torch": null, "numpy": "2.3.1", "tokenizers": null,
 "broken": {"torch": "OSError: ..."}}.
"""

import json
import platform
import subprocess
import sys
from importlib import metadata


def version(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def what_breaks(package):
    """The last words of a process that imports it, as even a crash is one of this package alone;
    None if fine.
    """
    ended = subprocess.run(
        [sys.executable, '-B', '-c', f'import {package}'],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors='replace',
    )
    if ended.returncode == 0:
        return None
    lines = ended.stderr.strip().splitlines()
    return lines[-1] if lines else f'ended with {ended.returncode}'


if __name__ == '__main__':
    found = {package: version(package) for package in ('torch', 'numpy', 'tokenizers')}
    broken = {package: what_breaks(package) for package in found if found[package] is not None}
    broken = {package: reason for package, reason in broken.items() if reason is not None}
    found = {package: None if package in broken else found[package] for package in found}
    print(json.dumps({'python': platform.python_version(), **found, 'broken': broken}))
