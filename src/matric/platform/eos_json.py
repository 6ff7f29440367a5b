"""What Arista EOS answers over eAPI, read from its JSON."""

from typing import Any, cast

from matric.errors import Refused

__all__ = ("listed", "owner", "timed", "via")


def via(route: dict[str, Any]) -> str:
    hops: list[dict[str, Any]] = route.get("vias") or [{}]
    return str(hops[0].get("nexthopAddr") or hops[0].get("interface") or "connected")


def listed(key: str, detail: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = detail.get("sessions")
    if not isinstance(found, dict):
        raise Refused(f"{key}: the list of configuration sessions could not be read. Do: try again")
    return cast("dict[str, dict[str, Any]]", found)


def timed(key: str, detail: dict[str, Any]) -> tuple[str, float | None, str] | None:
    """Name, expiry (seconds of uptime) and owner of the session whose timer runs, in either shape."""
    known = listed(key, detail)
    name = str(detail.get("commitTimerSessionName") or "")
    if name:  # 4.32 and later
        return name, _number(detail.get("commitTimerExpireTime")), owner(known.get(name, {}))
    for name, given in known.items():
        if "pendingCommitTimer" in str(given.get("state", "")):
            return name, _number(given.get("commitBy")), owner(given)
    return None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value >= 0 else None


def owner(given: dict[str, Any]) -> str:
    if given.get("commitUser"):
        return str(given["commitUser"])
    instances: dict[str, dict[str, Any]] = given.get("instances") or {}
    return next((str(one.get("user", "")) for one in instances.values()), "")
