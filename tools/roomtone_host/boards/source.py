"""What a board.py says without being run: its constants and the names that it defines."""
# MIT License; see LICENSE

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """`values` are the constants of the module, `functions` the names of its functions."""

    values: dict[str, object]
    functions: frozenset[str]


def read(path: Path) -> Source:
    """Read a board.py. Raises OSError, SyntaxError."""
    values: dict[str, object] = {}
    functions: set[str] = set()
    for node in ast.parse(path.read_text(), str(path)).body:
        if isinstance(node, ast.FunctionDef):
            functions.add(node.name)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = _constant(node.value)
            if value is not None:
                values[node.targets[0].id] = value
    return Source(values, frozenset(functions))


def _constant(node: ast.expr) -> object:
    """The value of a literal, or of `const(literal)`; None for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "const":
        node = node.args[0]
    return node.value if isinstance(node, ast.Constant) else None
