"""The same school on other switches: a device of the snapshot is given another model, as a trust would replace it."""

import re

from matric.intent.limit import HARDWARE, LIMITS, Hardware
from matric.intent.record import DeviceRow, DeviceTypeRow, InterfaceRow, Records

__all__ = ("as_model", "as_models")


def as_models(records: Records, models: dict[str, str]) -> Records:
    """*records* with each device (key -> model) of *models* replaced."""
    for key, model in models.items():
        records = as_model(records, key, model)
    return records


def as_model(records: Records, key: str, model: str) -> Records:
    """*records* with device *key* (school/name) as a *model* of ``HARDWARE``; its ports, LAGs and SVIs keep their rows.

    Ports are renamed in order, copper to copper and uplinks to uplinks; ports that the new model lacks must be unused,
    and are left out. ValueError where they are not.
    """
    device = _device(records, key)
    hardware = HARDWARE[model]
    limit = LIMITS[hardware.platform or ""]
    renamed = _renamed(records, device, hardware)
    kinds = {name: kind for prefix, first, last, kind in (*hardware.ports, *hardware.uplinks)
             for name in (f"{prefix}{index}" for index in range(first, last + 1))}  # fmt: skip
    interfaces: list[InterfaceRow] = []
    for row in records.interfaces:
        if row.device_id != device.id:
            interfaces.append(row)
        elif row.type == "lag":
            number = re.sub(r"\D", "", row.name)
            interfaces.append(row.model_copy(update={"name": f"{limit.lag}{number}"}))
        elif row.type == "virtual":
            vid = re.sub(r"\D", "", row.name)
            interfaces.append(row.model_copy(update={"name": f"{limit.svi}{vid}"}))
        elif (name := renamed.get(row.id)) is not None:
            interfaces.append(row.model_copy(update={"name": name, "type": kinds[name], "speed": None}))
    types, type_id = _type(records, hardware)
    moved = device.model_copy(update={"device_type_id": type_id, "platform": hardware.platform})
    devices = tuple(moved if row.id == device.id else row for row in records.devices)
    return records.model_copy(update={"devices": devices, "interfaces": tuple(interfaces), "device_types": types})


def _device(records: Records, key: str) -> DeviceRow:
    slug, _, name = key.partition("/")
    school = next(row.id for row in records.sites if row.slug == slug)
    return next(row for row in records.devices if row.site_id == school and row.name == name)


def _renamed(records: Records, device: DeviceRow, hardware: Hardware) -> dict[int, str]:
    """Row id -> new name of each port that is kept."""
    cabled = {end.object_id for cable in records.cables for end in (*cable.a, *cable.b)}
    ports = [row for row in records.interfaces if row.device_id == device.id and row.type not in ("lag", "virtual")]
    ports = [row for row in ports if not row.mgmt_only]
    idle = {
        row.id for row in ports if row.id not in cabled and row.custom_fields.get("port_profile") in (None, "unused")
    }
    new_copper, new_fibre = _names(hardware)
    copper = [row for row in ports if "base-t" in row.type]
    fibre = [row for row in ports if "base-t" not in row.type]
    if not new_copper:  # a fibre core: its copper ports become fibre ones with copper transceivers
        copper, fibre = [], [*copper, *fibre]
    found: dict[int, str] = {}
    for rows, names in ((copper, new_copper), (fibre, new_fibre)):
        rows.sort(key=lambda row: row.id in idle)  # stable: what is in use keeps its order and comes first
        for row in rows[len(names) :]:
            if row.id not in idle:
                raise ValueError(f"{row.name} is in use, and {hardware.model} has no port for it")
        found.update({row.id: name for row, name in zip(rows, names, strict=False)})
    return found


def _names(hardware: Hardware) -> tuple[list[str], list[str]]:
    ranges = (*hardware.ports, *hardware.uplinks)
    made = [(f"{prefix}{at}", kind) for prefix, first, last, kind in ranges for at in range(first, last + 1)]
    return [name for name, kind in made if "base-t" in kind], [name for name, kind in made if "base-t" not in kind]


def _type(records: Records, hardware: Hardware) -> tuple[tuple[DeviceTypeRow, ...], int]:
    for row in records.device_types:
        if row.model == hardware.model:
            return records.device_types, row.id
    last = max(row.id for row in records.device_types)
    like = records.device_types[0]
    # For how long a vendor supports a model stands in no table of ours: another model's date stands for it.
    support_end = like.custom_fields.get("support_end")
    fields = {"max_vlans": hardware.max_vlans, "poe_budget_w": hardware.poe_budget_w, "support_end": support_end}
    slug = re.sub(r"[^a-z0-9]+", "-", hardware.model.lower()).strip("-")
    made = like.model_copy(
        update={
            "id": last + 1,
            "manufacturer": hardware.manufacturer,
            "model": hardware.model,
            "slug": slug,
            "custom_fields": {name: value for name, value in fields.items() if value is not None},
        }
    )
    return (*records.device_types, made), made.id
