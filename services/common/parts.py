"""Large blobs go to the store in parts, each with its checksum; and names that are never reused."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

#: One request carries this much well; of what is larger, a cut costs only a part.
LARGE = 32 * 2**20
PART = 16 * 2**20
#: What S3 says when there is something under the name already, or when two come at once.
THERE = {"PreconditionFailed", "ConditionalRequestConflict"}


def is_large(body: IO[bytes]) -> bool:
    start = body.tell()
    size = body.seek(0, io.SEEK_END) - start
    body.seek(start)
    return size > LARGE


def put_in_parts(
    client: "S3Client", bucket: str, key: str, body: IO[bytes], content_type: str
) -> None:
    """What is not whole in the end is taken back; nobody ever sees half a blob."""
    client.upload_fileobj(
        body,
        bucket,
        key,
        ExtraArgs={"ContentType": content_type, "ChecksumAlgorithm": "SHA256"},
        Config=TransferConfig(
            multipart_threshold=LARGE, multipart_chunksize=PART, use_threads=False
        ),
    )


@contextmanager
def kept_if_there() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code", "") not in THERE:
            raise
