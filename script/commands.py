"""The reference of every command, made from click's own definitions."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from matric.cli import command

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "commands.md"

HEAD = """\
# Commands

Written by `script/commands` from the command line itself; a test holds it equal.

`matric [OPTIONS] COMMAND`. `--json` and `--quiet` may stand before or behind the command. Results go to standard
output, progress and messages to standard error. Exit codes: [exit-codes.md](exit-codes.md). Completion:
`eval "$(_MATRIC_COMPLETE=bash_source matric)"` in `~/.bashrc`, or `zsh_source`, `fish_source`.
"""


def page() -> str:
    """The whole page."""
    context = click.Context(command, info_name="matric")
    parts = [HEAD, "## Global options\n", *_options(command, context)]
    for name, one in _commands(command, context, "matric"):
        parts += ["", *_entry(name, one, click.Context(one, info_name=name))]
    return "\n".join(parts).rstrip() + "\n"


def _commands(group: click.Group, context: click.Context, path: str) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        one = group.get_command(context, name)
        assert one is not None
        if isinstance(one, click.Group):
            yield from _commands(one, click.Context(one, info_name=name, parent=context), f"{path} {name}")
        else:
            yield f"{path} {name}", one


def _entry(name: str, one: click.Command, context: click.Context) -> Iterator[str]:
    usage = " ".join(part for part in one.collect_usage_pieces(context) if part != "[OPTIONS]")
    yield f"## {name}\n"
    yield f"    {name} {usage}".rstrip() + "\n"
    yield inspect.cleandoc(one.help or "")
    rows = list(_options(one, context))
    if rows:
        yield ""
        yield from rows


def _options(one: click.Command, context: click.Context) -> Iterator[str]:
    rows = [
        (param, record)
        for param in one.params
        if isinstance(param, click.Option) and (record := param.get_help_record(context)) is not None
    ]
    if not rows:
        return
    yield "| Option | Meaning |"
    yield "|---|---|"
    for param, (names, says) in rows:
        from_environment = f" From `{param.envvar}`." if param.envvar else ""
        yield f"| `{_cell(names)}` | {_cell(says)}{from_environment} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    if "--print" in sys.argv:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page(), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(Path.cwd())}")
