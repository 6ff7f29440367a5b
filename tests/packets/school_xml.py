"""The lab-school model (lab-school.yang): between its XML and lines of text, which is what matric compares.

host-name sw-01
vlan 20
 name Pupils
port 1
 access-vlan 20
"""

import importlib
from collections.abc import Iterator
from typing import Any

etree: Any = importlib.import_module("lxml.etree")

SPACE = "urn:matric:lab-school"
BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
KEYS = {"vlan": "id", "port": "name"}
"""List -> its key, which stands behind the list's name."""
GROUPS = {"vlan": "vlans", "port": "ports"}


def text(data: Any) -> str:
    """The lines of what *data* holds of the model; empty where it holds nothing."""
    return "".join(f"{line}\n" for line in _lines(data))


def _lines(data: Any) -> Iterator[str]:
    for name in data.iterfind(f"{{{SPACE}}}host-name"):
        yield f"host-name {name.text}"
    for kind, group in GROUPS.items():
        for one in data.iterfind(f"{{{SPACE}}}{group}/{{{SPACE}}}{kind}"):
            yield f"{kind} {one.findtext(f'{{{SPACE}}}{KEYS[kind]}')}"
            for leaf in one:
                tag = etree.QName(leaf).localname
                if tag != KEYS[kind]:
                    yield f" {tag} {leaf.text}"


def tree(lines: str) -> Any:
    """*lines* as the whole of an edit-config."""
    config = etree.Element(f"{{{BASE}}}config", nsmap={None: BASE})
    groups: dict[str, Any] = {}
    entry: Any = config
    for line in lines.splitlines():
        word, _, value = line.strip().partition(" ")
        if line.startswith(" "):
            _leaf(entry, word, value)
        elif word in KEYS:
            group = GROUPS[word]
            if group not in groups:
                groups[group] = etree.SubElement(config, f"{{{SPACE}}}{group}", nsmap={None: SPACE})
            entry = etree.SubElement(groups[group], f"{{{SPACE}}}{word}")
            _leaf(entry, KEYS[word], value)
        else:
            _leaf(config, word, value)
    return config


def _leaf(parent: Any, name: str, value: str) -> None:
    etree.SubElement(parent, f"{{{SPACE}}}{name}").text = value
