"""A Junos configuration reads and writes alike as braces, set lines and XML."""

import re

import pytest

from matric.lab import junos_check, junos_keep, junos_tree, junos_view
from matric.lab.junos_grammar import SCHEMA
from matric.lab.tree import Invalid, Section

TEXT = """\
system {
    host-name sw-04;
    login {
        message "hello {there}; you";
        user matric {
            class super-user;
            authentication {
                encrypted-password "$6$abc"; ## SECRET-DATA
            }
        }
    }
    services {
        netconf {
            ssh;
        }
    }
}
interfaces {
    ge-0/0/0 {
        description "up link";
        native-vlan-id 99;
        unit 0 {
            family ethernet-switching {
                interface-mode trunk;
                vlan {
                    members [ pupils mgmt ];
                }
            }
        }
    }
    ge-0/0/1 {
        disable;
    }
    xe-0/1/0 {
        ether-options {
            802.3ad ae0;
        }
    }
    irb {
        unit 99 {
            family inet {
                address 10.1.1.2/24;
            }
        }
    }
}
routing-options {
    static {
        route 0.0.0.0/0 next-hop 10.1.1.1;
    }
}
vlans {
    pupils {
        vlan-id 20;
    }
    mgmt {
        vlan-id 99;
        l3-interface irb.99;
    }
}
"""


def tree(text: str, form: str = "text") -> Section:
    found = Section("top")
    for statement in junos_tree.statements(text, form):
        junos_tree.apply(SCHEMA, found, statement)
    return found


def shown(found: Section) -> str:
    return "".join(f"{row}\n" for row in junos_tree.braces(found, SCHEMA))


def test_what_is_shown_in_braces_reads_back_the_same() -> None:
    assert shown(tree(TEXT)) == TEXT


def test_set_lines_say_the_same_as_braces() -> None:
    lines = "\n".join(junos_tree.set_lines(tree(TEXT)))

    assert "set interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members mgmt" in lines
    assert shown(tree(lines, "set")) == TEXT


def test_xml_says_the_same_as_braces() -> None:
    root = junos_tree.element(tree(TEXT), SCHEMA)
    found = Section("top")
    for statement in junos_tree.from_xml(root, SCHEMA):
        junos_tree.apply(SCHEMA, found, statement)

    assert root.findtext("interfaces/interface/name") == "ge-0/0/0"
    assert shown(found) == TEXT


def test_a_comment_is_no_statement() -> None:
    assert shown(tree("## Last commit: now\n/* old */ system { host-name a; ## SECRET-DATA\n}")) == (
        "system {\n    host-name a;\n}\n"
    )


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("system { hots-name a; }", "text"),
        ("system { host-name a b; }", "text"),
        ("system { host-name a;", "text"),
        ("system { host-name a }", "text"),
        ("} system;", "text"),
        ("interfaces { replace: ge-0/0/0 { disable; } }", "text"),
        ("set system host-name", "set"),
        ("delete system host-name", "set"),
        ("rename vlans a to vlan b", "set"),
    ],
)
def test_what_the_device_does_not_know_is_refused(text: str, form: str) -> None:
    with pytest.raises(Invalid):
        tree(text, form)


def test_a_deleted_value_leaves_the_others() -> None:
    found = tree(TEXT)
    path = "interfaces ge-0/0/0 unit 0 family ethernet-switching vlan members pupils"
    for statement in junos_tree.statements(f"delete {path}\ndelete vlans pupils", "set"):
        junos_tree.apply(SCHEMA, found, statement)

    assert "members mgmt;" in shown(found)
    assert "pupils" not in shown(found)


def test_a_comparison_names_the_place_and_what_goes_and_comes() -> None:
    new = tree(TEXT.replace("vlan-id 20", "vlan-id 21").replace("        disable;\n", "        mtu 9000;\n"))

    assert junos_tree.compared(tree(TEXT), new, SCHEMA) == [
        "[edit interfaces ge-0/0/1]",
        "-  disable;",
        "+  mtu 9000;",
        "[edit vlans pupils]",
        "-  vlan-id 20;",
        "+  vlan-id 21;",
    ]
    assert junos_tree.compared(new, new, SCHEMA) == []


def test_the_lab_sees_vlans_ports_addresses_and_routes() -> None:
    rows = [f"{' ' * depth}{entry.text}" for depth, entry in junos_view.seen(tree(TEXT)).walk()]

    assert "vlan 20" in rows
    assert " switchport trunk native vlan 99" in rows
    assert " switchport trunk allowed vlan 20,99" in rows
    assert " shutdown" in rows
    assert " channel-group 0 mode on" in rows
    assert rows[rows.index("interface Vlan99") + 1] == " ip address 10.1.1.2/24"
    assert "ip route 0.0.0.0/0 10.1.1.1" in rows


