"""Set up: a new trust's repository, and the identity of its devices."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import click

from matric.cli.context import Context, pass_context
from matric.errors import UsageError

__all__ = ("enrol", "init")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@pass_context
def init(context: Context, folder: Path) -> None:
    """Lay out a new trust's repository in FOLDER: inventory, templates, tasks, policies, runbooks.

    It starts as the fictional Fernhill Learning Trust, so that everything can be tried in the lab at once.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; nothing was written. Do: name a new folder")

    with as_file(files("matric") / "starter") as starter:
        shutil.copytree(starter, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "gitignore"))
        shutil.copyfile(starter / "gitignore", folder / ".gitignore")

    made = sorted(path.name for path in folder.iterdir() if path.is_dir())
    context.emit(
        {"folder": str(folder), "made": made},
        lambda console: console.print(
            f"[green]laid out[/] {folder}: {', '.join(made)}\n"
            f"next: cd {folder} && git init && matric check oakfield && matric lab up oakfield"
        ),
    )
