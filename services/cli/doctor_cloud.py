"""The cloud providers as this command's environment has them: keys, rights, region, models.

One tiny call each. Rekognition's costs a tenth of a cent and is the only way to see whether the
role may do what the tagger will.
"""

import base64
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from services.cli.doctor_openai import openai, vision, words
from services.cli.doctor_places import clock
from services.cli.finding import Finding
from services.cli.places import Places, told
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.common.cloud.settings import CloudChoice

Findings = Iterator[Finding]

SECONDS = 10.0
#: A grey square of 80 pixels, the least that Rekognition looks at.
GREY = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI//////////////////////////"
    "//////////////////////////wAALCABQAFABAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAA"
    "AAAAAAD/2gAIAQEAAD8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP/Z"
)


def cloud(places: Places) -> Findings:
    """What is not chosen is not asked."""
    from services.common.cloud.settings import CloudChoice

    try:
        choice = CloudChoice()
    except ValidationError as error:
        raise Trouble(f"a setting of a provider is wrong: {error.errors()[0]['msg']}") from error
    own = choice.openai
    if choice.tagger in ("openai", "cloud"):
        yield from openai(vision(own))
    if choice.embedder == "openai":
        yield from openai(words(own))
    if choice.tagger in ("rekognition", "cloud"):
        yield from rekognition(choice)
    if choice.tagger in ("rekognition", "openai", "cloud") or choice.embedder == "openai":
        yield from money(places)
    if os.environ.get("IMGCAP_STORE__BUCKET") and not choice.store.endpoint:
        yield from bucket(choice)


def rekognition(choice: "CloudChoice") -> Findings:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    own, what = choice.rekognition, "rekognition"
    region = own.region or choice.store.region
    keys: dict[str, Any] = {}
    if own.access_key and own.secret_key:
        keys = {
            "aws_access_key_id": own.access_key.get_secret_value(),
            "aws_secret_access_key": own.secret_key.get_secret_value(),
        }
    config = Config(connect_timeout=5, read_timeout=SECONDS, retries={"total_max_attempts": 1})
    session = boto3.session.Session(region_name=region)
    try:
        client: Any = session.client(
            "rekognition", endpoint_url=own.endpoint or None, config=config, **keys
        )
        answer = client.detect_labels(Image={"Bytes": GREY}, MaxLabels=1)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        yield Finding(what, "ill", f"{region} says {code}", AWS_FIXES.get(code, AWS_FIX))
        yield from clock("AWS's clock", headers(error.response).get("date", ""))
    except BotoCoreError as error:
        yield Finding(what, "ill", f"{region}: {type(error).__name__}", AWS_FIX)
    else:
        yield Finding(what, "well", f"{region} looks at photos")
        yield from clock("AWS's clock", headers(answer).get("date", ""))


AWS_FIX = "see docs/providers/rekognition.md: keys, region, rights"
AWS_FIXES = {
    "AccessDeniedException": "allow rekognition:DetectLabels: docs/providers/rekognition.md",
    "UnrecognizedClientException": "the access key is not known: is it whole?",
    "InvalidSignatureException": "the secret key is wrong, or this machine's clock is",
    "ThrottlingException": "your quota is used up at this moment: lower IMGCAP_REKOGNITION__RATE",
}


def money(places: Places) -> Findings:
    status = told(places)
    for text in status.get("warnings") or []:
        yield Finding("provider", "look", str(text), "docs/providers tells more")
    for one in status.get("budgets") or []:
        spent, cap = float(one["spent"]), float(one["cap"])
        yield Finding("budget", "well", f"${spent:.2f} of ${cap:.2f} this {one['unit']}")


def bucket(choice: "CloudChoice") -> Findings:
    """Region and clock of a bucket at AWS, whose rights are looked at with those of any store."""
    from botocore.exceptions import BotoCoreError, ClientError

    from services.common.blobs import client

    settings = choice.store
    try:
        told = headers(client(settings).head_bucket(Bucket=settings.bucket))
    except ClientError as error:  # AWS names the region in its refusals, too
        told = headers(error.response)
    except BotoCoreError:
        return
    region = told.get("x-amz-bucket-region", "")
    if region and region != settings.region:
        fix = f"set IMGCAP_STORE__REGION={region}"
        yield Finding("bucket", "ill", f"{settings.bucket} is in {region}", fix)
    yield from clock("S3's clock", told.get("date", ""))


def headers(answer: Any) -> dict[str, str]:
    """Of AWS's answer, whatever it says."""
    found: dict[str, str] = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return found
