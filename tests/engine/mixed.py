"""The same school on other switches, for tests."""

from matric.intent.swap import as_model, as_models

__all__ = ("as_model", "as_models")
