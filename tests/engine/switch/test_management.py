"""What the policies read of the management of a device, written by hand."""

from ipaddress import IPv4Network

import pytest

from matric.config import parse
from matric.platform import get as platform
from matric.policy.subject import CannotEvaluate, configuration
from matric.switch.management import Management, SnmpUser, Throttle, reading
from matric.switch.management.written import lines


def braced(*paths: str) -> str:
    """Statements in the braces of Junos: ``system > services > ssh;``."""
    shown = ""
    for path in paths:
        *above, last = path.split(" > ")
        depth = len(above)
        heads = (f"{'    ' * at}{word} {{\n" for at, word in enumerate(above))
        ends = (f"{'    ' * at}}}\n" for at in reversed(range(depth)))
        shown += "".join((*heads, f"{'    ' * depth}{last}\n", *ends))
    return shown


def read(slug: str, text: str) -> Management:
    return reading.read(slug, parse(text, platform(slug).rules))


def doors(held: Management) -> dict[str, list[str] | None]:
    """Door -> who gets to it."""
    return {
        door.name: None if door.entries is None else [str(one.source) for one in door.entries if one.permits]
        for door in held.doors
    }


@pytest.mark.parametrize(
    ("slug", "text", "door", "sources"),
    [
        ("ios", "line vty 0 4\n transport input ssh\n", "line vty 0 4", None),
        ("ios", "line vty 0 4\n access-class GONE in\n", "line vty 0 4", None),
        (
            "ios",
            "access-list 7 permit 10.1.0.0 0.0.255.255\nline vty 0 4\n access-class 7 in vrf-also\n",
            "line vty 0 4",
            ["10.1.0.0/16"],
        ),
        ("ios", "ip http secure-server\nip http access-class ipv4 WEB\n", "ip http secure-server", None),
        ("eos", "hostname a\n", "management ssh", None),
        (
            "eos",
            "ip access-list standard M\n   permit 10.1.0.0/16\nmanagement ssh\n   ip access-group M in\n",
            "management ssh",
            ["10.1.0.0/16"],
        ),
        (
            "eos",
            "management api http-commands\n   no shutdown\n   vrf A\n      no shutdown\n",
            "management api http-commands vrf A",
            None,
        ),
        ("aoscx", "ssh server vrf mgmt\n", "ssh server vrf mgmt", None),
        (
            "aoscx",
            (
                "https-server vrf default\naccess-list ip M\n    10 permit tcp 10.1.0.0/16 any eq https\n"
                "apply access-list ip M control-plane vrf default\n"
            ),
            "https-server vrf default",
            ["10.1.0.0/16"],
        ),
        ("aoss", "ip authorized-managers 10.1.0.7\n", "ip ssh", ["10.1.0.7/32"]),
        ("aoss", "ip authorized-managers 10.1.0.0 255.255.0.0 access-method snmp\n", "ip ssh", None),
        ("junos", braced("system > services > web-management > https;"),
         "web-management https", None),
    ],
)  # fmt: skip
def test_every_way_in_is_read_with_who_gets_to_it(slug: str, text: str, door: str, sources: list[str] | None) -> None:
    assert doors(read(slug, text))[door] == sources


@pytest.mark.parametrize(
    ("slug", "text"),
    [
        ("ios", "line vty 0 4\n transport input none\n"),
        ("eos", "management ssh\n   shutdown\nmanagement api http-commands\n   shutdown\n"),
        ("aoss", "no ip ssh\n"),
        ("aoscx", "hostname a\n"),
        ("junos", braced("system > host-name a;")),
    ],
)
def test_what_is_shut_is_no_way_in(slug: str, text: str) -> None:
    assert read(slug, text).doors == ()


