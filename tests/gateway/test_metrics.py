"""The gateway's numbers are for scrapers that stand inside, not for whoever comes by the door."""

import pytest

from tests.gateway.house import House


def test_a_scraper_from_inside_is_told(house: House) -> None:
    answer = house.client.get("/metrics")
    assert answer.status_code == 200
    assert "imgcap_requests_total" in answer.text


@pytest.mark.parametrize(
    "header", [{"X-Forwarded-For": "10.0.0.7"}, {"Forwarded": "for=10.0.0.7"}], ids=str
)
def test_what_comes_through_a_proxy_is_told_nothing(house: House, header: dict[str, str]) -> None:
    answer = house.client.get("/metrics", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-page")
