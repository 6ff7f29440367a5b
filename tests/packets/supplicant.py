"""A pupil's, teacher's or visitor's laptop: wpa_supplicant on a wire, which trusts one server and no other."""

from dataclasses import dataclass

from tests.packets.radius import Radius
from tests.packets.stand import Namespace, Stand, until

CONFIGURATION = """\
ctrl_interface={folder}
ap_scan=0
network={{
    key_mgmt=IEEE8021X
    eap=PEAP
    identity="{user}"
    anonymous_identity="anonymous"
    password="{password}"
    phase2="auth=MSCHAPV2"
    ca_cert="{trusted}"
    domain_match="{server}"
    eapol_flags=0
}}
"""


@dataclass(frozen=True)
class Supplicant:
    """It runs, and has begun."""

    stand: Stand
    there: Namespace
    folder: str

    def say(self, word: str) -> str:
        return self.there.run("wpa_cli", "-p", self.folder, "-i", "eth0", word)

    def status(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.say("status").splitlines() if "=" in line)

    @property
    def welcome(self) -> bool:
        """True where it was told that it is in."""
        return self.status().get("suppPortStatus") == "Authorized"

    @property
    def said(self) -> str:
        return self.stand.log(f"wpa-{self.there.holder}")

    def log_off(self) -> None:
        self.say("logoff")


def supplicant(stand: Stand, there: Namespace, server: Radius, user: str, password: str) -> Supplicant:
    folder = stand.folder / f"wpa-{there.holder}"
    folder.mkdir(mode=0o700)
    told = CONFIGURATION.format(
        folder=folder, user=user, password=password, trusted=server.certificate, server=server.name
    )
    (folder / "wpa.conf").write_text(told, encoding="ascii")
    command = ("wpa_supplicant", "-D", "wired", "-i", "eth0", "-c", str(folder / "wpa.conf"))
    stand.start(command, within=there, log=folder.name)
    found = Supplicant(stand, there, str(folder))
    until((folder / "eth0").exists, f"wpa_supplicant ({found.said})")
    return found
