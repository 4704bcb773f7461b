"""Large blobs go to the store in parts, each with its checksum; and names that are never reused."""

import io
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Literal, TypedDict

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

#: One request carries this much well; of what is larger, a cut costs only a part.
LARGE = 32 * 2**20
PART = 16 * 2**20
#: What S3 says when there is something under the name already, or when two come at once.
THERE = {"PreconditionFailed", "ConditionalRequestConflict"}


class Upload(TypedDict):
    Bucket: str
    Key: str
    UploadId: str


class Condition(TypedDict, total=False):
    IfNoneMatch: Literal["*"]


def is_large(body: IO[bytes]) -> bool:
    start = body.tell()
    size = body.seek(0, io.SEEK_END) - start
    body.seek(start)
    return size > LARGE


def put_in_parts(
    client: "S3Client", bucket: str, key: str, body: IO[bytes], content_type: str, *, once: bool
) -> None:
    """What is not whole in the end is taken back; nobody ever sees half a blob.

    By hand: boto3's own transfer cannot say that what is there must stay.
    """
    made = client.create_multipart_upload(
        Bucket=bucket, Key=key, ContentType=content_type, ChecksumAlgorithm="SHA256"
    )
    own: Upload = {"Bucket": bucket, "Key": key, "UploadId": made["UploadId"]}
    try:
        parts = [
            _put_part(client, own, number, portion)
            for number, portion in enumerate(iter(lambda: body.read(PART), b""), start=1)
        ]
        condition: Condition = {"IfNoneMatch": "*"} if once else {}
        client.complete_multipart_upload(**own, MultipartUpload={"Parts": parts}, **condition)
    except BaseException:
        with suppress(BotoCoreError, ClientError):
            client.abort_multipart_upload(**own)
        raise


def _put_part(
    client: "S3Client", own: "Upload", number: int, portion: bytes
) -> "CompletedPartTypeDef":
    """The store takes it only if it has the SHA-256 that is sent along."""
    digest = b64encode(sha256(portion).digest()).decode()
    sent = client.upload_part(**own, PartNumber=number, Body=portion, ChecksumSHA256=digest)
    return {"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": digest}


@contextmanager
def kept_if_there() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code", "") not in THERE:
            raise
