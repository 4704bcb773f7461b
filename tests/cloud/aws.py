"""Rekognition on loopback: requests are held against botocore's own model and their signature."""

import base64
import hashlib
import hmac
import json
from http.server import BaseHTTPRequestHandler
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from tests.tagger.stubs import ModelStub, Reply, answer

ACCESS, SECRET, REGION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "eu-central-1"
MODEL = botocore.session.get_session().get_service_model("rekognition")
TARGET = "RekognitionService.DetectLabels"
JSON = "application/x-amz-json-1.1"

DOGS = {
    "Labels": [
        {
            "Name": "Dog",
            "Confidence": 98.5,
            "Instances": [
                {
                    "BoundingBox": {"Width": 0.4, "Height": 0.5, "Left": 0.1, "Top": 0.2},
                    "Confidence": 97.0,
                },
                {
                    "BoundingBox": {"Width": 0.4, "Height": 0.5, "Left": 0.7, "Top": -0.1},
                    "Confidence": 91.0,
                },
            ],
            "Parents": [{"Name": "Animal"}, {"Name": "Pet"}],
            "Aliases": [{"Name": "Canine"}],
            "Categories": [{"Name": "Animals and Pets"}],
        },
        {
            "Name": "Beach",
            "Confidence": 71.25,
            "Instances": [],
            "Parents": [],
            "Aliases": [],
            "Categories": [],
        },
    ],
    "LabelModelVersion": "3.0",
}


def fault(code: str, status: int = 400, message: str = "no", **headers: str) -> Reply:
    """As the JSON 1.1 protocol writes an error."""
    body = {"__type": f"com.amazonaws.rekognition#{code}", "Message": message, "Code": code}
    return answer(body, status, Content_Type=JSON, x_amzn_RequestId="r-1", **headers)


class RekognitionStub(ModelStub):
    """Answers as it is told, and keeps the parsed requests; a bad one is a failed test."""

    def __init__(self, then: Reply, *first: Reply) -> None:
        super().__init__(then, *first)
        self.requests: list[dict[str, Any]] = []
        self.faults: list[str] = []

    def reply(self, request: BaseHTTPRequestHandler, body: bytes, /) -> None:
        self._examine(request, body)
        super().reply(request, body)

    def _examine(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        headers = request.headers
        if headers["X-Amz-Target"] != TARGET or headers["Content-Type"] != JSON:
            self.faults.append(f"{headers['X-Amz-Target']} {headers['Content-Type']}")
        parsed = json.loads(body)
        if "Bytes" in parsed["Image"]:
            parsed["Image"]["Bytes"] = base64.b64decode(parsed["Image"]["Bytes"], validate=True)
        shape = MODEL.operation_model("DetectLabels").input_shape
        assert shape
        report = ParamValidator().validate(parsed, shape)
        if report.has_errors():
            self.faults.append(report.generate_report())
        if not signed_well(request, body):
            self.faults.append(f"bad signature: {headers['Authorization']}")
        self.requests.append(parsed)


def signed_well(request: BaseHTTPRequestHandler, body: bytes) -> bool:
    """Signature version 4, computed from scratch."""
    scheme, _, rest = request.headers["Authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    access, scope = parts["Credential"].split("/", 1)
    day, region, service, end = scope.split("/")
    if (scheme, access, region, service) != ("AWS4-HMAC-SHA256", ACCESS, REGION, "rekognition"):
        return False
    names = parts["SignedHeaders"].split(";")
    lines = [f"{name}:{' '.join(request.headers[name].split())}\n" for name in names]
    digest = hashlib.sha256(body).hexdigest()
    whole = f"POST\n{request.path}\n\n{''.join(lines)}\n{';'.join(names)}\n{digest}"
    hashed = hashlib.sha256(whole.encode()).hexdigest()
    told = f"AWS4-HMAC-SHA256\n{request.headers['X-Amz-Date']}\n{scope}\n{hashed}"
    key = f"AWS4{SECRET}".encode()
    for part in (day, region, service, end):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.compare_digest(
        hmac.new(key, told.encode(), "sha256").hexdigest(), parts["Signature"]
    )
