"""What Rekognition's errors mean to us."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from services.common.cloud import failing
from services.common.cloud.bounded import TooLarge, TooSlow
from services.common.cloud.failing import pausing, unwell
from services.common.errors import Refuse, TryAgain
from services.common.modelserver import excuse, retry_after

WHO = "Rekognition"

BUSY = {
    "ThrottlingException",
    "Throttling",
    "ProvisionedThroughputExceededException",
    "LimitExceededException",
    "TooManyRequestsException",
}
PHOTO = {"InvalidParameterException", "ImageTooLargeException", "InvalidImageFormatException"}
KEYS = {
    "AccessDeniedException",
    "AccessDenied",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "IncompleteSignature",
    "ExpiredTokenException",
    "ExpiredToken",
}
CREDIT = {"SubscriptionRequiredException", "OptInRequired"}
SIGNATURE = {"InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired"}


#: pydantic's ``ValidationError`` is a ``ValueError``; what is nested too deeply recurses.
UNREADABLE = (BotoCoreError, ValueError, TypeError, AttributeError, RecursionError)


class NoSuchS3Object(Refuse):
    """Rekognition cannot read the object: it may be sent as bytes instead."""


@contextmanager
def aws_errors() -> Iterator[None]:
    """Whatever boto3 and our own sending raise ends here, as ``TryAgain`` or ``Refuse``."""
    try:
        yield
    except ClientError as error:
        raise judge(error) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise pausing(failing.KEY, WHO) from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise unwell(failing.AWAY, f"{WHO} is away") from error
    except (httpx.TimeoutException, TooSlow) as error:
        raise unwell(failing.SLOW, f"{WHO} was too slow") from error
    except httpx.HTTPError as error:
        raise unwell(failing.CUT, f"{WHO} hung up") from error
    except TooLarge as error:
        raise unwell(failing.ANSWER, f"the answer of {WHO} has too many bytes") from error
    except UNREADABLE as error:
        text = f"cannot read the answer of {WHO}: {type(error).__name__}"
        raise unwell(failing.ANSWER, text) from error


def judge(error: ClientError) -> TryAgain | Refuse:
    said = error.response.get("Error", {})
    code = said.get("Code", "").rpartition("#")[2].partition(":")[0]
    message = excuse(said.get("Message", "").encode())
    meta = error.response.get("ResponseMetadata", {})
    status = meta.get("HTTPStatusCode", 0)
    after = retry_after(meta.get("HTTPHeaders", {}).get("retry-after", ""))
    if code in BUSY or status == 429:
        return unwell(failing.BUSY, f"{WHO} has too much to do", after)
    if code in KEYS:
        return pausing(failing.KEY, WHO)
    if code in CREDIT:
        return pausing(failing.CREDIT, WHO)
    if code in SIGNATURE:
        why = f"{message}; is the secret key whole, and the clock right?"
        return pausing(failing.MISCONFIGURED, WHO, why=why)
    if code == "InvalidS3ObjectException":
        return NoSuchS3Object(f"{WHO} cannot read the bucket: {message}", code=failing.REFUSED)
    if code in PHOTO:
        return Refuse(f"{WHO} refused ({code}): {message}", code=failing.REFUSED)
    if status >= 500:
        return unwell(failing.UNWELL, f"{WHO} failed ({code or status})", after)
    if status in (401, 403):
        return pausing(failing.KEY, WHO)
    return pausing(failing.MISCONFIGURED, WHO, why=f"{code or status}: {message}")
