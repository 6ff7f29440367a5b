"""How Junos on EX switches writes its configuration, as data. Source: Junos OS CLI reference.

Configuration is read by its indentation; the closing braces say nothing more and are not compared.
"""

from matric.platform.base import ConfigRules

__all__ = ("RULES",)

_END = r";(?:\s*## SECRET-DATA)?$"

RULES = ConfigRules(
    hier_config="JUNIPER_JUNOS",
    volatile=(
        r"^\}$",
        r"^## Last (?:commit|changed): ",
    ),
    device_owned=(r"^version \S+;$",),
    secret=(
        rf'^system .* > (?:encrypted-password|secret) (?P<secret>"[^"]+"|\S+){_END}',
        rf'^access .* > secret (?P<secret>"[^"]+"|\S+){_END}',
        rf'^snmp .* > (?:authentication-key|privacy-key) (?P<secret>"[^"]+"|\S+){_END}',
        r"^snmp .* > community (?P<secret>\S+)",
    ),
    unordered=(
        r"^$",
        r"^system \{$",
        r"^login \{$",
        r"^services \{$",
        r"^interfaces \{$",
        r"^(?:ge|mge|xe|et|ae|irb|me|vme|lo)\S* \{$",
        r"^unit ",
        r"^vlans \{$",
        r"^protocols \{$",
        r"^snmp \{$",
    ),
)
