"""A Junos configuration reads and writes alike as braces, set lines and XML."""

import pytest

from matric.lab import junos_tree, junos_view
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
