"""What GitLab's API takes and gives, as its documentation (docs.gitlab.com/api) has it, for what matric asks.

Each line: method, address below the project, parameters, body, answer. Answers are read by what is documented; a
stand-in may leave out what nobody here reads, and may invent nothing.
"""

from typing import Any

__all__ = ("ADDRESSES",)

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WORD: Schema = {"type": "string", "minLength": 1}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
SHA: Schema = {"type": "string", "pattern": "^[0-9a-f]{40}$"}
TIME: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)$"}


def maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def given(required: Schema, optional: Schema | None = None) -> Schema:
    """An object with these keys and no others."""
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required),
            "additionalProperties": False}  # fmt: skip


def rows(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


USER = given(
    {"id": NUMBER, "username": WORD, "name": TEXT, "state": {"enum": ["active", "blocked", "deactivated"]},
     "avatar_url": maybe(TEXT), "web_url": WORD},
    {"locked": FLAG},
)  # fmt: skip
MEMBER = given({**USER["properties"], "access_level": {"enum": [5, 10, 15, 20, 30, 40, 50]}, "expires_at": maybe(TEXT)})
MERGE = given(
    {
        "id": NUMBER, "iid": NUMBER, "project_id": NUMBER, "title": WORD, "description": maybe(TEXT),
        "state": {"enum": ["opened", "closed", "locked", "merged"]}, "created_at": TIME, "updated_at": TIME,
        "merged_by": maybe(USER), "merged_at": maybe(TIME), "target_branch": WORD, "source_branch": WORD,
        "author": USER, "source_project_id": NUMBER, "target_project_id": NUMBER, "draft": FLAG, "sha": SHA,
        "merge_commit_sha": maybe(SHA), "squash_commit_sha": maybe(SHA), "squash": FLAG, "has_conflicts": FLAG,
        "web_url": WORD,
    },
    {"diff_refs": given({"base_sha": SHA, "head_sha": SHA, "start_sha": SHA})},
)  # fmt: skip
COMMIT = given(
    {
        "id": SHA, "short_id": WORD, "title": TEXT, "message": TEXT, "parent_ids": rows(SHA), "created_at": TIME,
        "author_name": TEXT, "author_email": TEXT, "authored_date": TIME, "committer_name": TEXT,
        "committer_email": TEXT, "committed_date": TIME, "trailers": {"type": "object"}, "web_url": WORD,
    }
)  # fmt: skip
VERSION = given({"id": NUMBER, "head_commit_sha": SHA, "base_commit_sha": SHA, "start_commit_sha": SHA,
                 "created_at": TIME, "merge_request_id": NUMBER, "state": WORD, "real_size": WORD})  # fmt: skip
APPROVALS = given({
    "id": NUMBER, "iid": NUMBER, "project_id": NUMBER, "title": WORD, "state": WORD, "approved": FLAG,
    "approved_by": rows(given({"user": USER}, {"approved_at": TIME})), "user_has_approved": FLAG,
    "user_can_approve": FLAG,
})  # fmt: skip
NOTE = given({
    "id": NUMBER, "body": TEXT, "author": USER, "created_at": TIME, "updated_at": TIME, "system": FLAG,
    "noteable_id": NUMBER, "noteable_iid": NUMBER, "noteable_type": {"enum": ["MergeRequest"]}, "project_id": NUMBER,
    "resolvable": FLAG, "confidential": FLAG, "internal": FLAG,
})  # fmt: skip
ISSUE = given({
    "id": NUMBER, "iid": NUMBER, "project_id": NUMBER, "title": WORD, "description": maybe(TEXT),
    "state": {"enum": ["opened", "closed"]}, "created_at": TIME, "updated_at": TIME, "author": USER,
    "labels": rows(TEXT), "web_url": WORD,
})  # fmt: skip
ENTRY = given({"id": SHA, "name": WORD, "type": {"enum": ["blob", "tree", "commit"]}, "path": WORD,
               "mode": {"enum": ["040000", "100644", "100755", "120000", "160000"]}})  # fmt: skip
BRANCH = given({"name": WORD, "protected": FLAG, "default": FLAG, "merged": FLAG, "commit": COMMIT})
ACTION = {
    "oneOf": [
        given({"action": {"enum": ["create", "update"]}, "file_path": WORD, "content": TEXT}, {"encoding": WORD}),
        given({"action": {"enum": ["delete"]}, "file_path": WORD}),
    ]
}
NEW_COMMIT = given({"branch": WORD, "commit_message": WORD, "actions": {**rows(ACTION), "minItems": 1}},
                   {"start_branch": WORD, "start_sha": SHA, "force": FLAG})  # fmt: skip
ONE = r"merge_requests/\d+"
PAGED = {"page", "per_page"}
EVENT = {"enum": ["close", "reopen"]}

ADDRESSES: tuple[tuple[str, str, set[str], Schema | None, Schema | None], ...] = (
    ("GET", "", set(), None, {"type": "object", "required": ["id", "default_branch"]}),
    ("GET", r"members/all/\d+", set(), None, MEMBER),
    ("GET", "merge_requests", {"state", "source_branch", "target_branch", *PAGED}, None, rows(MERGE)),
    ("POST", "merge_requests", set(), given({"source_branch": WORD, "target_branch": WORD, "title": WORD},
                                            {"description": TEXT, "remove_source_branch": FLAG}), MERGE),
    ("GET", ONE, set(), None, MERGE),
    ("PUT", ONE, set(), given({}, {"title": WORD, "description": TEXT, "state_event": EVENT}), MERGE),
    ("GET", f"{ONE}/commits", PAGED, None, rows(COMMIT)),
    ("GET", f"{ONE}/versions", PAGED, None, rows(VERSION)),
    ("GET", f"{ONE}/approvals", set(), None, APPROVALS),
    ("POST", f"{ONE}/approve", set(), given({}, {"sha": SHA}), APPROVALS),
    ("GET", f"{ONE}/notes", {"sort", "order_by", *PAGED}, None, rows(NOTE)),
    ("POST", f"{ONE}/notes", set(), given({"body": WORD}), NOTE),
    ("PUT", rf"{ONE}/notes/\d+", set(), given({"body": WORD}), NOTE),
    ("DELETE", rf"{ONE}/notes/\d+", set(), None, None),
    ("GET", "issues", {"state", "scope", *PAGED}, None, rows(ISSUE)),
    ("POST", "issues", set(), given({"title": WORD}, {"description": TEXT}), ISSUE),
    ("PUT", r"issues/\d+", set(), given({}, {"title": WORD, "description": TEXT, "state_event": EVENT}), ISSUE),
    ("GET", r"repository/branches/[^/]+", set(), None, BRANCH),
    ("GET", "repository/tree", {"ref", "path", "recursive", *PAGED}, None, rows(ENTRY)),
    ("POST", "repository/commits", set(), NEW_COMMIT, COMMIT),
    ("GET", r"repository/commits/[0-9a-f]{40}/merge_requests", PAGED, None, rows(MERGE)),
)  # fmt: skip
