"""Contracts of import-linter in which the modules at the top of the checkout count too: worker.py, cli.py and the like.

import-linter's graph is made of packages; these files are added to it before a contract is checked. pyproject.toml
names the two types.
"""

import ast
import re
from functools import cache
from pathlib import Path

from grimp import ImportGraph
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.domain.contract import ContractCheck

FILES = ("cli", "logs", "settings", "traces", "worker")
_NAMES_A_FILE = re.compile(rf"^\s*(?:from|import) (?:{'|'.join(FILES)})\b", re.MULTILINE)


def add_files(graph: ImportGraph) -> None:
    """Adds the files, what they import of ours, and who imports them. The check is started in the checkout."""
    top = Path.cwd()
    packages = sorted(graph.modules)
    for name in FILES:
        graph.add_module(name)
    for importer in (*packages, *FILES):
        for line, name in _imports(_file_of(top, importer)):
            imported = name if name in graph.modules else name.rpartition(".")[0]
            if imported in graph.modules and (importer in FILES or imported in FILES):
                graph.add_import(
                    importer=importer, imported=imported, line_number=line, line_contents=f"import {imported}"
                )


def _file_of(top: Path, module: str) -> Path:
    path = top.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _imports(file: Path) -> tuple[tuple[int, str], ...]:
    """(line, module or member of a module) of each absolute import, wherever it stands; nothing for a module of a
    package that names none of the files."""
    text = file.read_text(encoding="utf-8")
    if file.stem not in FILES and not _NAMES_A_FILE.search(text):
        return ()
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return tuple(found)


class LayersWithFiles(LayersContract):
    """As `layers`."""

    type_name = "layers_with_files"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        add_files(graph)
        return super().check(graph, verbose)


class ForbiddenWithFiles(ForbiddenContract):
    """As `forbidden`."""

    type_name = "forbidden_with_files"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        add_files(graph)
        # What is not below one of these would be taken for somebody else's.
        self.session_options = self.session_options | {
            "root_packages": [*self.session_options["root_packages"], *FILES]
        }
        return super().check(graph, verbose)
