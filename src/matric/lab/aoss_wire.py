"""The configuration files of a lab AOS-S switch, over SFTP.

``/cfg/running-config`` is read only; a new ``/cfg/startup-config`` makes the switch boot with it; any other name under
``/cfg`` is a configuration file for ``cfg-restore flash``. SFTP needs ``ip ssh filetransfer``.
"""

from pathlib import Path
from typing import Any, cast

import asyncssh

from matric.lab.aoss import AossDevice

__all__ = ("files",)

FOLDER = "/cfg/"
WRITES = 2
"""SFTP's flag of a file opened to be written (SSH_FXF_WRITE)."""


def files(device: AossDevice, channel: Any) -> asyncssh.SFTPServer:
    """What one SFTP channel sees."""
    folder = Path(device.lab.folder) / "sftp" / device.spec.name
    folder.mkdir(parents=True, exist_ok=True)
    return _Files(device, channel, folder)


class _Files(asyncssh.SFTPServer):
    def __init__(self, device: AossDevice, channel: Any, folder: Path) -> None:
        cast("Any", super()).__init__(channel)
        self._device = device
        self._wire = channel
        self._folder = folder
        self._written: dict[int, str] = {}
        self._cut_at: int | None = None

    def map_path(self, path: bytes) -> bytes:
        name = path.decode().removeprefix(FOLDER).strip("/").replace("/", "_")
        return str(self._folder / name).encode() if name else str(self._folder).encode()

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        name = path.decode()
        self._device.log("sftp", file=name)
        if not self._device.sftp_on():
            raise asyncssh.SFTPPermissionDenied("SFTP is disabled: ip ssh filetransfer")
        if not name.startswith(FOLDER):
            raise asyncssh.SFTPNoSuchFile("no such file")
        name = name.removeprefix(FOLDER)
        if not pflags & WRITES:
            text = _text(self._device, name)
            if text is None:
                raise asyncssh.SFTPNoSuchFile("no such file")
            (self._folder / name).write_text(text, encoding="utf-8")
            return super().open(path, pflags, attrs)
        if name == "running-config":
            raise asyncssh.SFTPPermissionDenied("running-config cannot be written")
        if "full-flash" in self._device.faults.names():
            raise asyncssh.SFTPFailure("no space left on flash")
        found = super().open(path, pflags, attrs)
        self._written[id(found)] = name
        return found

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        if self._cut_at is None and (fault := self._device.faults.take("drop", command="sftp")):
            self._device.log("fault", kind="drop", command="sftp")
            self._cut_at = int(fault.number("at", 0))
        if self._cut_at is not None and offset + len(data) >= self._cut_at:
            self._written.clear()  # what is not whole does not become a configuration file
            self._wire.get_connection().abort()
            return len(data)
        return int(cast("Any", super()).write(file_obj, offset, data))

    def close(self, file_obj: object) -> None:
        cast("Any", super()).close(file_obj)
        name = self._written.pop(id(file_obj), None)
        if name is None:
            return
        device = self._device
        text = (self._folder / name).read_text(encoding="utf-8", errors="replace")
        if name == "startup-config":
            device.startup = device.parsed(text)
            device.log("startup-uploaded")
            device.time.after(1, device.power_cut)  # the answer leaves first
        elif not device.put(name, text):
            raise asyncssh.SFTPFailure("no space left on flash")


def _text(device: AossDevice, name: str) -> str | None:
    if name == "running-config":
        return device.whole(device.running)
    if name in {"startup-config", "config"}:
        return device.whole(device.startup)
    return device.get(name)
