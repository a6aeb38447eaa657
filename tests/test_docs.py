"""Documentation that cannot lie: whatever a person can set, type, call or be refused by is in docs/, and nothing else.

Both ways: what the program has must be documented, and what is documented must be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import click
import msgspec
import pytest

from tests.test_house import ROOT, files
from tocsin import errors, limits

DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
MARKDOWN = [name for name in files() if name.endswith(".md") and not name.startswith("tocsin/web/static/vendor/")]


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def rows(name: str) -> dict[str, list[str]]:
    """The rows of a page's tables whose first cell is one `name` in code marks: that name, and the other cells."""
    found: dict[str, list[str]] = {}
    for line in page(name).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and (code := re.fullmatch(r"`([^`]+)`", cells[0])):
            assert code[1] not in found, f"{name} has two rows for {code[1]}"
            found[code[1]] = cells[1:]
    return found


def sections(name: str, level: int) -> dict[str, str]:
    """Headings of one level whose text is `in code marks`, and what stands under each."""
    parts = re.split(rf"^{'#' * level} `([^`]+)`[^\n]*\n", page(name), flags=re.MULTILINE)
    assert len(parts[1::2]) == len(set(parts[1::2])), f"{name} has a heading twice"
    return {
        heading: re.split(rf"^#{{1,{level}}} ", body, flags=re.MULTILINE)[0]
        for heading, body in zip(parts[1::2], parts[2::2], strict=True)
    }


# --- settings, errors, limits ------------------------------------------------------------------


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    from tocsin.settings import Settings

    settings = {f"TOCSIN_{field.name.upper()}" for field in msgspec.structs.fields(Settings)}
    assert rows("settings.md").keys() == settings
    unexplained = [name for name, cells in rows("settings.md").items() if len(cells) < 2 or not cells[-1]]
    assert unexplained == []


def test_every_error_is_documented_with_its_status_and_what_to_do() -> None:
    documented = {code: cells[0] for code, cells in rows("errors.md").items()}
    assert documented == {error.code: str(error.status) for error in errors.family()}
    assert [code for code, cells in rows("errors.md").items() if len(cells) != 3 or not all(cells)] == []


def test_every_error_has_a_status_that_http_knows() -> None:
    assert [error.code for error in errors.family() if error.status not in set(HTTPStatus)] == []


def test_every_limit_is_documented_with_its_value_and_what_happens_at_it() -> None:
    values = {name: value for name, value in vars(limits).items() if name.isupper() and isinstance(value, int | float)}
    assert {name: cells[0] for name, cells in rows("limits.md").items()} == {
        name: f"{value:,g}" if isinstance(value, float) else f"{value:,}" for name, value in values.items()
    }
    assert [name for name, cells in rows("limits.md").items() if len(cells) != 3 or not all(cells)] == []


