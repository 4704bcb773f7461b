"""Labels from Amazon Rekognition: people, things, animals, and where they are in the photo.

The request is built and signed by boto3 and sent by ourselves, so that the whole exchange has a
limit in seconds and in bytes, which botocore knows only for each read.
"""

import io
import time
from typing import Any

import boto3
import httpx
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from services.common.blobs import Keys
from services.common.cloud.asking import Asking, Paid
from services.common.cloud.bounded import bounded
from services.common.cloud.ledger import Leaving, current_event
from services.common.cloud.prices import Prices, Usage
from services.common.cloud.settings import RekognitionSettings
from services.common.events import PhotoFacts, PhotoUploaded, Sighting
from services.common.settings import StoreSettings
from services.tagger.outgoing import outgoing, size_of
from services.tagger.providers.rekognition_errors import NoSuchS3Object, aws_errors
from services.tagger.rekognition_labels import read_labels

CONNECT_SECONDS = 5.0
LARGEST = 2**21  # bytes of an answer; thirty labels with all their boxes are 50 kB
#: Pixels of the short side, below which it looks at nothing.
NARROWEST = 80
MODEL = "rekognition-labels"
PROPERTIES = "rekognition-properties"


class RekognitionTagger:
    """Safe to use from several threads."""

    name = "rekognition"
    paid = True

    def __init__(
        self, settings: RekognitionSettings, store: StoreSettings, prices: Prices, asking: Asking
    ) -> None:
        self._settings, self._asking = settings, asking
        self._region = settings.region or store.region
        self._bucket = store.bucket if reads_bucket(settings, store) else ""
        self._price = prices.photos[MODEL]
        if settings.properties:
            self._price += prices.photos[PROPERTIES]
        self._http = httpx.Client(
            timeout=httpx.Timeout(settings.seconds, connect=CONNECT_SECONDS), http2=False
        )
        self._client: Any = self._connect()

    @property
    def version(self) -> str:
        parts = [str(self._settings.most_labels), f"{self._settings.least_confidence:g}"]
        return "-".join(["labels-1", *parts, *(["properties"] * self._settings.properties)])

    def look(self, photo: bytes, /, *, facts: PhotoFacts | None = None) -> Sighting:  # noqa: ARG002
        if found := self._in_bucket(photo):
            try:
                return self._ask(*found)
            except NoSuchS3Object:
                self._bucket = ""  # its rights or its region: it will not be there next time either
        copy = outgoing(photo, self._settings.side, narrowest=NARROWEST)
        leaving = self._leaving(copy.width, copy.height, len(copy.jpeg))
        return self._ask({"Bytes": copy.jpeg}, leaving)

    def close(self) -> None:
        self._http.close()
        self._client.close()

    def _in_bucket(self, photo: bytes) -> tuple[dict[str, Any], Leaving] | None:
        event = current_event()
        if not self._bucket or not isinstance(event, PhotoUploaded):
            return None
        # The display copy, which has no metadata either; no bytes leave our own bucket's cloud.
        where = {"Bucket": self._bucket, "Name": Keys.beside(event.blob_key).display}
        return {"S3Object": where}, self._leaving(*size_of(photo), 0)

    def _leaving(self, width: int, height: int, size: int) -> Leaving:
        return Leaving(
            provider=self.name,
            model=MODEL,
            purpose="labels",
            estimate=self._price,
            width=width,
            height=height,
            bytes=size,
            version=self.version,
            seconds=self._settings.seconds + CONNECT_SECONDS,
        )

    def _ask(self, image: dict[str, Any], leaving: Leaving) -> Sighting:
        sighting, cost = self._asking(leaving, lambda: self._detect(image))
        return sighting.model_copy(update={"cost": cost})

    def _detect(self, image: dict[str, Any]) -> Paid[Sighting]:
        features = ["GENERAL_LABELS", *(["IMAGE_PROPERTIES"] * self._settings.properties)]
        with aws_errors():
            answer = self._client.detect_labels(
                Image=image,
                MaxLabels=self._settings.most_labels,
                MinConfidence=self._settings.least_confidence,
                Features=features,
            )
            tags = read_labels(answer, source=self.name)
        return Paid(Sighting(tags=tags), self._price, Usage(photos=1))

    def _connect(self) -> Any:
        settings = self._settings
        keys: dict[str, Any] = {}
        if settings.access_key and settings.secret_key:
            keys = {
                "aws_access_key_id": settings.access_key.get_secret_value(),
                "aws_secret_access_key": settings.secret_key.get_secret_value(),
            }
        config = Config(retries={"total_max_attempts": 1, "mode": "standard"})
        session = boto3.session.Session(region_name=self._region)
        client = session.client(
            "rekognition", endpoint_url=settings.endpoint or None, config=config, **keys
        )
        client.meta.events.register("before-send.rekognition", self._send)
        return client

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        deadline = time.monotonic() + self._settings.seconds
        headers = {name: _text(value) for name, value in request.headers.items()}
        headers["Accept-Encoding"] = "identity"
        with self._http.stream(
            request.method, request.url, headers=headers, content=_body(request)
        ) as response:
            body = b"".join(bounded(response.iter_raw(), largest=LARGEST, deadline=deadline))
            return AWSResponse(request.url, response.status_code, _headers(response), Raw(body))


class Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: Any) -> Any:
        yield self.read()


def _headers(response: httpx.Response) -> HTTPHeaders:
    headers = HTTPHeaders()
    for name, value in response.headers.items():
        headers[name.lower()] = value
    return headers


def _body(request: AWSPreparedRequest) -> bytes:
    body = request.body
    assert isinstance(body, bytes | bytearray)  # DetectLabels is JSON, which botocore encodes
    return bytes(body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def reads_bucket(settings: RekognitionSettings, store: StoreSettings) -> bool:
    """Rekognition sees only buckets of AWS, and only of its own region."""
    if settings.from_bucket is not None:
        return settings.from_bucket
    aws = not store.endpoint and not settings.endpoint
    return aws and (settings.region or store.region) == store.region
