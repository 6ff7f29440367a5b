"""matric's command line without its start: a process that has imported everything is forked for every command.

A command of the tests works for a tenth of a second and imports for half of one. Each still has a process, a folder, an
environment and an end of its own. What is not so is a start that imports too little: ``script/test --all`` starts the
real program every time, and so do the tests that start commands to interrupt them.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any, NoReturn

__all__ = ("ALWAYS_COLD", "PROGRAM", "matric")

PROGRAM = Path(sys.executable).with_name("matric")
ALWAYS_COLD = os.environ.get("MATRIC_TEST") == "all"
"""Whether the installed program is started for every command, with a hash seed of its own."""

LENGTH = struct.Struct("!Q")
MORE = ("napalm.eos", "napalm.ios", "napalm.junos", "netmiko", "nornir.core", "keyring", "rich.table", "rich.console")
"""What commands load where they need it, besides matric's own modules."""
START_S = 60.0
LONELY_S = 5.0
"""How often it looks whether those who ask are still there."""


def matric(
    *arguments: str | Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float = 300,
    cold: bool = ALWAYS_COLD,
) -> "subprocess.CompletedProcess[str]":
    """Run matric with nothing on its input, its output captured as text; *cold* starts the installed program."""
    command, env = [PROGRAM, *arguments], os.environ if env is None else env
    if not cold:
        return _warm()(command, cwd=cwd, env=env, timeout=timeout)
    return subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class Warm:
    """The process that is forked, and how it is asked."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="matric-"))
        self._door = self._folder / "door"
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__, str(self._door)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + START_S
        while not self._door.exists():
            assert self._process.poll() is None, "the warm matric did not start"
            assert time.monotonic() < until, "the warm matric did not open its door"
            time.sleep(0.01)

    def __call__(
        self, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], timeout: float
    ) -> "subprocess.CompletedProcess[str]":
        """As ``subprocess.run`` of *command* with nothing on its input, its output captured as text."""
        words = [str(word) for word in command]
        body = json.dumps({"command": words, "cwd": str(cwd), "env": dict(env)}).encode()
        with (
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire,
        ):
            wire.settimeout(timeout)
            wire.connect(str(self._door))
            socket.send_fds(wire, [LENGTH.pack(len(body))], [out.fileno(), err.fileno()])
            wire.sendall(body)
            code = int(_exactly(wire, LENGTH.size).decode())
            return subprocess.CompletedProcess(words, code, _text(out), _text(err))

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self._folder, ignore_errors=True)


@cache
def _warm() -> Warm:
    """The one of this run of tests."""
    found = Warm()
    atexit.register(found.stop)
    return found


def _text(written: IO[bytes]) -> str:
    written.seek(0)
    return written.read().decode().replace("\r\n", "\n")


def _exactly(wire: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        more = wire.recv(length - len(found))
        assert more, "the warm matric hung up"
        found += more
    return found


def _serve(door: Path) -> None:
    """Import everything, open the *door*, and fork for whoever comes."""
    import matric  # noqa: PLC0415 - only in the process that is forked

    names = [one.name for one in pkgutil.walk_packages(matric.__path__, "matric.") if ".starter" not in one.name]
    for name in (*names, *MORE):
        if not name.endswith("__main__"):
            importlib.import_module(name)
    assert threading.active_count() == 1, "what runs in a thread is not forked"
    gc.collect()
    gc.freeze()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(door.with_suffix(".new")))
    listening.listen(64)
    door.with_suffix(".new").rename(door)
    listening.settimeout(LONELY_S)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that answer
    parent = os.getppid()
    while os.getppid() == parent:  # tests that are killed leave nothing behind
        try:
            wire, _ = listening.accept()
        except TimeoutError:
            continue
        if os.fork() == 0:
            listening.close()
            _answer(wire)
        wire.close()


def _answer(wire: socket.socket) -> NoReturn:
    """Carry one command out in a process of its own; tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, (out, err), _, _ = socket.recv_fds(wire, LENGTH.size, 2)
    asked: dict[str, Any] = json.loads(_exactly(wire, LENGTH.unpack(head)[0]))
    command = os.fork()
    if command == 0:
        wire.close()
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["env"])
        sys.argv = asked["command"]
        _end(_carried_out())
    _, status = os.waitpid(command, 0)
    wire.sendall(f"{os.waitstatus_to_exitcode(status):>{LENGTH.size}}".encode())
    os._exit(0)


def _carried_out() -> object:
    from matric.cli import main  # noqa: PLC0415 - only in the process that is forked

    try:
        main()
    except SystemExit as end:
        return end.code
    except BaseException as error:  # noqa: BLE001 - as the interpreter does at its end
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


def _end(code: object) -> NoReturn:
    """As the interpreter ends, without taking everything apart that was imported."""
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    getattr(threading, "_shutdown")()  # noqa: B009 - waits for threads, as the interpreter does
    getattr(atexit, "_run_exitfuncs")()  # noqa: B009 - ditto
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