@pytest.mark.parametrize(
    ("slug", "text", "order", "servers"),
    [
        ("ios", "hostname a\n", ("local",), 0),
        ("ios", ("aaa new-model\nradius server a\nradius server b\n"
         "aaa authentication login default group radius local\n"), ("central", "local"), 2),
        ("ios", ("aaa new-model\naaa group server tacacs+ T\n server name a\n server name b\n"
         "tacacs server a\n address ipv4 10.0.0.1\n key 7 00\ntacacs server b\n address ipv4 10.0.0.2\n"
         "aaa authentication login default group T enable\n"), ("central", "local"), 1),
        ("ios", "radius server a\naaa authentication login default group radius\n", ("local",), 0),
        ("eos", ("aaa group server radius R\n   server 10.0.0.1\n   server 10.0.0.2\n"
         "radius-server host 10.0.0.1 key 7 00\naaa authentication login default local group R\n"),
         ("local", "central"), 1),
        ("aoscx", "tacacs-server host a\naaa authentication login ssh group tacacs local\n", ("central", "local"), 1),
        ("aoss", 'radius-server host 10.0.0.1 key "x"\naaa authentication ssh login radius none\n',
         ("central", "none"), 1),
        ("junos", braced("system > authentication-order radius;", 'system > radius-server > 10.0.0.1 > secret "x";',
                         "system > radius-server > 10.0.0.2 > timeout 3;"),
         ("central", "local"), 1),
    ],
)  # fmt: skip
def test_whom_a_login_asks_is_read(slug: str, text: str, order: tuple[str, ...], servers: int) -> None:
    held = read(slug, text)

    assert (held.login, held.servers) == (order, servers)


@pytest.mark.parametrize(
    ("slug", "text", "idle"),
    [
        ("ios", "line con 0\nline vty 0 4\n exec-timeout 0 0\nline vty 5 15\n exec-timeout 5 30\n",
         {"line con 0": 600, "line vty 0 4": 0, "line vty 5 15": 330}),
        ("ios", "line aux 0\n no exec\n", {}),
        ("eos", "management ssh\n   idle-timeout 5\n", {"management console": 0, "management ssh": 300}),
        ("aoscx", "hostname a\n", {"cli-session": 1800}),
        ("aoss", "console idle-timeout 300\nconsole idle-timeout serial-usb 60\n",
         {"console idle-timeout": 300, "console idle-timeout serial-usb": 60}),
        ("junos", braced("system > login > class ours > idle-timeout 5;", "system > login > user a > class ours;",
                         "system > login > user b > class super-user;",
                         "system > login > user c > class unauthorized;"),
         {"class ours": 300, "class super-user": 0}),
    ],
)  # fmt: skip
def test_when_an_idle_session_ends_is_read(slug: str, text: str, idle: dict[str, int]) -> None:
    assert dict(read(slug, text).idle_s) == idle


@pytest.mark.parametrize(
    ("slug", "text", "throttle"),
    [
        ("ios", "login block-for 120 attempts 3 within 60\n", Throttle(3, 120, 60, locks=False)),
        ("ios", "aaa local authentication attempts max-fail 5\n", Throttle(5, 366 * 24 * 3600)),
        ("eos", "aaa authentication policy lockout failure 5 duration 300\n", Throttle(5, 300)),
        ("aoscx", "aaa authentication limit-login-attempts 4 lockout-time 90\n", Throttle(4, 90)),
        ("aoss", "aaa authentication lockout-delay 60\n", Throttle(3, 60)),
        ("aoss", "aaa authentication num-attempts 3\n", None),
        ("junos", braced("system > login > retry-options > lockout-period 2;"),
         Throttle(10, 120)),
    ],
)  # fmt: skip
def test_what_slows_down_guessing_is_read(slug: str, text: str, throttle: Throttle | None) -> None:
    assert read(slug, text).throttle == throttle


@pytest.mark.parametrize(
    ("throttle", "guesses"),
    [
        (Throttle(3, 120), 9),
        (Throttle(3, 120, 60), 10),
        (Throttle(5, 30), 50),
        (Throttle(5, 3600), 5),
    ],
)
def test_how_many_passwords_can_be_tried_in_five_minutes(throttle: Throttle, guesses: int) -> None:
    assert throttle.guesses(300) == guesses


@pytest.mark.parametrize(
    ("slug", "text", "banner"),
    [
        ("ios", "banner login ^C\nGo away\nplease\n^C\n", "Go away\nplease"),
        ("ios", "banner login ^CGo away^C\n", "Go away"),
        ("eos", "banner login\nGo away\nEOF\n", "Go away"),
        ("aoscx", "banner motd #\nGo away\n#\n", "Go away"),
        ("aoss", 'banner motd "Go away"\n', "Go away"),
        ("junos", braced('system > login > message "Go away";'), "Go away"),
        ("ios", "banner exec ^C\nWelcome\n^C\n", ""),
    ],
)
def test_what_is_shown_before_the_login_is_read(slug: str, text: str, banner: str) -> None:
    assert read(slug, text).banner == banner


