"""The mutants of a room: what mutmut would make of its functions, one small change at a time.

mutmut says which changes there are. It is not asked to run them: it puts a detour into every function, and the tests of
a room call some of them millions of times. Here a mutant is the source of one function, and is put in the place of the
original's code in a process of its own (`plant`).
"""

from __future__ import annotations
import __future__

import ast
import difflib
import importlib
import os
import re
import textwrap
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

import libcst as cst

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Mutant:
    """One function with one small change."""

    module: str
    owner: str
    """The class, of a method; else empty."""
    function: str
    source: str
    """What is carried out in the module's namespace: the function, in a class of that name if it is a method."""
    file: str
    lines: frozenset[int]
    """The lines of the statements that are changed: what no test has carry out, no test can find."""
    change: str
    """The line that is changed, what is changed in it and to what."""

    @property
    def place(self) -> str:
        return ".".join(filter(None, (self.module.removeprefix("tocsin."), self.owner, self.function)))

    @property
    def name(self) -> str:
        """What it is called in docs/mutants.md: it stays the same while its function stays the same there."""
        return f"{self.place}: {self.change}"


def mutants_of(room: str) -> list[Mutant]:
    """All of them, in the order of the files; the same each time."""
    os.chdir(ROOT)  # where mutmut looks for its settings
    made = [mutant for file in sorted((ROOT / "tocsin" / room).glob("*.py")) for mutant in _of_file(file)]
    assert len({mutant.name for mutant in made}) == len(made), "two mutants have one name"
    return made


def plant(mutant: Mutant) -> None:
    """Put it in its function's place, for good: for a process that ends with its tests."""
    module = importlib.import_module(mutant.module)
    original = _function(vars(module), mutant)
    namespace = dict(vars(module))
    exec(_compiled(mutant), namespace)
    changed = _function(namespace, mutant)
    original.__code__ = changed.__code__
    original.__defaults__ = changed.__defaults__
    original.__kwdefaults__ = changed.__kwdefaults__


def _function(namespace: dict[str, object], mutant: Mutant) -> FunctionType:
    found = vars(namespace[mutant.owner])[mutant.function] if mutant.owner else namespace[mutant.function]
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    assert isinstance(found, FunctionType), mutant.place
    return found


def _compiled(mutant: Mutant) -> CodeType:
    flags = __future__.annotations.compiler_flag
    code: CodeType = compile(mutant.source, mutant.file, "exec", flags=flags, dont_inherit=True)
    return code


def _of_file(file: Path) -> list[Mutant]:
    from mutmut.mutation.file_mutation import create_mutations, deep_replace, group_by_top_level_node

    statements = _Statements(file.read_text("utf-8"))
    module, mutations, *_ = create_mutations(str(file), file.read_text("utf-8"))
    grouped = group_by_top_level_node(mutations)
    made = []
    for owner, function in _functions(module):
        whole = module.code_for_node(function.with_changes(leading_lines=[])).splitlines()
        first = statements.first_line(owner, function.name.value)
        seen: Counter[str] = Counter()
        for mutation in grouped.get(function, ()):
            changed = deep_replace(function, mutation.original_node, mutation.mutated_node)
            assert isinstance(changed, cst.FunctionDef)
            changed = changed.with_changes(leading_lines=[])
            text = module.code_for_node(changed)
            lines, change = _difference(whole, text.splitlines())
            seen[change] += 1
            if seen[change] > 1:
                change += f" ({seen[change]})"
            mutant = Mutant(
                module=".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"),
                owner=owner,
                function=function.name.value,
                source=f"class {owner}:\n{textwrap.indent(text, '    ')}" if owner else text,
                file=str(file),
                lines=statements.around({first + line for line in lines}),
                change=change,
            )
            _compiled(mutant)
            made.append(mutant)
    return made


def _functions(module: cst.Module) -> list[tuple[str, cst.FunctionDef]]:
    found = []
    for statement in module.body:
        if isinstance(statement, cst.FunctionDef):
            found.append(("", statement))
        elif isinstance(statement, cst.ClassDef):
            name = statement.name.value
            found += [(name, inner) for inner in statement.body.body if isinstance(inner, cst.FunctionDef)]
    return found


def _difference(before: list[str], after: list[str]) -> tuple[set[int], str]:
    """Which of the lines are changed, counted from 0, and the change as it is written down."""
    lines: set[int] = set()
    said = []
    for kind, i, i_end, j, j_end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        lines |= set(range(i, i_end)) or {max(i - 1, 0)}
        old = " ".join(line.strip() for line in before[i:i_end])
        new = " ".join(line.strip() for line in after[j:j_end])
        said.append(_shortened(old, new))
    return lines, "; ".join(said)


def _shortened(old: str, new: str) -> str:
    """The old line, and in it what goes and what comes."""
    one, other = (re.findall(r"\w+|\s+|.", text) for text in (old, new))
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    gone, come = ("".join(words[start : len(words) - end]) for words in (one, other))
    return f"{old} [{gone or 'nothing'} -> {come or 'nothing'}]"


class _Statements:
    """Where the functions of a file begin, and which lines belong to one statement."""

    def __init__(self, text: str) -> None:
        self._first: dict[tuple[str, str], int] = {}
        self._spans: list[tuple[int, int]] = []
        self._look(ast.parse(text).body, "")

    def first_line(self, owner: str, function: str) -> int:
        return self._first[owner, function]

    def around(self, lines: set[int]) -> frozenset[int]:
        """The lines, and those of the smallest statement, or head of one, in which each of them lies."""
        found = set(lines)
        for line in lines:
            spans = [span for span in self._spans if span[0] <= line <= span[1]]
            if spans:
                first, last = min(spans, key=lambda span: span[1] - span[0])
                found |= set(range(first, last + 1))
        return frozenset(found)

    def _look(self, body: list[ast.stmt], owner: str) -> None:
        for statement in body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                decorators = [decorator.lineno for decorator in statement.decorator_list]
                self._first.setdefault((owner, statement.name), min([statement.lineno, *decorators]))
            if isinstance(statement, ast.ClassDef):
                self._look(statement.body, statement.name)
                continue
            for inner in ast.walk(statement):
                if isinstance(inner, ast.stmt | ast.match_case | ast.ExceptHandler):
                    self._spans.append(_head(inner))


def _head(node: ast.stmt | ast.match_case | ast.ExceptHandler) -> tuple[int, int]:
    """The lines of a statement that are not those of a statement in it."""
    first = node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    if not body:
        last = node.end_lineno if not isinstance(node, ast.match_case) else first
        return first, last or first
    inner = body[0]
    begins = inner.pattern.lineno if isinstance(inner, ast.match_case) else inner.lineno
    return first, max(first, begins - 1)
