"""What a Junos configuration says, read from the text such a switch shows."""

from ipaddress import IPv4Interface, IPv4Network

import pytest

from matric.config import parse
from matric.platform.junos_rules import RULES
from matric.policy.subject import CannotEvaluate
from matric.switch import Account, Entry, Route, Switch, reading

ANYWHERE = IPv4Network("0.0.0.0/0")
PERMITS, REFUSES = True, False

SHOWN = """\
## Last commit: 2026-05-04 09:12:44 UTC by admin
version 22.4R3;
system {
    root-authentication {
        encrypted-password "$6$salt$hash"; ## SECRET-DATA
    }
    login {
        user old {
            uid 2001;
            class super-user;
            authentication {
                encrypted-password "$1$salt$hash"; ## SECRET-DATA
            }
        }
        user key-only {
            class super-user;
            authentication {
                ssh-ed25519 "ssh-ed25519 AAAA old"; ## SECRET-DATA
            }
        }
        user remote {
            class read-only;
        }
    }
    services {
        ssh;
        telnet;
        web-management {
            http;
        }
    }
}
interfaces {
    ge-0/0/0 {
        description "up { link; 1";
        native-vlan-id 999;
        unit 0 {
            family ethernet-switching {
                interface-mode trunk;
                vlan {
                    members [ Pupils 30-32 99 ];
                }
            }
        }
    }
    ge-0/0/1 {
        unit 0 {
            family ethernet-switching {
                vlan {
                    members Pupils;
                }
            }
        }
    }
    inactive: ge-0/0/2 {
        disable;
    }
    ge-0/0/3 {
        disable;
    }
    xe-0/1/0 {
        ether-options {
            802.3ad ae0;
        }
    }
    xe-0/1/1 {
        gigether-options {
            802.3ad ae1;
        }
    }
    xe-0/1/2 {
        unit 0 {
            family inet {
                address 10.0.0.1/30;
            }
        }
    }
    ae0 {
        aggregated-ether-options {
            lacp {
                active;
            }
        }
        unit 0 {
            family ethernet-switching {
                interface-mode trunk;
                vlan {
                    members all;
                }
            }
        }
    }
    ae1 {
        unit 0 {
            disable;
            family ethernet-switching {
                interface-mode trunk;
            }
        }
    }
    irb {
        unit 99 {
            family inet {
                filter {
                    input ZONE-IN;
                    output ZONE-OUT;
                }
                address 10.1.1.2/24;
            }
        }
    }
    lo0 {
        unit 0 {
            family inet {
                filter {
                    input DOOR;
                }
            }
        }
    }
}
snmp {
    community sunflower {
        authorization read-only;
    }
    community public;
}
firewall {
    family inet {
        filter ZONE-IN {
            term 10 {
                from {
                    source-address {
                        10.0.0.0/8;
                        192.168.0.0/16;
                    }
                    protocol [ tcp udp ];
                    source-port 1-1023;
                    destination-port [ domain 1024-65535 ];
                }
                then accept;
            }
            term 20 {
                from {
                    destination-address {
                        10.2.0.0/16;
                        10.2.3.0/24 except;
                    }
                }
                then {
                    count refused;
                    discard;
                }
            }
            term 30 {
                from {
                    protocol tcp;
                    tcp-established;
                }
                then {
                    log;
                    accept;
                }
            }
            term 35 {
                then {
                    count all;
                    next term;
                }
            }
            term 40 {
                from {
                    protocol icmp;
                    icmp-type echo-request;
                }
                then reject;
            }
            term 50 {
                then count rest;
            }
        }
    }
}
routing-options {
    static {
        route 0.0.0.0/0 next-hop 10.1.1.1;
        route 10.9.0.0/16 {
            next-hop [ 10.1.1.3 10.1.1.4 ];
            no-readvertise;
        }
        route 10.8.0.0/16 discard;
    }
}
protocols {
    mstp {
        bpdu-block-on-edge;
        interface ge-0/0/1 {
            edge;
        }
    }
}
switch-options {
    voip {
        interface ge-0/0/1.0 {
            vlan Voice;
        }
    }
}
vlans {
    Pupils {
        vlan-id 20;
        forwarding-options {
            dhcp-security {
                group UNTRUSTED {
                    overrides {
                        untrusted;
                    }
                    interface ge-0/0/0.0;
                }
            }
        }
    }
    Voice {
        vlan-id 30;
        forwarding-options {
            dhcp-security {
                group TRUSTED {
                    overrides {
                        trusted;
                    }
                    interface ge-0/0/1.0;
                }
            }
        }
    }
    Management {
        vlan-id 99;
        l3-interface irb.99;
    }
}
"""


def read(text: str) -> Switch:
    return reading.read("junos", parse(text, RULES))


@pytest.fixture(scope="module")
def switch() -> Switch:
    return read(SHOWN)


def test_a_trunk_carries_names_ids_and_ranges(switch: Switch) -> None:
    port = switch.interfaces["ge-0/0/0"]

    assert (port.mode, port.native, port.allowed) == ("trunk", 999, frozenset({20, 30, 31, 32, 99}))


