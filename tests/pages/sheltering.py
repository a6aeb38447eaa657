"""A town with four shelters along one street, and how a person asks a page for the nearest."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.pages.conftest import give
from tests.shelters.towns import degrees, shelter
from tests.web.running import Running
from tocsin.commands import CloseShelters, ImportShelters
from tocsin.shelter import Shelter

SHELTERS = (
    shelter(1, 130, name="School basement", capacity=60, step_free=True),
    shelter(2, 900, name="Library", kind="dual_purpose"),
    shelter(3, 1_900, address="East Street 1"),
    shelter(4, 1_000, 690, name="Above the steps"),
)


def give_town(server: Running, shelters: tuple[Shelter, ...] = SHELTERS) -> None:
    give(server, ImportShelters(dataset="town", attribution="Shelters: the town", shelters=shelters), "town")


def close(server: Running, *numbers: int) -> None:
    give(server, CloseShelters(shelters=tuple(SHELTERS[n - 1].id for n in numbers), cause="flooded"), "town")


def at(east: float, north: float) -> dict[str, Any]:
    """Options of a browser that stands there and lets pages know it."""
    lon, lat = degrees((east, north))
    return {"geolocation": {"longitude": lon, "latitude": lat}, "permissions": ["geolocation"]}


def ask_for_shelter(page: Page, *, where: bool = True) -> None:
    page.locator("#mine [data-key=shelter]").click()
    expect(page.locator("#shelter [data-key=locate]")).to_be_enabled()
    if where:
        page.locator("#shelter [data-key=locate]").click()


def names(page: Page) -> list[str]:
    found: list[str] = page.locator("#shelter .shelter").evaluate_all("all => all.map((one) => one.dataset.shelter)")
    return found
