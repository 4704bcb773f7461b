"""Addresses by which a browser fetches one object from the store itself, or puts one, for minutes.

The host is part of the signature, so they are signed for the address that browsers use; and in
version 4 and, except at AWS, path style: boto3 falls back to an old signature otherwise.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.common.blobs import client
from services.common.settings import StoreSettings

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


class PresignedGet:
    """Signing is arithmetic: nothing is asked of the store."""

    def __init__(self, settings: StoreSettings) -> None:
        self._bucket, self._seconds = settings.bucket, settings.signed_seconds
        self._client = _for_browsers(settings)

    def url(self, key: str, content_type: str, disposition: str) -> str:
        """Type and disposition are part of the signature: nobody can have the bytes as HTML."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentType": content_type,
                "ResponseContentDisposition": disposition,
                "ResponseCacheControl": "private, no-cache",
            },
            ExpiresIn=self._seconds,
        )


@dataclass(frozen=True)
class Form:
    """What a browser posts, with the bytes as the last field, ``file``."""

    url: str
    fields: dict[str, str]


#: Nothing that the store could show as a page, whatever the bytes are.
BYTES = "application/octet-stream"


class PresignedPost:
    """A form that puts one object of one name and of a size within bounds, and nothing else."""

    def __init__(self, settings: StoreSettings, *, most: int, seconds: int) -> None:
        self._bucket, self._most, self.seconds = settings.bucket, most, seconds
        self._client = _for_browsers(settings)

    def form(self, key: str) -> Form:
        fixed = {"Content-Type": BYTES, "success_action_status": "204"}
        made = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields=dict(fixed),
            Conditions=[
                ["content-length-range", 1, self._most],
                *({name: value} for name, value in fixed.items()),
            ],
            ExpiresIn=self.seconds,
        )
        return Form(made["url"], made["fields"])


def _for_browsers(settings: StoreSettings) -> "S3Client":
    public = settings.public_endpoint or settings.endpoint
    made = client(settings.model_copy(update={"endpoint": public}))
    if public:
        return made
    # The region must be in the host: AWS redirects from the global one, which no signature
    # survives.
    regional = {"endpoint": made.meta.endpoint_url}
    return client(settings.model_copy(update=regional), style="virtual")
