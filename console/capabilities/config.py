"""The AppConfig of every capability: takes its declaration in, and checks them all once the last one is in.

Modules ``apps.py`` are read by the scheduler too, which runs without models: nothing here may import any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar, Literal

from celery.schedules import BaseSchedule, crontab, schedule
from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured

from console.capabilities.declaration import Capability
from console.capabilities.soundness import require_sound


@dataclass(frozen=True, slots=True)
class Every:
    """Wake a task every ``seconds``. ``task`` is a function of the capability's ``tasks`` module.

    ``expires``: seconds after which a message that no worker took is dropped; 0 keeps it.
    """

    task: str
    seconds: float
    expires: float = 0

    @property
    def timing(self) -> BaseSchedule:
        """As beat wants it."""
        return schedule(self.seconds)


@dataclass(frozen=True, slots=True)
class Daily:
    """Wake a task once a day, at ``hour``:``minute`` UTC."""

    task: str
    hour: int
    minute: int
    expires: float = 0

    @property
    def timing(self) -> BaseSchedule:
        """As beat wants it."""
        return crontab(hour=str(self.hour), minute=str(self.minute))


Timed = Every | Daily


class CapabilityConfig(AppConfig):
    """An app that declares itself: ``CAPABILITY`` in its module ``registration``, ``schedules`` here.

    ``schedules`` stand here and not in the declaration because beat reads them without loading models.
    """

    schedules: ClassVar[tuple[Timed, ...]] = ()
    capability: Capability
    default = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Have Django take the subclass, and not this base, from a module ``apps`` that names both."""
        super().__init_subclass__(**kwargs)
        cls.default = True

    def ready(self) -> None:
        """Take the declaration in. Raises ImproperlyConfigured, naming app and part, when it does not hold together."""
        self.capability = self._declaration()
        self.capability.install(self.name)
        if self is list(configs())[-1]:
            from console.capabilities import checks  # noqa: F401, PLC0415 - registers itself; views are not loaded yet

            require_sound()

    def _declaration(self) -> Capability:
        module = f"{self.name}.registration"
        if find_spec(module) is None:
            raise ImproperlyConfigured(f"{self.name} has no module registration, which must declare CAPABILITY.")
        found = getattr(import_module(module), "CAPABILITY", None)
        if not isinstance(found, Capability):
            raise ImproperlyConfigured(f"{module} does not declare CAPABILITY.")
        return found


def configs() -> Iterator[CapabilityConfig]:
    """The capabilities of this deployment, in the order of INSTALLED_APPS."""
    return (config for config in apps.get_app_configs() if isinstance(config, CapabilityConfig))


def route_modules(part: Literal["urls", "api_urls"]) -> Iterator[str]:
    """The modules of routes that capabilities declare, in the order of INSTALLED_APPS."""
    return (module for config in configs() if (module := getattr(config.capability, part)))
