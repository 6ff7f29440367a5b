"""One login to an AOS-S switch: commands from the list, lines, files, and their errors in matric's words."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

from matric.errors import Refused, Unreachable
from matric.platform import aoss_text
from matric.platform.base import Address
from matric.platform.edge import EDGE
from matric.platform.transport import allowed, dialled, private_folder, quiet, strict_ssh, translated, within_time

__all__ = ("SHOW", "Wire", "facts_of")

SHOW = (
    r"show version",
    r"show system",
    r"show running-config",
    r"show config",
    r"show config files",
    r"show config matric-[A-Za-z0-9-]+",
    r"show job",
    r"show reload after",
    r"show cfg-restore status",
    r"show lldp info remote-device(?: [A-Za-z0-9]+)?",
    r"show ip route",
    r"show time",
    *EDGE["aoss"],
)


class Wire:
    """One login; a driver is made of it."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._napalm: Any = None
        self._stack = ExitStack()
        self._lost = False

    # -- login ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Netmiko rejects every host key but the pinned one, before it authenticates; SFTP must show the same."""
        quiet()
        from napalm_aruba_osswitch import ArubaOSSwitchDriver  # noqa: PLC0415 - heavy

        address = self.address
        try:
            with translated(address, "logging in"):
                folder = self._stack.enter_context(private_folder())
                connection = self._stack.enter_context(dialled(address))
                options = strict_ssh(address, folder, connection)
                self._napalm = ArubaOSSwitchDriver(
                    address.host,
                    address.user,
                    address.password,
                    timeout=max(1, round(address.timeout_s)),
                    optional_args=options,
                )
                with within_time(address, connection):
                    self._napalm.open()
        except BaseException:
            self._stack.close()
            raise

    def close(self) -> None:
        napalm, self._napalm = self._napalm, None
        with self._stack:
            if napalm is not None:
                with translated(self.address, "logging out"):
                    if self._lost:
                        napalm.device.paramiko_cleanup()  # a polite exit would wait for an answer again
                    else:
                        napalm.close()

    # -- files ----------------------------------------------------------------------------------------------------

    def put(self, name: str, text: str) -> str:
        """A configuration file on flash; read back."""
        with self.edge("copying a file"):
            self.device().terminal.upload(name, text)
        held = self.file(name)
        if facts_of(text).difference(facts_of(held)):
            raise Refused(f"{self.address.key}: {name} on flash is not what was sent. Do: stage again")
        return held

    def file(self, name: str) -> str:
        return aoss_text.whole(self.address.key, self.show(f"show config {name}"), f"the file {name}")

    def files(self) -> tuple[str, ...]:
        return aoss_text.files(self.show("show config files"))

    def erase(self, name: str) -> None:
        if name in self.files():
            self.do(f"erase config {name}", "removing a file", yes=True)

    # -- the wire -------------------------------------------------------------------------------------------------

    def show(self, command: str) -> str:
        answer = self.optional(command)
        if answer is None:
            raise Refused(f"{self.address.key} does not know `{command}`. Do: check the account's privileges")
        return answer

    def optional(self, command: str) -> str | None:
        """The answer, or None where the switch does not know the command: could not look."""
        with self.edge(f"asked `{command}`"):
            answer = self.device().terminal.try_show(allowed(command, SHOW))
        return None if answer is None else str(answer)

    def do(self, command: str, doing: str, *, yes: bool = False, factor: int = 1) -> str:
        with self.edge(doing):
            return str(self.device().terminal.do(command, yes=yes, factor=factor))

    def typed(self, lines: tuple[str, ...], doing: str) -> None:
        from napalm_aruba_osswitch.text import typed_lines  # noqa: PLC0415 - heavy

        with self.edge(doing):
            self.device().terminal.configure([line for _, line in typed_lines("\n".join(lines))])

    def restart(self) -> None:
        """Boot startup, unsaved changes lost; this login goes with it."""
        with self.edge("going back by a restart"):
            self.device().terminal.restart()
        self._lost = True

    @contextmanager
    def edge(self, doing: str) -> Generator[None]:
        """What the libraries raise, in our words; an answer that did not come leaves the login unusable."""
        try:
            with translated(self.address, doing):
                yield
        except Unreachable:
            self._lost = True
            raise

    def device(self) -> Any:
        if self._napalm is None or self._lost:
            raise Unreachable(f"{self.address.key}: the login is gone. Do: log in anew")
        return self._napalm


def facts_of(text: str) -> Any:
    """*text* as facts that can be compared."""
    from napalm_aruba_osswitch.config import Config  # noqa: PLC0415 - heavy

    return Config(text)
