"""The gallery's calendar says how many photos came when, and leads to each day."""

from datetime import UTC, datetime, timedelta

from tests.gateway.house import House, jpeg


def test_the_calendar_leads_to_the_photos_of_a_day(house: House) -> None:
    today = datetime.now(UTC)
    ages = (0, 0, 40, 40, 400)
    kept = [house.kept(jpeg(), f"{number}.jpg") for number in range(len(ages))]
    for photo_id, age in zip(kept, ages, strict=True):
        house.db.execute(
            "UPDATE photo SET created_at = %s WHERE photo_id = %s",
            (today - timedelta(days=age), photo_id),
        )
    days = {
        day["day"]: day
        for day in house.client.get("/api/photos/days").raise_for_status().json()["days"]
    }
    assert list(days) == sorted(days, reverse=True)
    then, once = (str((today - timedelta(days=age)).date()) for age in (40, 400))
    assert (days[then]["count"], days[once]["count"]) == (2, 1)
    assert days[str(today.date())]["count"] >= 2
    listed = house.client.get("/api/photos", params={"cursor": days[then]["cursor"], "limit": 200})
    ids = [photo["id"] for photo in listed.raise_for_status().json()["photos"]]
    assert set(ids) >= {*kept[2:]}
    assert not {*kept[:2]} & {*ids}
    assert ids.index(kept[4]) > ids.index(kept[2])
