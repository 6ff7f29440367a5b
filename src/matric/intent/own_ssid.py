"""SSIDs of the school's own: a wireless LAN of the standard under another name, such as that of its tablets.

Only the name is the school's. VLAN, security and isolation are those of the standard's wireless LAN for the same role,
so that every rule judges it like that one; and it shares no key, because a key of the trust under a name that the trust
does not know is in nobody's hands.
"""

from collections.abc import Iterator, Mapping
from itertools import count

from matric.intent.rows import SchoolRows
from matric.intent.standard import Standard, WlanProfile

__all__ = ("fitting", "profiled")

FIRST_ID = 101
"""The first WLAN id of a school's own: the standard's are counted from 1."""


def profiled(rows: SchoolRows) -> Mapping[int, tuple[str, WlanProfile]]:
    """Id of the SSID in NetBox -> (name, wireless LAN of the standard), for each that is one, or is one renamed."""
    known = {profile.ssid: (name, profile) for name, profile in rows.standard.wlans.items()}
    found = {row.id: known[row.ssid] for row in rows.wireless_lans if row.ssid in known}
    return {**found, **dict(_own(rows, known))}


def fitting(standard: Standard, role: str | None) -> tuple[str, ...]:
    """The standard's wireless LANs that a school may call by a name of its own, where it lands on *role*."""
    if "ssid" not in standard.agreements.may:
        return ()
    return tuple(name for name, profile in standard.wlans.items() if profile.network == role and profile.psk is None)


def _own(
    rows: SchoolRows, known: Mapping[str, tuple[str, WlanProfile]]
) -> Iterator[tuple[int, tuple[str, WlanProfile]]]:
    used = {profile.wlan_id for profile in rows.standard.wlans.values()}
    free = (number for number in count(FIRST_ID) if number not in used)
    for row in sorted(rows.wireless_lans, key=lambda one: one.id):
        vlan = rows.trust.vlans.get(row.vlan_id or 0)
        names = fitting(rows.standard, vlan.role) if vlan is not None and row.ssid not in known else ()
        if len(names) == 1:
            number = next(free)
            profile = rows.standard.wlans[names[0]].model_copy(update={"ssid": row.ssid, "wlan_id": number})
            yield row.id, (f"{names[0]}-own-{number}", profile)