# --- the command line --------------------------------------------------------------------------


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by what one types."""
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, f"{path} {name}")
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield path, command


def cli() -> dict[str, click.Command]:
    from tocsin.cli import main

    assert isinstance(main, click.Command)
    return {path: command for path, command in commands(main, "tocsin") if not command.hidden}


def cli_sections() -> dict[str, str]:
    """Both pages."""
    return sections("cli.md", 2) | sections("cli-orders.md", 2) | sections("cli-record.md", 2)


def options(command: click.Command) -> set[str]:
    return {
        name
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.hidden
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("--") and name != "--help"
    }


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    assert cli_sections().keys() == cli().keys()


def test_every_option_is_documented_with_its_command_and_every_documented_one_exists() -> None:
    documented = {
        path: set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", body)) - {"--help"} for path, body in cli_sections().items()
    }
    assert documented == {path: options(command) for path, command in cli().items()}


def test_every_argument_is_documented_with_its_command() -> None:
    missing = [
        f"{path}: {name}"
        for path, command in cli().items()
        for parameter in command.params
        if isinstance(parameter, click.Argument)
        and (name := str(parameter.metavar or parameter.name).upper().strip("[].")) not in cli_sections()[path]
    ]
    assert missing == []


# --- the API -----------------------------------------------------------------------------------


def api_sections() -> dict[str, str]:
    """Both pages."""
    return sections("api.md", 3) | sections("api-threats.md", 3)


def endpoints() -> dict[str, set[str]]:
    """Every endpoint of the OpenAPI document, as `GET /path`, and its parameters by name."""
    from tocsin.web import openapi

    described = msgspec.to_builtins(openapi.document())
    return {
        f"{method.upper()} {path}": {
            parameter["name"] for parameter in (*item.get("parameters", ()), *operation.get("parameters", ()))
        }
        for path, item in described["paths"].items()
        for method, operation in item.items()
        if method in ("get", "put", "post", "delete", "patch")
    }


def test_every_endpoint_is_documented_and_every_documented_endpoint_exists() -> None:
    assert api_sections().keys() == endpoints().keys()


def test_every_parameter_of_an_endpoint_is_documented() -> None:
    documented = api_sections()
    missing = {
        endpoint: lacking
        for endpoint, names in endpoints().items()
        if (lacking := [name for name in sorted(names) if f"`{name}`" not in documented.get(endpoint, "")])
    }
    assert missing == {}


# --- statistics --------------------------------------------------------------------------------


def test_every_statistic_is_documented_word_for_word_as_its_file_defines_it() -> None:
    from tocsin.record.statistics.definition import definitions

    documented = sections("statistics.md", 3)
    assert documented.keys() == definitions().keys()
    for name, one in definitions().items():
        said = " ".join(documented[name].split())
        assert f"{one.title['en']}. Version {one.version}. {one.words['en']}" in said, name
        cells = {
            *(f"| `{parameter.name}` |" for parameter in one.parameters),
            *(f"| {parameter.words} |" for parameter in one.parameters),
            *(f"| `{column}` | {words} |" for column, words in one.columns.items()),
            *(f"| `{variant.name}` |" for variant in one.variants),
        }
        assert [cell for cell in cells if cell not in documented[name]] == [], name
        rows = re.findall(r"^\| `(\w+)` \|", documented[name], flags=re.MULTILINE)
        there = [*(each.name for each in one.parameters), *(each.name for each in one.variants), *one.columns]
        assert sorted(rows) == sorted(there), name


# --- the pages themselves ----------------------------------------------------------------------


def anchors(path: Path) -> set[str]:
    """The anchors that headings get on common Markdown hosts."""
    prose = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(source: Path) -> list[str]:
    prose = re.sub(r"^```.*?^```", "", source.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)[^)]*\)", prose):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (source.parent / name).resolve() if name else source
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("name", MARKDOWN)
def test_every_link_leads_somewhere(name: str) -> None:
    assert broken_links(ROOT / name) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# Some `heading`, here\n")
    source = tmp_path / "source.md"
    source.write_text("[a](there.md) [b](there.md#some-heading-here) [c](gone.md) [d](there.md#else) [e](https://x.y)")
    assert broken_links(source) == ["gone.md", "there.md#else"]


def test_every_page_can_be_reached_from_the_contents() -> None:
    contents = page("README.md")
    names = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if path != DOCS / "README.md"]
    assert [name for name in names if f"]({name})" not in contents] == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_every_decision_says_its_context_and_its_price(path: Path) -> None:
    said = re.findall(r"^## (.*)$", path.read_text("utf-8"), flags=re.MULTILINE)
    assert [heading for heading in said if heading in ("Context", "Decision", "Price")] == [
        "Context",
        "Decision",
        "Price",
    ]


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_changelog_says_what_is_not_released_yet() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    [unreleased] = re.findall(r"^## \[?Unreleased\]?\n(.*?)(?=^## |\Z)", changelog, flags=re.MULTILINE | re.DOTALL)
    assert "\n- " in unreleased


def test_the_readme_names_the_two_commands() -> None:
    blocks = re.findall(r"^```\w*\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert {"make demo", "make test"} <= {line.split("#")[0].strip() for block in blocks for line in block.splitlines()}


def test_every_make_target_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    named = {target for name in MARKDOWN for target in re.findall(r"`make ([a-z-]+)", (ROOT / name).read_text("utf-8"))}
    assert named <= targets
