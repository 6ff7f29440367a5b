"""One value, one byte string, one name: canonical JSON and its digest.

Keys sorted, no spaces, UTF-8, no NaN: the same value gives the same bytes in any locale, time zone and hash seed.
"""

import hashlib
import json
from typing import Any

__all__ = ("digest", "digest_of_text", "json_bytes", "pretty_text")


def json_bytes(value: Any) -> bytes:
    """*value* (dicts, lists, tuples, text, whole numbers, booleans, None) as canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def digest(value: Any) -> str:
    """``sha256:<hex>`` of the canonical JSON of *value*."""
    return f"sha256:{hashlib.sha256(json_bytes(value)).hexdigest()}"


def digest_of_text(text: str) -> str:
    """``sha256:<hex>`` of *text* as UTF-8."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8')).hexdigest()}"


def pretty_text(value: Any) -> str:
    """*value* for people and for git: canonical but for line breaks, one trailing newline."""
    return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
