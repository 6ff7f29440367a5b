"""GitHub Actions in small: a job's steps, run in their order on this machine. Actions that are used are played."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_NAME = re.compile(r"'(?:[^']|'')*'|\b[A-Za-z_][\w.\-]*(?:\[\d+\][\w.]*)*(?!\w|\()")
_WORDS = {"true": "True", "false": "False", "null": "None", "and": "and", "or": "or"}


def read(path: Path) -> dict[str, Any]:
    """The workflow in *path*; its key ``on`` comes as the truth that YAML takes it for, and is not needed here."""
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


@dataclass
class Machine:
    """A runner: where it works, what its workflow is told, and where artefacts are kept."""

    origin: Path
    """The repository that is checked out."""
    place: Path
    store: Path
    told: Mapping[str, Any]
    """Expression, such as ``github.repository`` or ``secrets.MATRIC_STATE``, to its value."""
    env: Mapping[str, str]
    """The runner's own environment, without what a step is given."""
    log: list[str] = field(default_factory=list[str])

    def value(self, expression: str, *, failed: bool = False) -> Any:
        """What *expression* says. A name nobody told is an error; a secret that is not set is empty."""

        def named(match: re.Match[str]) -> str:
            word = match.group()
            if word.startswith("'"):
                return repr(word[1:-1].replace("''", "'"))
            if word in _WORDS:
                return _WORDS[word]
            if word.startswith(("secrets.", "vars.", "inputs.")):
                return repr(self.told.get(word, ""))
            return repr(self.told[word])

        python = _NAME.sub(named, expression.replace("&&", " and ").replace("||", " or "))

        def contains(group: list[str], one: str) -> bool:
            return one in group

        def hash_files(name: str) -> str:
            return "some" if (self.place / name).exists() else ""

        known: dict[str, Any] = {
            "always": lambda: True,
            "success": lambda: not failed,
            "contains": contains,
            "fromJSON": json.loads,
            "hashFiles": hash_files,
        }
        return eval(python, {"__builtins__": {}}, known)

    def filled(self, text: Any) -> str:
        return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", lambda match: str(self.value(match[1])), str(text))

    def wanted(self, job: Mapping[str, Any]) -> bool:
        """True where the job's own condition holds."""
        return bool(self.value(str(job.get("if", "true"))))

    def run(self, job: Mapping[str, Any]) -> bool:
        """Run every step of *job*; True where all went well."""
        failed = False
        for step in job["steps"]:
            condition = str(step.get("if", "success()"))
            if not re.search(r"\b(always|failure|success|cancelled)\(", condition):
                condition = f"success() && ({condition})"
            if not self.value(condition, failed=failed):
                continue
            done = self._shell(step, job) if "run" in step else self._action(step)
            failed = failed or not done
        return not failed

    def _shell(self, step: Mapping[str, Any], job: Mapping[str, Any]) -> bool:
        assert "${{" not in step["run"]
        given = {name: self.filled(value) for name, value in {**job.get("env", {}), **step.get("env", {})}.items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=self.place,
            env={**self.env, "GITHUB_WORKSPACE": str(self.place), **given}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=280, check=False,
        )  # fmt: skip
        self.log.append(f"## {step['name']} ended with {done.returncode}\n{done.stdout}")
        return done.returncode == 0

    def _action(self, step: Mapping[str, Any]) -> bool:
        given = {name: self.filled(value) for name, value in step.get("with", {}).items()}
        match step["uses"].partition("@")[0]:
            case "actions/checkout":
                assert given["persist-credentials"] == "False"
                shutil.rmtree(self.place, ignore_errors=True)
                git = ["git", "-c", "advice.detachedHead=false"]
                subprocess.run([*git, "clone", "--quiet", self.origin, self.place], check=True, env=dict(self.env))
                rev = given.get("ref") or str(self.told["github.sha"])
                subprocess.run([*git, "checkout", "--quiet", rev], cwd=self.place, check=True, env=dict(self.env))
            case "actions/upload-artifact":
                shutil.rmtree(self.store / given["name"], ignore_errors=True)
                shutil.copytree(self.place / given["path"], self.store / given["name"], symlinks=True)
            case "actions/download-artifact":
                shutil.copytree(self.store / given["name"], self.place / given["path"], symlinks=True)
            case other:
                raise AssertionError(f"nothing plays {other}")
        return True


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """A runner's environment: a path and a home, and what GitHub tells every step."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "CI": "true", "GITHUB_ACTIONS": "true", **more}
