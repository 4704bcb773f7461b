"""Strict schema checks: Kubernetes' own by kubernetes-validate, custom resources by ours."""

from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

from tests.deploy.manifests import Document, name_of

CUSTOM: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "custom.yaml").read_text())
NEWEST: str = kubernetes_validate.latest_version()
#: The oldest that we look at: autoscaling/v2, and what the operators still support.
OLDEST = "1.33"


def misfits(document: Document, version: str = NEWEST) -> list[str]:
    """What the API server would refuse, in words."""
    where = f"{document['kind']}/{name_of(document)}"
    if document["kind"] in CUSTOM:
        return [f"{where}: {problem}" for problem in _custom(document)]
    try:
        kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{where}: {error.message}"]
    except kubernetes_validate.SchemaNotFoundError:
        return [f"{where}: nobody knows {document['apiVersion']} {document['kind']}"]
    return []


def _custom(document: Document) -> list[str]:
    schema = CUSTOM[document["kind"]]
    problems = []
    if document["apiVersion"] != schema["apiVersion"]:
        problems.append(f"apiVersion {document['apiVersion']}")
    whole = {**schema["spec"], "$defs": CUSTOM["$defs"]}
    for error in jsonschema.Draft202012Validator(whole).iter_errors(document["spec"]):
        place = "/".join(map(str, error.absolute_path))
        problems.append(f"{place}: {error.message}")
    return problems
