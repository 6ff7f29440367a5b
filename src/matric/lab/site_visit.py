"""What an engineer types on site into the running lab: what no plan brings, as the way in to a switch."""

from pathlib import Path

from matric.errors import UsageError
from matric.lab.client import Lab
from matric.secret import resolve, vault

__all__ = ("typed",)


def typed(lab: Lab, folder: Path) -> tuple[str, ...]:
    """Type each ``FOLDER/<device>.txt`` into that device and save; the devices that were given lines.

    References to secrets are resolved as the lab's boot files are. UsageError where a file is of no device of *lab*,
    before anything is typed.
    """
    files = {path.stem: path for path in sorted(folder.glob("*.txt"))}
    names = {key.partition("/")[2] for key in lab.devices}
    if not files or not files.keys() <= names:
        strange = ", ".join(sorted(files.keys() - names)) or "no file"
        known = ", ".join(f"{name}.txt" for name in sorted(names))
        raise UsageError(f"{folder}: {strange} is of no device of the lab. Do: use {known}")
    secrets = vault(lab.secret_seed)
    texts = {name: resolve(path.read_text(encoding="utf-8"), secrets, name) for name, path in files.items()}
    for name, text in texts.items():
        lab.fault(f"{lab.school}/{name}", "edit", text=text, save="yes")
    return tuple(texts)
