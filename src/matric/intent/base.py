"""The one base of every model: frozen, strict, nothing extra."""

from pydantic import BaseModel, ConfigDict

__all__ = ("Model",)


class Model(BaseModel):
    """A value that never changes: a device that changes is a new device."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
