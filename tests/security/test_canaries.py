"""The search for secrets in the logs of a whole run finds what is there."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.canaries import leaks, spellings


@pytest.mark.parametrize("spelt", spellings("s3cret/w0rd"))
def test_a_secret_in_any_log_of_a_run_is_found(spelt: bytes) -> None:
    """What ``tests/conftest.py`` asks when all tests are over; of this folder it knows nothing."""
    with TemporaryDirectory() as name:
        run = Path(name)
        (run / "house" / "secrets").mkdir(parents=True)
        (run / "house" / "secrets" / "broker").write_text("s3cret/w0rd")
        log = run / "house" / "gateway.log"
        log.write_bytes(b"all is well")
        assert leaks(run) == []
        log.write_bytes(b"connecting as imgcap:" + spelt + b"@127.0.0.1")
        assert leaks(run) == ["house/gateway.log tells house/secrets/broker"]
