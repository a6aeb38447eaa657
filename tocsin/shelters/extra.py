"""The heavy libraries that only shelters need: the extras ``shelters`` and ``plan`` of the package."""

from __future__ import annotations

import importlib
from typing import Any

from tocsin.errors import BadSetting


def required(name: str, extra: str = "shelters") -> Any:
    """The library, imported now. Errors: `BadSetting` where the extra is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise BadSetting(
            f"this needs {name}: install Tocsin with its extra, pip install 'tocsin[{extra}]'", needs=name
        ) from error
