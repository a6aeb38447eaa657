"""What holds for every test: no skips in CI, one browser for all, and the same random examples on a slow machine."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator

import hypothesis
import pytest
from aiohttp import web_app

from tests import browser

hypothesis.settings.register_profile("tocsin", deadline=None, print_blob=True)
hypothesis.settings.register_profile("soak", deadline=None, print_blob=True, max_examples=1_000)
hypothesis.settings.register_profile(
    "mutants",  # who fails need not say how little it takes to fail (soak/mutants)
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=25,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tocsin"))

BROWSER_FIXTURE = "chromium_path"


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium that runs. Whatever test stands on it shares one process with the others that do."""
    path = browser.find()
    if lacking := browser.missing():
        pytest.skip(lacking)
    assert path is not None
    return path


def pytest_make_parametrize_id(val: object) -> str | None:
    """A long text gives a short name, so that a failure can be read."""
    said = ascii(val)
    return f"{said[:40]}...({len(said)})" if isinstance(val, str | bytes) and len(said) > 100 else None


def forget_servers() -> None:
    """aiohttp remembers how it wrapped its last thousand handlers, and with them the servers that they belonged to."""
    web_app._cached_build_middleware.cache_clear()


def pytest_runtest_logfinish() -> None:
    forget_servers()


def _have_ids_of_their_own(items: list[pytest.Item]) -> None:
    often = Counter(item.nodeid for item in items)
    for item in items:
        if often[item.nodeid] > 1 and item.parent is not None:
            # Schemathesis has the operation in the name alone. Where pytest keeps the id is its own affair: if this
            # does not reach it, what follows says so.
            item._id = type(item._id).parse(f"{item.parent.nodeid}::{item.name}")
    often = Counter(item.nodeid for item in items)
    if twice := [name for name, count in often.items() if count > 1]:
        raise pytest.UsageError(f"several tests have one id, and all but one would not be carried out: {twice}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Under xdist a file stays in one process, all browser tests stay in one, and that one starts first.

    xdist asks for tests by their id, and of several with one id carries out the first alone.
    """
    _have_ids_of_their_own(items)

    def needs_browser(item: pytest.Item) -> bool:
        return BROWSER_FIXTURE in getattr(item, "fixturenames", ())

    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group("browser" if needs_browser(item) else item.path.stem))
    items.sort(key=lambda item: not needs_browser(item))


# --- in CI a skipped test is a failed one ------------------------------------------------------

Report = pytest.TestReport | pytest.CollectReport


def refuse_skip(report: Report) -> None:
    """With CI=true: turn a skip into a failure that gives the reason. An expected failure stays what it is."""
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{reason}\n(CI=true: a skipped test is a failure)"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    refuse_skip(report)
    return report
