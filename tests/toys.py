"""Apps that only tests install: a kind of case and a capability, each whole in a folder of its own.

Adding one is one line in ``APPS``, as adding one to the product is one line in ``CAPABILITIES`` of the settings. The
two lists that the product keeps central (governed tables, roles) are central for compliance, so a toy brings its part
of them in a module ``central`` of its folder, with any of these names:

``GOVERNED``  tuple of ``console.audit.governed.Governed``
``EXEMPT``    dict of table → reason
``GRANTS``    dict of role → permissions that it gets besides
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Final

from console.audit import exempt, governed
from console.people import roles

#: One line an app.
APPS: Final[tuple[str, ...]] = ("tests.architecture.toy_capability", "tests.architecture.toy_kind")


def granted() -> frozenset[str]:
    """The permissions that roles hold in tests only."""
    return frozenset().union(*(names for one in _centrals() for names in getattr(one, "GRANTS", {}).values()))


def extend_central_lists() -> None:
    """Add what the toys need to the central lists. Called by the settings, before any app reads them."""
    for central in _centrals():
        governed.GOVERNED += getattr(central, "GOVERNED", ())  # type: ignore[misc]
        exempt.EXEMPT.update(getattr(central, "EXEMPT", {}))
        for name, permissions in getattr(central, "GRANTS", {}).items():
            role = roles.ROLES[name]
            roles.ROLES[name] = replace(role, permissions=role.permissions | frozenset(permissions))


def _centrals() -> list[ModuleType]:
    return [import_module(f"{app}.central") for app in APPS if find_spec(f"{app}.central")]
