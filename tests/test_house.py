"""The house rules of CONTRIBUTING.md, each as a test over the files of the repository."""

from __future__ import annotations

import ast
import io
import os
import re
import shutil
import subprocess
import sys
import tokenize
import zipfile
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parent.parent
NEVER_OURS = (".git", ".venv", "build", "dist", ".tocsin", "__pycache__", ".*_cache", ".hypothesis")

FOREIGN = ("tocsin/web/static/vendor/*", "tocsin/data/*", "tests/data/*", "*/fixtures/*", "LICENSE")
"""Vendored code, data and captured payloads: the rules on our own text do not reach them."""

MAY_BE_LONG: tuple[str, ...] = (
    "tocsin/limits.py",  # every limit in one place, each with its line of words
)
"""Files of ours that may pass 400 lines: tables of data, each with its reason beside it."""

LINES = 400
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}


@cache
def files() -> tuple[str, ...]:
    """Every file of the repository, relative to it: as git sees them, or by walking where there is no git."""
    git = (
        subprocess.run(
            ["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            capture_output=True,
            text=True,
            check=False,
        )
        if shutil.which("git") and (ROOT / ".git").exists()
        else None
    )
    if git is not None and git.returncode == 0:
        return tuple(sorted(name for name in git.stdout.split("\0") if name and (ROOT / name).is_file()))
    found: list[str] = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if not any(fnmatch(name, never) for never in NEVER_OURS)]
        found.extend(Path(folder, name).relative_to(ROOT).as_posix() for name in names)
    return tuple(sorted(found))


def python(under: str = "") -> list[str]:
    return [name for name in files() if name.endswith(".py") and name.startswith(under) and not foreign(name)]


def foreign(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in FOREIGN) and not name.endswith("__init__.py")


def text(name: str) -> str | None:
    """What the file says; None if it is not text."""
    raw = (ROOT / name).read_bytes()
    try:
        return None if b"\0" in raw else raw.decode()
    except UnicodeDecodeError:
        return None


def test_the_walk_finds_this_file_and_no_virtual_environment() -> None:
    assert "tests/test_house.py" in files()
    assert not [name for name in files() if name.startswith((".venv/", ".git/"))]


def test_a_name_says_the_thing() -> None:
    assert [name for name in files() if SAYS_NOTHING & {part.split(".")[0] for part in name.split("/")}] == []


def test_every_module_opens_with_what_it_holds() -> None:
    mute = [name for name in python("tocsin/") if not ast.get_docstring(ast.parse(text(name) or ""))]
    assert mute == []


def test_no_file_of_ours_is_too_long_to_read() -> None:
    suffixes = (".py", ".js", ".mjs", ".css", ".html", ".sh", ".sql", ".md")
    ours = [name for name in files() if name.endswith(suffixes) and not foreign(name) and name not in MAY_BE_LONG]
    long = {name: lines for name in ours if (lines := len((text(name) or "").splitlines())) > LINES}
    assert long == {}
    assert [name for name in MAY_BE_LONG if name not in files()] == [], "a file that is gone needs no exception"


# Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "deb." + "debian.org",
    "pkg" + ".dev",
    "archive." + "ubuntu.com",
    "docker" + ".io",
    "gh" + "cr.io",
)
MACHINE_PATH = re.compile(r"(?<![\w.:/~-])/(?:work|root|home|Users|mnt|workspace)/[\w.]|\.\./" + "shared")


def test_no_file_names_a_package_registry() -> None:
    named = {name: host for name in files() for host in REGISTRIES if host in (text(name) or "")}
    assert named == {}


def test_no_file_names_a_path_of_one_machine() -> None:
    named = {name: found[0] for name in files() if (found := MACHINE_PATH.search(text(name) or ""))}
    assert named == {}


@pytest.mark.parametrize(
    "line", ["open('/" + "root/x')", "see /" + "home/me/notes", "../" + "shared/x", '"/work/' + 'main"']
)
def test_a_path_of_one_machine_would_be_found(line: str) -> None:
    assert MACHINE_PATH.search(line)


@pytest.mark.parametrize("line", ["https://example.org/home/x", "/var/lib/tocsin", "/usr/bin/env", "docs/work/x"])
def test_a_path_of_every_machine_is_let_pass(line: str) -> None:
    assert not MACHINE_PATH.search(line)


def test_every_folder_of_data_says_where_it_came_from_and_under_which_licence() -> None:
    folders = {Path(name).parent for name in files() if fnmatch(name, "tocsin/data/*/*")}
    top = {Path(*folder.parts[:3]) for folder in folders}
    assert top, "there is data in the package"
    lacking = {
        str(folder): missing
        for folder in sorted(top)
        if (missing := [wanted for wanted in ("README.md", "LICENSE*") if not list((ROOT / folder).glob(wanted))])
    }
    assert lacking == {}


def test_every_vendored_library_has_its_licence_beside_it() -> None:
    vendored = {Path(*Path(name).parts[:5]) for name in files() if fnmatch(name, "tocsin/web/static/vendor/*/*")}
    assert [str(folder) for folder in sorted(vendored) if not list((ROOT / folder).glob("LICENSE*"))] == []


