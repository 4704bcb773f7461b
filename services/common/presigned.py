"""Addresses that let a browser fetch one object from the store itself, for some minutes.

The host is part of the signature, so they are signed for the address that browsers use; and in
version 4 and, except at AWS, path style: boto3 falls back to an old signature otherwise.
"""

from services.common.blobs import client
from services.common.settings import StoreSettings


class PresignedGet:
    """Signing is arithmetic: nothing is asked of the store."""

    def __init__(self, settings: StoreSettings) -> None:
        public = settings.public_endpoint or settings.endpoint
        self._bucket, self._seconds = settings.bucket, settings.signed_seconds
        self._client = client(settings.model_copy(update={"endpoint": public}))
        if not public:
            # The region must be in the host: AWS redirects from the global one, which no signature
            # survives.
            regional = {"endpoint": self._client.meta.endpoint_url}
            self._client = client(settings.model_copy(update=regional), style="virtual")

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