@pytest.mark.parametrize(
    ("slug", "text", "unguarded"),
    [
        ("ios", "username a privilege 15\nusername b secret 9 $9$x\nusername c nopassword\n", ("a", "c")),
        ("eos", "username b secret sha512 $6$x\n", ("admin",)),
        ("eos", "no username admin\n", ()),
        ("aoscx", "user a group operators\nuser b group administrators password ciphertext AQB\n", ("a",)),
        ("aoss", "hostname a\n", ("manager",)),
        ("aoss", 'password manager user-name "a" sha256 "x"\n', ()),
        ("junos", braced("system > host-name a;"), ("root",)),
    ],
)
def test_accounts_that_need_no_password_are_read(slug: str, text: str, unguarded: tuple[str, ...]) -> None:
    assert read(slug, text).unguarded == unguarded


@pytest.mark.parametrize(
    ("slug", "text", "writes"),
    [
        ("ios", "snmp-server community a RO\nsnmp-server community b view V RW 10\n", [False, True]),
        ("eos", "snmp-server community a\nsnmp-server community b rw\n", [False, True]),
        ("aoscx", "snmp-server community a\nsnmp-server community b\n    access-level rw\n", [False, True]),
        ("aoss", 'snmp-server community "a" operator\nsnmp-server community "b" manager unrestricted\n',
         [False, True]),
        ("junos", braced("snmp > community a > authorization read-only;",
                         "snmp > community b > authorization read-write;"),
         [False, True]),
    ],
)  # fmt: skip
def test_a_community_that_may_write_is_told_from_one_that_may_read(slug: str, text: str, writes: list[bool]) -> None:
    assert [community.writes for community in read(slug, text).communities] == writes


@pytest.mark.parametrize(
    ("slug", "text", "user"),
    [
        ("ios", "snmp-server user u g v3 auth sha x priv aes 128 y\n", SnmpUser("u", "sha", "aes")),
        ("ios", "snmp-server user u g v3 auth md5 x\n", SnmpUser("u", "md5", "")),
        ("ios", "snmp-server user u g v3\n", SnmpUser("u", "", "")),
        ("eos", "snmp-server user u g v3 localized f5 auth sha256 x priv aes256 y\n",
         SnmpUser("u", "sha256", "aes256")),
        ("aoscx", "snmpv3 user u auth md5 auth-pass ciphertext x priv des priv-pass ciphertext y\n",
         SnmpUser("u", "md5", "des")),
        ("aoss", 'snmpv3 user "u" auth "x" priv "y"\n', SnmpUser("u", "md5", "des")),
        ("junos", braced("snmp > v3 > usm > local-engine > user u > authentication-none;"),
         SnmpUser("u", "", "")),
    ],
)  # fmt: skip
def test_how_a_user_of_snmp_is_protected_is_read(slug: str, text: str, user: SnmpUser) -> None:
    assert read(slug, text).snmp_users == (user,)


@pytest.mark.parametrize(
    ("slug", "text", "level"),
    [
        ("ios", "logging host 10.1.1.1\n", 6),
        ("ios", "logging trap errors\nlogging 10.1.1.1\n", 3),
        ("ios", "logging trap 7\nlogging host 10.1.1.1 transport udp port 515\n", 7),
        ("eos", "logging vrf default host 10.1.1.1\nlogging trap notifications\n", 5),
        ("aoscx", "logging 10.1.1.1 udp 514 severity crit\n", 2),
        ("aoss", "logging 10.1.1.1\n", 7),
        ("aoss", "logging 10.1.1.1\nlogging severity major\n", 2),
        (
            "junos",
            braced("system > syslog > host 10.1.1.1 > any warning;"),
            4,
        ),
        ("junos", braced("system > syslog > host 10.1.1.1 > any any;"), 7),
        (
            "junos",
            braced("system > syslog > host 10.1.1.1 > kernel info;"),
            -1,
        ),
    ],
)
def test_how_much_the_collector_is_sent_is_read(slug: str, text: str, level: int) -> None:
    assert read(slug, text).collectors == {"10.1.1.1": level}


