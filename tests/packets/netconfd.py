"""netconfd (yuma123) behind a real sshd, on the loopback: a confirmed-commit server that nobody of matric's wrote."""

import getpass
import shutil
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from matric.platform.base import Address, Candidate
from tests.packets.netconf import NetconfDriver
from tests.packets.stand import Stand, until

MODEL = Path(__file__).with_name("lab-school.yang")
RUN = Path("/run/sshd")
SUBSYSTEM = "/usr/sbin/netconf-subsystem"
SSHD = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/hostkey
AuthorizedKeysFile {folder}/userkey.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PidFile none
Subsystem netconf {subsystem} --ncxserver-sockname={port}@{folder}/ncx.sock
"""


@dataclass(frozen=True)
class Netconfd:
    """The server, which runs."""

    stand: Stand
    port: int

    @property
    def key(self) -> Path:
        return self.stand.folder / "userkey"

    @property
    def pin(self) -> str:
        return " ".join((self.stand.folder / "hostkey.pub").read_text(encoding="ascii").split()[:2])

    def address(self, key: str) -> Address:
        return Address(key, "127.0.0.1", self.port, getpass.getuser(), "", self.pin, timeout_s=10)

    def login(self, key: str = "ash/sw-01") -> NetconfDriver:
        """Somebody's login, not yet open."""
        return NetconfDriver(self.address(key), self.key)

    def hold(self, config: str) -> None:
        """Have it run, and start with, *config*."""
        with self.login().opened() as driver:
            driver.restore("", Candidate(config).config)
            driver.save()


@contextmanager
def serving(stand: Stand) -> Generator[Netconfd]:
    """One that runs; *stand* ends it. sshd will not start without a folder in /run, which is not left there."""
    made = not RUN.exists()
    RUN.mkdir(mode=0o755, exist_ok=True)
    try:
        yield _begun(stand)
    finally:
        if made:
            RUN.rmdir()


def _begun(stand: Stand) -> Netconfd:
    """sshd's port must be netconfd's, or netconfd denies the access."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    folder = stand.folder
    for name in ("hostkey", "userkey"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    shutil.copy(MODEL, folder)
    told = SSHD.format(port=port, folder=folder, subsystem=SUBSYSTEM)
    (folder / "sshd.conf").write_text(told, encoding="ascii")
    stand.start(
        (
            "netconfd",
            f"--modpath={folder}:/usr/share/yuma/modules",
            "--module=lab-school",
            "--no-startup",
            "--with-startup=true",
            "--target=candidate",
            f"--superuser={getpass.getuser()}",
            "--access-control=off",
            "--max-burst=0",  # else it holds events back for a second after each tenth
            f"--port={port}",
            f"--ncxserver-sockname={folder}/ncx.sock",
        )
    )
    stand.start((shutil.which("sshd", path="/usr/sbin:/sbin") or "sshd", "-D", "-e", "-f", str(folder / "sshd.conf")))
    until((folder / "ncx.sock").exists, f"netconfd ({stand.log('netconfd')})")
    until(lambda: "Server listening" in stand.log("sshd"), f"sshd ({stand.log('sshd')})")
    return Netconfd(stand, port)
