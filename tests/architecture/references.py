"""Which names of the console's modules refer to which others, found in the syntax tree by their imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.architecture.source import ROOT

#: A module by its dotted name, and a name defined at its top.
Name = tuple[str, str]


@dataclass(frozen=True)
class Module:
    """One module: its syntax tree, and what each of its imported names stands for (a module's own name: empty)."""

    name: str
    package: bool
    tree: ast.Module
    imports: dict[str, Name] = field(default_factory=dict)


def modules(*folders: str) -> dict[str, Module]:
    """Return every module below these folders of the repository, but migrations, by its dotted name."""
    found = {}
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                module = _read(path)
                found[module.name] = module
    for module in found.values():
        module.imports.update(_imports(module, found))
    return found


def defined(module: Module) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """Return the public functions and classes of a module."""
    rows = (one for one in module.tree.body if isinstance(one, ast.FunctionDef | ast.ClassDef))
    return {one.name: one for one in rows if not one.name.startswith("_")}


def references(module: Module, known: dict[str, Module]) -> Iterator[Name]:
    """Yield what a module refers to of others, by where it is defined. A package that only passes a name on is none."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and node.id in module.imports:
            yield _origin(module.imports[node.id], known)
        elif isinstance(node, ast.Attribute):
            target = _module_of(node.value, module, known)
            if target:
                yield _origin((target, node.attr), known)


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if package else parts)
    return Module(name, package, ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))


def _imports(module: Module, known: dict[str, Module]) -> dict[str, Name]:
    """Name in the module → (module, name) that it stands for; (module, "") for a whole module."""
    found: dict[str, Name] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found[alias.asname or alias.name] = (whole, "") if whole in known else (node.module, alias.name)
        elif isinstance(node, ast.Import):
            found |= {alias.asname: (alias.name, "") for alias in node.names if alias.asname and alias.name in known}
    return found


def _module_of(node: ast.expr, module: Module, known: dict[str, Module]) -> str:
    """Return the module that an expression such as ``queries`` or ``rules.values`` stands for, or nothing."""
    if isinstance(node, ast.Name):
        target, name = module.imports.get(node.id, ("", "no module"))
        return target if not name else ""
    if isinstance(node, ast.Attribute):
        whole = f"{_module_of(node.value, module, known)}.{node.attr}"
        return whole if whole in known else ""
    return ""


def _origin(name: Name, known: dict[str, Module]) -> Name:
    """Follow a name through the packages that pass it on to where it is defined."""
    module = known.get(name[0])
    while module and name[1] in module.imports and name[1] not in defined(module):
        name = module.imports[name[1]]
        module = known.get(name[0])
    return name
