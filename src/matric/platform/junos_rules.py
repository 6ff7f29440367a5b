"""How Junos on EX switches writes its configuration, as data. Source: Junos OS CLI reference.

Configuration is read by its indentation; the closing braces say nothing more and are not compared.
Where order counts is what is left out of ``unordered``: the terms of a filter, and servers that are asked in turn.
"""

from matric.platform.base import ConfigRules

__all__ = ("RULES",)

_END = r'"?;(?:\s*## SECRET-DATA)?$'

RULES = ConfigRules(
    hier_config="JUNIPER_JUNOS",
    volatile=(
        r"^\}$",
        r"^## Last (?:commit|changed): ",
    ),
    device_owned=(
        r"^version \S+;$",
        # Given to an account at its first commit, and shown; its files belong to the number.
        r"^uid \d+;$",
    ),
    secret=(
        rf'^system .* > (?:encrypted-password|secret) "?(?P<secret>[^"\s;]+){_END}',
        rf'^access .* > secret "?(?P<secret>[^"\s;]+){_END}',
        rf'^snmp .* > (?:authentication|privacy)-(?:key|password) "?(?P<secret>[^"\s;]+){_END}',
        r'^snmp .* > community "?(?P<secret>[^"\s;]+)',
    ),
    hidden=(
        # A password goes in, and the key made of it and of the engine id is shown, disguised anew each time.
        r"^snmp .* > (?:authentication|privacy)-(?:key|password) ",
    ),
    unordered=(
        r"^$",
        r"^(?!name-server|radius-server)[\w.:/-]+ \{$",
        r"^(?:class|family|file|group|host|interface|profile|route|storm-control-profiles|term|unit|user|vlan) \S+ \{$",
        r"^(?:notify|security-level|security-model|security-name|target-address|target-parameters|view) \S+ \{$",
    ),
)
