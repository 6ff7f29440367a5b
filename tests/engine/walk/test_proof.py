"""Who is shown a password: network equipment, and whom an engineer named. Everybody else would keep it."""

import asyncio
import ipaddress
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from matric import walk
from matric.lab.client import Lab
from matric.lab.identity import host_key
from matric.walk import Account, Door, Rules, Visit, Word
from tests.engine.walk.conftest import Walk, not_seen

PASSWORD = "correct-horse-battery-staple"
ADDRESS, HUB = "192.168.9.1", "192.168.7.9"
RULES = Rules(logins_per_s=1000, commands_per_s=1000, rest_s=0, timeout_s=3)
ARISTA, HIKVISION, HP, DELL = "00:1c:73:00:00:01", "c0:56:e3:ae:f6:46", "3c:a8:2a:00:00:01", "a4:bb:6d:00:00:01"
SWITCH = Word(forwards=True)


class Trap:
    """Somebody on the loopback who answers, and keeps every password and every word that is sent."""

    def __init__(self) -> None:
        self.passwords: list[str] = []
        self.heard: list[bytes] = []
        self.port = 0
        self.connections: list[Any] = []
        """What has to be cut at the end."""


@contextmanager
def serving(begin: Any, trap: Trap) -> Generator[Trap]:
    ready = threading.Event()
    ends: list[Callable[[], object]] = []

    async def serve() -> None:
        server, done = await begin(), asyncio.Event()
        trap.port = server.get_port() if hasattr(server, "get_port") else server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        ends.append(lambda: loop.call_soon_threadsafe(done.set))
        ready.set()
        await done.wait()
        server.close()
        for one in trap.connections:
            one.abort()
        await asyncio.sleep(0.05)  # what was cut off is told to whoever waits for it

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield trap
    finally:
        ends[0]()
        thread.join(10)


def ssh_server(version: str) -> Any:
    """An SSH server that calls itself *version*, and takes no password but keeps it."""
    trap = Trap()

    class Server(asyncssh.SSHServer):
        def connection_made(self, conn: Any) -> None:
            trap.connections.append(conn)

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:  # noqa: ARG002 - asyncssh's
            trap.passwords.append(password)
            return False

    def begin() -> Any:
        return asyncssh.create_server(
            Server, "127.0.0.1", 0, server_host_keys=[host_key("trap").ssh_key], server_version=version
        )

    return serving(begin, trap)


def web_page(organisation: str, folder: Path) -> Any:
    """An HTTPS server whose certificate names *organisation*, and which keeps what it is asked."""
    trap = Trap()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)  # noqa: FBT003 - its form
    pem = folder / "trap.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        trap.connections.append(writer.transport)
        trap.heard.append(await reader.read(4096))
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    return serving(lambda: asyncio.start_server(answer, "127.0.0.1", 0, ssl=context), trap)


def visited(trap: Trap, kind: Any, word: Word, folder: Path) -> Visit:
    memory = walk.Memory(folder, {}, lambda: "now")
    account = Account("school", "caretaker", PASSWORD)

    def doors(_address: str) -> tuple[Door, ...]:
        return (Door("127.0.0.1", trap.port, kind),)

    return walk.placed(RULES, (account,), doors, memory).visit(ADDRESS, word)


@pytest.mark.parametrize(
    ("version", "word"),
    [
        ("OpenSSH_for_Windows_9.5", SWITCH),
        ("OpenSSH_9.2p1 Debian-2+deb12u2", SWITCH),
        ("OpenSSH_9.6p1 Ubuntu-3ubuntu13", Word(macs=(HP,))),
        ("dropbear_2022.83", Word(macs=(HIKVISION,))),
        ("mpSSH_0.2.1", Word(forwards=True, macs=(HP,))),
        ("OpenSSH_8.7", Word()),
        ("OpenSSH_8.7", Word(macs=(DELL,))),
        ("Mocana SSH 6.3", Word(macs=(DELL,))),
        ("OpenSSH_9.9-oddly_patched", Word(macs=(ARISTA,), named=False)),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_computer_a_printer_or_a_recorder_that_answers_on_ssh_never_sees_the_password(
    tmp_path: Path, version: str, word: Word
) -> None:
    with ssh_server(version) as trap:
        found = visited(trap, "ssh", word, tmp_path)

    assert trap.passwords == []
    assert found.why.startswith("not asked: ")
    assert found.remedy == f"if it is a switch of the school, name it: --seed {ADDRESS}"
    assert not (tmp_path / "keys.yaml").exists()


@pytest.mark.parametrize(
    ("version", "word"),
    [
        ("OpenSSH_9.2p1 Debian-2+deb12u2", Word(engineer=True)),
        ("OpenSSH_8.7", SWITCH),
        ("Cisco-1.25", Word()),
        ("Comware-7.1.070", Word()),
        ("Mocana SSH 6.3", Word(macs=(HP,))),
        ("OpenSSH_8.8", Word(macs=(ARISTA,))),
        ("OpenSSH_8.8", Word(macs=(ARISTA,), named=False)),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_switch_by_its_own_sign_its_neighbour_s_word_or_the_engineer_s_is_logged_in_to(
    tmp_path: Path, version: str, word: Word
) -> None:
    with ssh_server(version) as trap:
        found = visited(trap, "ssh", word, tmp_path)

    assert trap.passwords == [PASSWORD]
    assert "no credential was accepted (tried: school)" in found.why


@pytest.mark.slow
def test_a_server_that_a_neighbour_calls_a_bridge_is_listed_and_not_logged_in_to(elm: Lab, go: Walk) -> None:
    real = walk.lab_doors(elm.state)

    with ssh_server("OpenSSH_9.2p1 Debian-2+deb12u2") as trap:

        def doors(address: str) -> tuple[Door, ...]:
            return (Door("127.0.0.1", trap.port, "ssh"),) if address == HUB else real(address)

        walked = go(doors=doors)

    assert trap.passwords == []
    hub = not_seen(walked)["hub"]
    assert hub.why == f"{HUB}: not asked: it calls itself SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u2, which is no switch's"
    assert hub.told_by == ("core GigabitEthernet1/0/3",)
    assert len(walked.seen) == 3


@pytest.mark.parametrize("word", [Word(), SWITCH, Word(macs=(HP,)), Word(forwards=True, kind="ProCurve J9773A")])
def test_a_web_page_that_nobody_says_is_an_eapi_never_sees_the_password(tmp_path: Path, word: Word) -> None:
    with web_page("Contoso Print Server", tmp_path) as trap:
        found = visited(trap, "eapi", word, tmp_path)

    assert not any(trap.heard), "nothing was to be said after the greeting"
    assert found.why


@pytest.mark.parametrize(
    ("organisation", "word"),
    [
        ("self", Word(kind="Arista Networks EOS version 4.31.2F running on a CCS-720XP")),
        ("self", Word(macs=(ARISTA,))),
        ("Arista Networks", Word()),
    ],
)
def test_an_eapi_by_its_certificate_its_maker_or_a_neighbour_s_word_is_logged_in_to(
    tmp_path: Path, organisation: str, word: Word
) -> None:
    with web_page(organisation, tmp_path) as trap:
        found = visited(trap, "eapi", word, tmp_path)

    assert any(b"Authorization: Basic" in one for one in trap.heard)
    assert "no credential was accepted (tried: school)" in found.why
