"""GetObject, PutObject and HeadBucket without the machinery around them.

A photo is nine objects put or got; boto3 takes 2 to 3 ms of CPU for each, of which the wire needs a
quarter. So these calls are signed by botocore's own signer and sent by its own HTTP session (with
its proxies, certificates and connection pool); everything rarer goes through boto3's client.
"""

import base64
import random
import re
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.httpsession import URLLib3Session
from botocore.response import StreamingBody
from botocore.utils import get_environ_proxies

if TYPE_CHECKING:
    from boto3.session import Session

NOTHING = sha256(b"").hexdigest()
CONNECT = 2.0
#: Headers and body are two writes: without it the second waits for the first one's receipt.
AT_ONCE = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
]
CONNECTIONS = 32
ATTEMPTS = 2
#: Answers that another try may mend at once.
PASSING = {500, 502, 503, 504}
CODE = re.compile(rb"<Code>([A-Za-z0-9.]{1,80})</Code>")
#: What an answer without a body means.
MEANING = {404: "NoSuchKey", 412: "PreconditionFailed", 416: "InvalidRange"}


class Signer(S3SigV4Auth):
    """Signs the digest that we made when the bytes came in, instead of making it again."""

    def payload(self, request: AWSRequest) -> str:
        return str(request.context["digest"])


@dataclass
class Objects:
    """Raises what boto3 raises: ``ClientError`` and ``BotoCoreError``.

    ``place`` says the bucket's address, with a slash at its end, and its region.
    """

    session: "Session"
    place: Callable[[], tuple[str, str]]
    patience: float

    def put(
        self,
        key: str,
        body: bytes | IO[bytes],
        content_type: str,
        digest: bytes,
        *,
        once: bool = False,
    ) -> None:
        """The store takes the bytes only if they have this SHA-256."""
        headers = {
            "Content-Type": content_type,
            "x-amz-checksum-sha256": base64.b64encode(digest).decode(),
            **({"If-None-Match": "*"} if once else {}),
        }
        self._send("PUT", key, headers, digest.hex(), body).content  # noqa: B018 (frees the line)

    def open(self, key: str, byte_range: str = "") -> dict[str, Any]:
        """``ContentLength``, ``ContentRange``, the ``ChecksumSHA256`` of all, and the ``Body``."""
        headers = {"Range": byte_range} if byte_range else {}
        if self._place[0].startswith("https:"):
            headers["x-amz-checksum-mode"] = "ENABLED"
        answer = self._send("GET", key, headers, NOTHING)
        length = int(answer.headers["content-length"])
        return {
            "ContentLength": length,
            "ContentType": answer.headers.get("content-type", ""),
            "ETag": answer.headers.get("etag", ""),
            "ContentRange": answer.headers.get("content-range", ""),
            "ChecksumSHA256": answer.headers.get("x-amz-checksum-sha256", ""),
            "Body": StreamingBody(answer.raw, length),
        }

    def get(self, key: str) -> bytes:
        """Over TLS the store sends its checksum along, and what differs from it is an error."""
        answer = self.open(key)
        content: bytes = answer["Body"].read()
        expected = answer["ChecksumSHA256"]
        # A sum with a dash is one of the parts' sums, not of the bytes.
        if expected and "-" not in expected:
            made = base64.b64encode(sha256(content).digest()).decode()
            if made != expected:
                raise _error("BadDigest", 200, "GET")
        return content

    def head_bucket(self) -> None:
        """Returns when the bucket is there and may be used."""
        self._send("HEAD", "", {}, NOTHING).content  # noqa: B018 (frees the line)

    @cached_property
    def _place(self) -> tuple[str, str]:
        return self.place()

    @cached_property
    def _line(self) -> URLLib3Session:
        return URLLib3Session(
            timeout=(CONNECT, self.patience),  # type: ignore[arg-type]
            max_pool_connections=CONNECTIONS,
            proxies=get_environ_proxies(self._place[0]),
            socket_options=AT_ONCE,  # type: ignore[arg-type]
        )

    def _send(
        self,
        method: str,
        key: str,
        headers: Mapping[str, str],
        digest: str,
        body: bytes | IO[bytes] | None = None,
    ) -> AWSResponse:
        start = body.tell() if body is not None and not isinstance(body, bytes) else 0
        for attempt in range(1, ATTEMPTS + 1):
            last = attempt == ATTEMPTS
            if body is not None and not isinstance(body, bytes):
                body.seek(start)
            try:
                answer = self._line.send(self._signed(method, key, headers, digest, body))
            except BotoCoreError:
                if last:
                    raise
            else:
                if answer.status_code < 300:
                    return answer
                if last or answer.status_code not in PASSING:
                    raise _refused(answer, method)
            time.sleep(random.uniform(0.02, 0.2))
        raise AssertionError("the last attempt returns or raises")

    def _signed(
        self,
        method: str,
        key: str,
        headers: Mapping[str, str],
        digest: str,
        body: bytes | IO[bytes] | None,
    ) -> Any:
        credentials = self.session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        root, region = self._place
        url = root + quote(key, safe="/~") if key else root.rstrip("/")
        request = AWSRequest(method, url, headers=dict(headers), data=body, stream_output=True)
        request.context["digest"] = digest
        Signer(credentials.get_frozen_credentials(), "s3", region).add_auth(request)
        return request.prepare()


def _refused(answer: AWSResponse, method: str) -> ClientError:
    status = int(answer.status_code)
    found = CODE.search(answer.content)
    code = found[1].decode() if found else MEANING.get(status, str(status))
    return _error(code, status, method)


def _error(code: str, status: int, method: str) -> ClientError:
    call = "PutObject" if method == "PUT" else "GetObject"
    return ClientError(
        {
            "Error": {"Code": code, "Message": code},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "",
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        call,
    )