# --- what is switched off says why ---------------------------------------------------------------

EXEMPTION = re.compile(r"#\s*(?:type:\s*ignore(?:\[[^\]]*\])?|noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?)")


def bare_exemptions(source: str) -> list[int]:
    """Lines where a checker is switched off, or a test skipped, and no reason stands beside it."""
    bare = []
    # Most files have nothing of the kind, and to take them all apart is long.
    comments = tokenize.generate_tokens(io.StringIO(source).readline) if EXEMPTION.search(source) else ()
    for token in comments:
        if token.type != tokenize.COMMENT or not EXEMPTION.search(token.string):
            continue
        if len(EXEMPTION.sub("", token.string).strip(" #:-")) < len("a bug"):
            bare.append(token.start[0])
    for node in ast.walk(ast.parse(source)) if "skip" in source or "xfail" in source else ():
        match node:
            case ast.Call(func=ast.Attribute(attr="skip" | "xfail"), args=args, keywords=keywords):
                explained = bool(args) or any(keyword.arg in ("reason", "msg") for keyword in keywords)
            case ast.Call(func=ast.Attribute(attr="skipif"), keywords=keywords):
                explained = any(keyword.arg == "reason" for keyword in keywords)
            case ast.FunctionDef(decorator_list=marks) | ast.AsyncFunctionDef(decorator_list=marks):
                explained = not any(
                    isinstance(mark, ast.Attribute) and mark.attr in ("skip", "xfail") for mark in marks
                )
            case _:
                continue
        if not explained:
            bare.append(node.lineno)
    return bare


def test_every_exemption_has_its_reason_beside_it() -> None:
    assert {name: lines for name in python() if (lines := bare_exemptions(text(name) or ""))} == {}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x = 1  # noqa" + ": E501\n", [1]),
        ("x = 1  # type" + ": ignore[arg-type]\n", [1]),
        ("x = 1  # type" + ": ignore[arg-type]  # the stubs lack it\n", []),
        ("x = 1  # noqa" + ": S603 - our own command\n", []),
        ("pytest.skip()\n", [1]),
        ("pytest.skip('no Chromium')\n", []),
        ("@pytest.mark.skip\ndef test() -> None: ...\n", [2]),
        ("@pytest.mark.skipif(x)\ndef test() -> None: ...\n", [1]),
    ],
)
def test_an_exemption_without_a_reason_is_found(source: str, lines: list[int]) -> None:
    assert bare_exemptions(source) == lines


# --- every Python we promise ---------------------------------------------------------------------

POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{[\d,]+\})\+")
"""A group taken possessively: up to Python 3.11.4 it took what does not match (CPython's issues 100061 and 106052)."""


def possessive_groups(source: str) -> list[int]:
    """Lines of the strings that repeat a group possessively; (?>(...)*) says the same and is right everywhere."""
    strings = (
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if tokenize.tok_name[token.type] in ("STRING", "FSTRING_MIDDLE")
    )
    return [token.start[0] for token in strings if POSSESSIVE_GROUP.search(token.string)]


def test_no_pattern_repeats_a_group_in_the_way_that_early_pythons_read_wrongly() -> None:
    assert {name: lines for name in python() if (lines := possessive_groups(text(name) or ""))} == {}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x = r'(?:ab|c)*" + "+'\n", [1]),
        ("x = r'(?:ab|c){1,2}" + "+'\n", [1]),
        ("x = r'(?>(?:ab|c)*)[^x]*+\\)++'\n", []),
        ("y = f(x)*" + "+x\n", []),
    ],
)
def test_a_pattern_that_early_pythons_read_wrongly_is_found(source: str, lines: list[int]) -> None:
    assert possessive_groups(source) == lines


# --- the package ---------------------------------------------------------------------------------


def test_the_wheel_holds_all_that_the_program_reads(tmp_path: Path) -> None:
    [wheel] = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in files() if name.startswith("tocsin/")} - packed == set()
    assert [name for name in packed if name.endswith(("LICENSE", "NOTICE"))]
    assert not [name for name in packed if name.startswith(("tests/", "tools/", "docs/"))]


def test_in_continuous_integration_a_skipped_test_fails_the_run(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    for name in ("conftest.py", "browser.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / "tests" / name)
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (tmp_path / "tests/test_one.py").write_text("import pytest\ndef test_one(): pytest.skip('no sirens here')\n")
    (tmp_path / "tests/test_two.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    (tmp_path / "tests/test_xfail.py").write_text(
        "import pytest\n@pytest.mark.xfail(reason='known')\ndef test_three(): assert False\n"
    )

    def run(**env: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CI"))}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-ra",
            "-p",
            "no:cacheprovider",
            "-n",
            "2",
            "--dist",
            "loadgroup",
        ]
        return subprocess.run(
            command, cwd=tmp_path, env=inherited | env, capture_output=True, text=True, timeout=120, check=False
        )

    lenient, strict = run(), run(CI="true")
    assert (lenient.returncode, strict.returncode) == (0, 1), strict.stdout
    assert "2 skipped, 1 xfailed" in lenient.stdout
    assert "no sirens here" in strict.stdout
    assert "1 failed, 1 xfailed, 1 error" in strict.stdout
