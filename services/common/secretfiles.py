"""Secrets may come as files: ``IMGCAP_BROKER__URL_FILE`` names one with ``IMGCAP_BROKER__URL``.

A file is not shown by ``docker inspect``, is not inherited by children, and can be changed between
two starts. The variable itself wins over its file; an empty file says nothing.
"""

from collections.abc import Mapping
from pathlib import Path

from pydantic_settings import EnvSettingsSource, SettingsError

PREFIX = "imgcap_"
SUFFIX = "_file"


class SecretFiles(EnvSettingsSource):
    """The environment once more, where each variable that names a file stands for its content."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {
            name.removesuffix(SUFFIX): content
            for name, path in super()._load_env_vars().items()
            if name.startswith(PREFIX) and name.endswith(SUFFIX) and path
            if (content := _content(name, path))
        }


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(
            f"{name.upper()} names {path}, which cannot be read: {reason}"
        ) from None