@pytest.mark.parametrize(
    ("slug", "text", "zone"),
    [
        ("ios", "hostname a\n", "UTC"),
        ("ios", "clock timezone GMT 0 0\nclock summer-time BST recurring last Sun Mar 1:00 last Sun Oct 2:00\n",
         "Europe/London"),
        ("ios", "clock timezone IST 5 30\n", "UTC+330 min"),
        ("eos", "clock timezone Europe/London\n", "Europe/London"),
        ("aoscx", "clock timezone europe/paris\n", "europe/paris"),
        ("aoss", "time daylight-time-rule none\n", "UTC"),
        ("aoss", "time daylight-time-rule western-europe\n", "Europe/London"),
        ("junos", braced("system > time-zone Europe/London;"), "Europe/London"),
    ],
)  # fmt: skip
def test_the_time_zone_is_read(slug: str, text: str, zone: str) -> None:
    assert read(slug, text).zone == zone


@pytest.mark.parametrize(
    ("slug", "text", "speaks"),
    [
        ("ios", "interface a\n", [False, False]),
        ("ios", "lldp run\ninterface a\n no lldp receive\n", [False, True]),
        ("eos", "interface a\n   no lldp transmit\n", [False, True]),
        ("eos", "no lldp run\n", [False, False]),
        ("aoscx", "interface lag 1\n    no lldp transmit\n", [True, True]),
        ("aoscx", "no lldp\n", [False, False]),
        ("junos", braced("protocols > lldp > interface a > disable;", "protocols > lldp > interface all;"),
         [False, True]),
        ("junos", braced("protocols > lldp > interface b.0;"), [False, True]),
    ],
)  # fmt: skip
def test_which_ports_speak_lldp_is_read(slug: str, text: str, speaks: list[bool]) -> None:
    lldp = read(slug, text).lldp

    assert [lldp.on("a"), lldp.on("b")] == speaks


def test_an_aos_s_switch_keeps_lldp_from_the_ports_it_lists() -> None:
    lldp = read("aoss", "lldp admin-status 1-3 disable\nlldp admin-status 5 txonly\n").lldp

    assert [port for port in ("1", "3", "4", "5") if lldp.on(port)] == ["4"]


def test_cdp_is_off_on_a_port_only_where_the_port_says_so() -> None:
    cdp = read("ios", "interface a\n no cdp enable\n").cdp

    assert (cdp.on("a"), cdp.on("b")) == (False, True)


def test_services_that_nobody_needs_are_read_by_name() -> None:
    assert read("ios", "no ip source-route\nservice pad\nvstack\n").needless == ("PAD", "Smart Install")
    assert read("aoss", "no dhcp config-file-update\n").needless == ("the TFTP server",)
    assert read("eos", "hostname a\n").needless is None


def test_snmp_of_ios_is_answered_to_whom_each_group_says() -> None:
    text = (
        "ip access-list standard P\n 10 permit 10.1.1.1\nsnmp-server group g v3 priv access P\n"
        "snmp-server group h v3 priv\n"
    )
    held = read("ios", text)

    first, second = held.polls
    assert first.entries is not None
    assert [entry.source for entry in first.entries] == [IPv4Network("10.1.1.1/32")]
    assert second.entries is None


def test_a_platform_that_nobody_reads_is_never_taken_to_be_in_order() -> None:
    with pytest.raises(CannotEvaluate):
        reading.read("vyos", parse("hostname a\n", platform("ios").rules))


@pytest.mark.parametrize(
    ("slug", "text", "clear"),
    [
        ("ios", "username a secret 9 <secret:env:A|type9>\n", False),
        ("ios", "username a secret 9 $9$salt$hash\n", False),
        ("ios", "username a password 7 0205\n", True),
        ("ios", "username a secret letmein\n", True),
        ("eos", "username a secret sha512 $6$salt$hash\n", False),
        ("aoscx", "user a group g password plaintext <secret:env:A>\n", False),
        ("aoscx", "user a group g password plaintext letmein\n", True),
        ("aoscx", "user a group g password ciphertext AQBapX\n", False),
        ("aoss", 'radius-server host 10.1.1.1 key "<secret:env:A>"\n', False),
        ("aoss", 'radius-server host 10.1.1.1 key "letmein"\n', True),
        ("junos", braced('system > root-authentication > encrypted-password "$6$a$b"; ## SECRET-DATA'),
         False),
        ("junos", braced('system > radius-server > 10.1.1.1 > secret "$9$abc"; ## SECRET-DATA'), True),
    ],
)  # fmt: skip
def test_a_secret_that_can_be_read_is_told_from_a_reference_and_a_hash(slug: str, text: str, *, clear: bool) -> None:
    every = tuple(lines(slug, configuration(text, platform(slug).rules)))

    assert any(line.clear for line in every) is clear
    assert "letmein" not in " ".join(line.shown for line in every)
