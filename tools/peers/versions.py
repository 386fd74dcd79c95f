#!/usr/bin/env python3
"""Prints which peers this Python has: {"python": "3.11.2", "torch": "2.13.0", "numpy": null, ...}."""

import json
import platform
from importlib import metadata


def version(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


if __name__ == '__main__':
    found = {package: version(package) for package in ('torch', 'numpy', 'tokenizers')}
    print(json.dumps({'python': platform.python_version(), **found}))
