"""What the code says about itself, for comparison with compose and Kubernetes."""

import typing
from collections.abc import Iterator

from pydantic import BaseModel, SecretStr

from services.common.settings import CommonSettings
from services.common.topology import SUBSCRIPTIONS
from tests.docs.tables import ROOT, SETTINGS

SERVICES = tuple(name for name, model in SETTINGS.items() if model is not CommonSettings)
#: Settings of the image's own, which no compose file needs to know.
FILE = "_FILE"
PORT = CommonSettings.model_fields["port"].default
#: Seconds within which every service ends by itself (docs/decisions and services/common).
ENDS_WITHIN = 25
WORKERS = tuple(name for name in SUBSCRIPTIONS if name != "search")

__all__ = ["ENDS_WITHIN", "FILE", "PORT", "ROOT", "SERVICES", "WORKERS", "secrets_of", "variables"]


def variables(service: str) -> set[str]:
    """All that the service can be told by its environment."""
    return {name for name, _ in _fields(SETTINGS[service], "IMGCAP_")}


def secrets_of(service: str) -> set[str]:
    return {name for name, secret in _fields(SETTINGS[service], "IMGCAP_") if secret}


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, bool]]:
    for name, field in model.model_fields.items():
        kinds = {field.annotation, *typing.get_args(field.annotation)}
        nested = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if nested:
            yield from _fields(nested[0], f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}", SecretStr in kinds
