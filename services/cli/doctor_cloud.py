"""The cloud providers as this command's environment has them: keys, rights, region, models.

One tiny call each. All are free but Rekognition's, which costs a tenth of a cent and is the only
way to see whether the role may do what the tagger will.
"""

import base64
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr, ValidationError

from services.cli.finding import Finding
from services.cli.places import Places, told
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.common.cloud.settings import CloudChoice

Findings = Iterator[Finding]

SECONDS = 10.0
SOON = timedelta(days=120)
#: Where the gateway's role may write; nothing stays there.
CHECK_KEY = "photos/doctor/check"
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
        yield openai("vision model", own.vision_url, own.secret_for_vision, own.vision_model)
    if choice.embedder == "openai":
        key = own.secret_for_embedding
        yield openai("embedding model", own.embedding_url, key, own.embedding_model)
    if choice.tagger in ("rekognition", "cloud"):
        yield rekognition(choice)
    if choice.tagger in ("rekognition", "openai", "cloud") or choice.embedder == "openai":
        yield from money(places)
    if os.environ.get("IMGCAP_STORE__BUCKET") and not choice.store.endpoint:
        yield bucket(choice)


def openai(what: str, url: str, key: SecretStr | None, model: str) -> Finding:
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    try:
        answer = httpx.get(f"{url.rstrip('/')}/models/{model}", headers=headers, timeout=SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        fix = "is the address right, and may this machine reach it?"
        return Finding(what, "ill", f"{url} is away ({type(error).__name__})", fix)
    match answer.status_code:
        case 200:
            return _ends(what, model, _body(answer).get("shutdown_date"))
        case 401 | 403:
            fix = "put a valid key into IMGCAP_OPENAI__KEY; it needs the right to read models"
            return Finding(what, "ill", f"{url} refuses the key", fix)
        case 404:
            fix = "name another one in IMGCAP_OPENAI__VISION_MODEL or …__EMBEDDING_MODEL"
            return Finding(what, "ill", f"{url} does not know {model}", fix)
        case status:
            return Finding(what, "look", f"{url} answers {status}", "try again in some minutes")


def _body(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _ends(what: str, model: str, told: object) -> Finding:
    try:
        ends = date.fromisoformat(str(told)[:10])
    except ValueError:
        return Finding(what, "well", f"{model} is there, the key is good")
    if ends - datetime.now(UTC).date() > SOON:
        return Finding(what, "well", f"{model} is there until {ends}")
    return Finding(
        what, "look", f"{model} is shut down on {ends}", "choose another one before that"
    )


def rekognition(choice: "CloudChoice") -> Finding:
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
        client.detect_labels(Image={"Bytes": GREY}, MaxLabels=1)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        return Finding(what, "ill", f"{region} says {code}", AWS_FIXES.get(code, AWS_FIX))
    except BotoCoreError as error:
        return Finding(what, "ill", f"{region}: {type(error).__name__}", AWS_FIX)
    return Finding(what, "well", f"{region} looks at photos")


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


def bucket(choice: "CloudChoice") -> Finding:
    """Rights and region of a bucket at AWS; stores of one's own are looked at elsewhere."""
    from services.common.blobs import Blobs, client
    from services.common.errors import Refuse, TryAgain

    settings = choice.store
    try:
        blobs = Blobs(settings)
        blobs.put(CHECK_KEY, b"imgcap doctor", "text/plain")
        blobs.get(CHECK_KEY)
        blobs.delete([CHECK_KEY])
        region = client(settings).head_bucket(Bucket=settings.bucket).get("BucketRegion", "")
    except (TryAgain, Refuse) as error:
        fix = "docs/providers/s3.md has the policies"
        return Finding("bucket", "ill", f"{settings.bucket}: {error}", fix)
    if region and region != settings.region:
        fix = f"set IMGCAP_STORE__REGION={region}"
        return Finding("bucket", "ill", f"{settings.bucket} is in {region}", fix)
    return Finding("bucket", "well", f"{settings.bucket} can be written, read and cleared")
