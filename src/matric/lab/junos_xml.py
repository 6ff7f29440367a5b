"""lxml, which comes with NAPALM and has no types of its own."""

import importlib
from typing import Any

__all__ = ("etree", "local")

etree: Any = importlib.import_module("lxml.etree")


def local(element: Any) -> str:
    """The element's name without its namespace; empty for a comment."""
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""
