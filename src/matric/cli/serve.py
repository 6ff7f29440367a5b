"""The receiver of NetBox's event rules."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matric.cli.context import Context, pass_context
from matric.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ("serve",)

SECRET = "MATRIC_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
ASKS = {"MATRIC_SCHEDULE": "snapshot"}
"""What the pipeline is told: it reads NetBox and proposes, and does nothing else."""


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), required=True, help="Port; 0 takes any.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen at; TLS is for a proxy before it."
)
@click.option(
    "--propose", "itself", is_flag=True, help="Run 'matric snapshot propose' here, instead of asking for a pipeline."
)
@click.option(
    "--target",
    envvar=["MATRIC_TARGET_BRANCH", "CI_DEFAULT_BRANCH"],
    default="main",
    show_default=True,
    help="The protected branch: the pipeline runs on it, the change comes to it.",
)
@click.option(
    "--quiet-s", type=click.FloatRange(0.1, 3600), default=30, show_default=True, help="Silence before it asks."
)
@pass_context
def serve(context: Context, port: int, host: str, target: str, quiet_s: float, *, itself: bool) -> None:
    """Hear from NetBox that it has changed, and ask for a look at it: a new snapshot, for review. It cannot deploy.

    MATRIC_WEBHOOK_SECRET names the secret (env:NAME, file:PATH, keyring:SERVICE/NAME) that NetBox signs with.
    """
    try:
        import aiohttp as _  # noqa: F401, PLC0415 - only whether it is there
    except ModuleNotFoundError:
        raise UsageError("the receiver needs the extra serve. Do: pip install 'matric[serve]'") from None
    import asyncio  # noqa: PLC0415 - loaded on use
    from ipaddress import ip_address  # noqa: PLC0415 - ditto

    from matric import clock  # noqa: PLC0415 - ditto
    from matric.netbox import letter  # noqa: PLC0415 - ditto
    from matric.serve import KIND, Limits, Receiver  # noqa: PLC0415 - ditto

    try:
        ip_address(host)
    except ValueError:
        raise UsageError(f"--host {host!r} is no address. Do: give one, e.g. 127.0.0.1") from None
    _refuse_credentials(context)
    journal = context.journal
    receiver = Receiver(
        _secret(),
        journal.shelf(KIND),
        _proposing(context, target) if itself else _triggering(target),
        clock.system(),
        own=lambda: letter.known(journal),
        limits=Limits(quiet_s=quiet_s),
        told=lambda words: click.echo(words, err=True),
    )

    def ready() -> None:
        def show(console: "Console") -> None:
            console.print(f"[green]serving[/] {receiver.url}/netbox, until Ctrl-C or SIGTERM")

        context.emit({"url": f"{receiver.url}/netbox"}, show)

    asyncio.run(receiver.run(host, port, ready))
    click.echo("stopped", err=True)


def _secret() -> str:
    import os  # noqa: PLC0415 - only here

    from matric.secret import vault  # noqa: PLC0415 - loaded on use

    ref = os.environ.get(SECRET, "")
    if ":" not in ref:
        state = "is not set" if not ref else "holds no reference"
        raise UsageError(f"{SECRET} {state}. Do: name the secret by reference, e.g. file:/run/secrets/webhook")
    return vault().get(ref)


def _refuse_credentials(context: Context) -> None:
    """It is reached from outside: what opens a device has no place in it."""
    import os  # noqa: PLC0415 - only here
    import re  # noqa: PLC0415 - ditto

    texts = [path.read_text(encoding="utf-8") for path in sorted(context.site.inventory.glob("*.yaml"))]
    named = re.findall(r"\benv:([A-Za-z_][A-Za-z0-9_]*)", "\n".join(texts))
    held = sorted({name for name in named if os.environ.get(name)})
    if held:
        raise UsageError(f"{', '.join(held)}: secrets of devices have no place here. Do: unset them, then start")


def _triggering(target: str) -> Callable[[frozenset[str]], str]:
    """Ask the forge for the pipeline that reads NetBox."""
    import os  # noqa: PLC0415 - only here

    from matric import forge  # noqa: PLC0415 - loaded on use

    there = forge.connect(os.environ)

    def ask(_own: frozenset[str]) -> str:
        return f"asked for {there.start_pipeline(target, ASKS)}"

    return ask


def _proposing(context: Context, target: str) -> Callable[[frozenset[str]], str]:
    """Read NetBox here and propose."""
    import os  # noqa: PLC0415 - only here

    from matric import forge, refresh  # noqa: PLC0415 - loaded on use
    from matric.netbox import Client  # noqa: PLC0415 - ditto

    there, root = forge.connect(os.environ), context.site.root
    url, token, ca = (os.environ.get(f"MATRIC_NETBOX_{name}", "") for name in ("URL", "TOKEN", "CA"))
    if not url or not token:
        raise UsageError("--propose reads NetBox itself. Do: export MATRIC_NETBOX_URL and MATRIC_NETBOX_TOKEN")

    def ask(own: frozenset[str]) -> str:
        with Client(url, token, ca=Path(ca) if ca else None) as client:
            made = refresh.propose(root, client, there, target, known=own)
        return f"proposed {made.change}" if made.change else "NetBox says what the snapshot says: nothing is proposed"

    return ask