def test_netconf_is_on_only_where_the_configuration_says_so() -> None:
    assert junos_view.unanswered(tree(TEXT)) == ""
    assert "not configured" in junos_view.unanswered(tree("system { services { ssh; } }"))


def test_the_lab_sees_which_lag_speaks_lacp() -> None:
    found = tree(TEXT)
    for statement in junos_tree.statements("set interfaces ae0 aggregated-ether-options lacp active", "set"):
        junos_tree.apply(SCHEMA, found, statement)

    assert " channel-group 0 mode active" in [
        f"{' ' * depth}{entry.text}" for depth, entry in junos_view.seen(found).walk()
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "", None),
        ("vlan-id 20", "vlan-id 4095", "must be 1..4094"),
        ("members [ pupils mgmt ]", "members staff", "vlan staff: no such"),
        ("class super-user", "class HEADS", "no such login class"),
        ("address 10", "filter { input ZONE; } address 10", "Referenced filter 'ZONE' is not defined"),
        ("interface-mode trunk;", "interface-mode trunk; storm-control S;", "storm-control profile 'S' is not defined"),
        ("routing-options", "protocols { dot1x { authenticator { authentication-profile-name R; } } } routing-options",
         "Access profile 'R' is not defined"),
        ("root-authentication", "no", "Missing mandatory statement"),
    ],
)  # fmt: skip
def test_what_is_referred_to_must_be_there(old: str, new: str, words: str | None) -> None:
    whole = TEXT.replace(
        "    login {", '    root-authentication {\n        encrypted-password "$6$x";\n    }\n    login {'
    )
    if old == "root-authentication":
        whole, old, new = TEXT, "", ""

    found = junos_check.wrong(tree(whole.replace(old, new, 1)))

    assert (found is None) is (words is None)
    assert words is None or words in (found or "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("protocols { mstp { interface a { mode shared-by-all; } } }", "expecting point-to-point or shared"),
        ("forwarding-options { storm-control-profiles S { all { bandwidth-percentage 0; } } }", r"range \(1..100\)"),
        ("switch-options { interface a { interface-mac-limit { many; } } }", "not within range"),
    ],
)
def test_a_value_the_device_does_not_take_is_refused_in_its_words(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        tree(text)


def test_lists_in_one_pair_of_braces_read_alike_in_every_form() -> None:
    text = """\
system {
    name-server {
        10.1.1.1;
        10.1.1.2;
    }
    radius-server {
        10.1.1.9 {
            secret "$9$abc"; ## SECRET-DATA
            timeout 3;
        }
    }
}
forwarding-options {
    dhcp-relay {
        server-group {
            ALL {
                10.1.1.1;
                10.1.1.2;
            }
        }
    }
}
firewall {
    family inet {
        filter A {
            term 10 {
                from {
                    source-address {
                        10.0.0.0/8;
                    }
                    protocol udp;
                }
                then accept;
            }
            term 5 {
                then {
                    count x;
                    discard;
                }
            }
        }
    }
}
switch-options {
    interface ge-0/0/1.0 {
        interface-mac-limit {
            2;
            packet-action drop;
        }
    }
}
"""
    found = Section("top")
    for statement in junos_tree.from_xml(junos_tree.element(tree(text), SCHEMA), SCHEMA):
        junos_tree.apply(SCHEMA, found, statement)

    assert shown(tree(text)) == text
    assert shown(tree("\n".join(junos_tree.set_lines(tree(text))), "set")) == text
    assert shown(found) == text


def test_a_bare_value_and_a_member_are_deleted() -> None:
    found = tree("switch-options { interface a { interface-mac-limit { 2; packet-action drop; } } }\n"
                 "system { name-server { 10.1.1.1; } }\n")  # fmt: skip
    gone = "delete switch-options interface a interface-mac-limit 2\ndelete system name-server 10.1.1.1\n"
    for statement in junos_tree.statements(gone, "set"):
        junos_tree.apply(SCHEMA, found, statement)

    assert shown(found) == (
        "system {\n}\nswitch-options {\n    interface a {\n        interface-mac-limit {\n"
        "            packet-action drop;\n        }\n    }\n}\n"
    )


def test_passwords_become_keys_and_accounts_get_numbers() -> None:
    found = tree(
        "system { radius-server { 10.1.1.9 { secret sunflower; } } login { user a { uid 2000; } user b; } }\n"
        "snmp { v3 { usm { local-engine { user m {\n"
        "authentication-sha { authentication-password sunflower; } } } } } }\n"
    )

    junos_keep.disguised(found)
    junos_keep.numbered(found)
    text = shown(found)

    assert "sunflower" not in text
    assert len(re.findall(r'(?:secret|authentication-key) "\$9\$[^"]+"; ## SECRET-DATA', text)) == 2
    assert "user b {\n            uid 2001;" in text
    before = text
    junos_keep.disguised(found)
    assert shown(found) == before