def test_a_trunk_without_a_word_carries_nothing_and_takes_no_untagged_frame(switch: Switch) -> None:
    assert switch.interfaces["ae1"].allowed == frozenset()
    assert switch.interfaces["ae1"].native not in switch.vlans
    assert switch.interfaces["ae0"].allowed is None


def test_an_access_port_is_in_its_vlan_and_a_phone_in_another(switch: Switch) -> None:
    port = switch.interfaces["ge-0/0/1"]

    assert (port.mode, port.access, port.voice, port.edge, port.bpdu_guard) == ("access", 20, 30, True, True)


def test_a_port_without_a_family_switches_nothing_and_an_inactive_statement_is_none(switch: Switch) -> None:
    assert "ge-0/0/2" not in switch.interfaces
    assert (switch.interfaces["ge-0/0/3"].mode, switch.interfaces["ge-0/0/3"].enabled) == ("routed", False)
    assert switch.interfaces["ae1"].enabled is False


def test_members_speak_lacp_where_their_lag_does(switch: Switch) -> None:
    first, second = switch.interfaces["xe-0/1/0"], switch.interfaces["xe-0/1/1"]

    assert (first.mode, first.lag, first.lacp) == ("member", 0, True)
    assert (second.lag, second.lacp) == (1, False)
    assert switch.carrier("xe-0/1/0") is switch.interfaces["ae0"]


def test_a_trunk_is_trusted_unless_all_its_snooped_vlans_say_otherwise(switch: Switch) -> None:
    assert switch.interfaces["ge-0/0/0"].trusted  # VLAN 30 believes it
    assert switch.interfaces["ae0"].trusted
    assert switch.interfaces["ge-0/0/1"].trusted  # an access port, named in VLAN 30
    voice = SHOWN[SHOWN.index("    Voice {") :]
    everywhere = SHOWN.replace(voice, voice.replace("trusted;", "untrusted;").replace("ge-0/0/1.0", "ge-0/0/0.0"))

    assert not read(everywhere).interfaces["ge-0/0/0"].trusted
    assert not read(everywhere).interfaces["ge-0/0/1"].trusted


def test_layer_3_is_read_with_its_filters(switch: Switch) -> None:
    irb = switch.interfaces["irb.99"]

    assert (irb.vid, irb.address) == (99, IPv4Interface("10.1.1.2/24"))
    assert (irb.access_list, irb.access_list_out) == ("ZONE-IN", "ZONE-OUT")
    assert switch.interfaces["xe-0/1/2"].address == IPv4Interface("10.0.0.1/30")
    assert switch.doors == ("DOOR",)
    assert switch.routes == (
        Route(ANYWHERE, "10.1.1.1"),
        Route(IPv4Network("10.9.0.0/16"), "10.1.1.3"),
        Route(IPv4Network("10.9.0.0/16"), "10.1.1.4"),
        Route(IPv4Network("10.8.0.0/16"), "discard"),
    )


def test_every_term_is_an_entry_for_each_pairing_of_its_conditions(switch: Switch) -> None:
    entries = switch.access_lists["ZONE-IN"]
    first = [entry for entry in entries if entry.text == "term 10"]

    assert len(first) == 2 * 2 * 2
    assert first[0] == Entry(
        PERMITS, "tcp", IPv4Network("10.0.0.0/8"), ANYWHERE, "range 1 1023 eq domain", "range 1 1023", "term 10"
    )
    assert {entry.rest for entry in first} == {"range 1 1023 eq domain", "range 1 1023 gt 1023"}
    assert entries[8:] == (
        Entry(REFUSES, "ip", ANYWHERE, ANYWHERE, "except", text="term 20"),
        Entry(PERMITS, "tcp", ANYWHERE, ANYWHERE, "established", text="term 30"),
        Entry(REFUSES, "icmp", ANYWHERE, ANYWHERE, "echo", text="term 40"),
        Entry(PERMITS, "ip", ANYWHERE, ANYWHERE, text="term 50"),
    )


def test_ways_in_and_accounts(switch: Switch) -> None:
    assert (switch.telnet, switch.http, switch.ssh, switch.api) == (True, True, True, False)
    assert switch.accounts == (Account("enable", "sha512"), Account("old", "md5"), Account("key-only", "unknown"))
    assert switch.communities == ("sunflower", "public")


@pytest.mark.parametrize(
    ("protocols", "mode"),
    [
        ("mstp {\n        interface all;\n    }", "mst"),
        ("rstp;", "rstp"),
        ("vstp {\n        vlan all;\n    }", "rapid-pvst"),
        ("rstp {\n        disable;\n    }", "none"),
        ("lldp;", "none"),
    ],
)
def test_the_mode_of_spanning_tree(protocols: str, mode: str) -> None:
    assert read(f"protocols {{\n    {protocols}\n}}\n").spanning_tree == mode


@pytest.mark.parametrize("word", ["apply-groups member0;", "interfaces {\n    interface-range desks {\n    }\n}"])
def test_what_only_the_device_unfolds_is_not_guessed(word: str) -> None:
    with pytest.raises(CannotEvaluate, match="shown by the device only"):
        read(f"{SHOWN}{word}\n")
