"""Cuts out of GitHub's published OpenAPI description what matric asks: ``python excerpt.py api.github.com.json``.

The description is MIT-licensed and comes with the npm package ``@octokit/openapi`` (700 MB once unpacked, so it is not
installed: ``npm pack @octokit/openapi`` and ``tar xzf ... package/generated/api.github.com.json``).
Examples and prose are left out; every schema that is left is whole.
"""

import json
import sys
from pathlib import Path
from typing import Any, cast

HERE = Path(__file__).with_name("github-openapi.json")
R = "/repos/{owner}/{repo}"
ASKED: dict[str, tuple[str, ...]] = {
    "/user": ("get",),
    R: ("get",),
    f"{R}/actions/workflows/{{workflow_id}}/dispatches": ("post",),
    f"{R}/collaborators/{{username}}/permission": ("get",),
    f"{R}/commits/{{commit_sha}}/pulls": ("get",),
    f"{R}/compare/{{basehead}}": ("get",),
    f"{R}/git/commits": ("post",),
    f"{R}/git/commits/{{commit_sha}}": ("get",),
    f"{R}/git/ref/{{ref}}": ("get",),
    f"{R}/git/refs": ("post",),
    f"{R}/git/refs/{{ref}}": ("patch",),
    f"{R}/git/trees": ("post",),
    f"{R}/git/trees/{{tree_sha}}": ("get",),
    f"{R}/issues": ("get", "post"),
    f"{R}/issues/comments/{{comment_id}}": ("patch", "delete"),
    f"{R}/issues/{{issue_number}}": ("get", "patch"),
    f"{R}/issues/{{issue_number}}/comments": ("get", "post"),
    f"{R}/pulls": ("get", "post"),
    f"{R}/pulls/{{pull_number}}": ("get", "patch"),
    f"{R}/pulls/{{pull_number}}/commits": ("get",),
    f"{R}/pulls/{{pull_number}}/merge": ("put",),
    f"{R}/pulls/{{pull_number}}/reviews": ("get", "post"),
}
PROSE = ("description", "example", "examples", "externalDocs", "summary", "tags", "x-github", "x-octokit", "headers")


def bare(value: Any, *, names: bool = False) -> Any:
    """*value* without prose; the keys of *names* are names of things, whatever they are."""
    if isinstance(value, list):
        many: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return [bare(one) for one in many]
    if not isinstance(value, dict):
        return value
    held = cast("dict[str, Any]", value)
    return {
        key: bare(one, names=key in ("properties", "schemas", "parameters", "responses") and not names)
        for key, one in held.items()
        if names or key not in PROSE
    }


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        many: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return {ref for one in many for ref in references(one)}
    if not isinstance(value, dict):
        return set()
    held = cast("dict[str, Any]", value)
    own = {str(held["$ref"])} if isinstance(held.get("$ref"), str) else set[str]()
    return own | {ref for one in held.values() for ref in references(one)}


def excerpt(whole: dict[str, Any]) -> dict[str, Any]:
    """The asked operations and all that they refer to."""
    paths = {
        path: bare({key: one for key, one in whole["paths"][path].items() if key in (*methods, "parameters")})
        for path, methods in sorted(ASKED.items())
    }
    found: dict[str, dict[str, Any]] = {}
    open_ = references(paths)
    while open_:
        ref = open_.pop()
        _, _, kind, name = ref.split("/")
        held = found.setdefault(kind, {})
        if name not in held:
            held[name] = bare(whole["components"][kind][name])
            open_ |= references(held[name])
    components = {kind: dict(sorted(held.items())) for kind, held in sorted(found.items())}
    info = {key: whole["info"][key] for key in ("title", "version", "license")}
    return {"openapi": whole["openapi"], "info": info, "paths": paths, "components": components}


def main(source: Path) -> None:
    cut = excerpt(json.loads(source.read_text(encoding="utf-8")))
    HERE.write_text(json.dumps(cut, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
