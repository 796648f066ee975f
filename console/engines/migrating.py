"""Apply migrations at a fraction of Django's cost: render the models that an operation needs, and no others.

Django keeps a rendered class of every model and renders a changed model again with all that it is related to, for each
operation. Nearly all models here are related to the user: three hundred operations rendered eight thousand classes,
which was nine tenths of a first start. An operation on a table needs its model and those that it refers to; these are
rendered when it asks for them, and kept until one of them changes.

What needs more gets more: Python code of a migration, and receivers of ``post_migrate``, see every model, as ever; an
operation that may change the type of a key sees the models that refer to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from django.core.checks.model_checks import _check_lazy_references  # type: ignore[attr-defined]
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import AppConfigStub, ModelState, ProjectState, StateApps
from django.db.migrations.utils import resolve_relation
from django.db.models import Model

#: A model by the label of its app and its lower-case name.
ModelKey: TypeAlias = tuple[str, str]


class Executor(MigrationExecutor):
    """Django's executor, whose states render only what is asked of them while it goes forwards."""

    def _migrate_all_forwards(self, state: ProjectState, *args: Any, **kwargs: Any) -> ProjectState:
        narrow = NarrowState(models=state.models, real_apps=state.real_apps)
        done: ProjectState = super()._migrate_all_forwards(narrow, *args, **kwargs)  # type: ignore[misc]
        return done


class NarrowState(ProjectState):
    """A state of all models, of which only those are rendered that an operation asks for."""

    def __init__(self, models: dict[ModelKey, ModelState], real_apps: set[str]) -> None:
        super().__init__(models=models, real_apps=real_apps)
        self.whole = False
        self.rendered: NarrowApps | None = None
        self.before: NarrowState | None = None

    @property
    def apps(self) -> StateApps:
        """The rendered models: all of them for what must see all."""
        if self.whole:
            return StateApps([*self.real_apps], self.models)
        if self.rendered is None:
            self.rendered = NarrowApps(self)
        return self.rendered

    def clone(self) -> NarrowState:
        """Return the state as it is; taken before each operation, which then changes this one."""
        before = NarrowState({key: model.clone() for key, model in self.models.items()}, self.real_apps)
        if self.rendered is not None:
            before.rendered, self.rendered = self.rendered, self.rendered.copy(self)
            before.rendered.state = before
        self.before = before
        return before

    def clear_delayed_apps_cache(self) -> None:
        """Called by Django for what must see every model."""
        self.whole = True

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        """Forget the class of a changed model, and those that refer to it."""
        if self.rendered is not None:
            self.rendered.forget((app_label, model_name))

    def reload_models(self, models: Iterable[ModelKey], delay: bool = True) -> None:
        """As ``reload_model``."""
        for key in models:
            self.reload_model(*key)

    def alter_field(self, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool) -> None:
        """Change a field; one that others may refer to with the models that refer to its own."""
        old = self.models[app_label, model_name].fields[name]
        super().alter_field(app_label, model_name, name, field, preserve_default)
        if any(one.primary_key or one.unique for one in (old, field)):
            self._render_again(with_referring=True)

    def rename_field(self, app_label: str, model_name: str, old_name: str, new_name: str) -> None:
        """Rename a field, with the models that refer to its own."""
        super().rename_field(app_label, model_name, old_name, new_name)
        self._render_again(with_referring=True)

    def rename_model(self, app_label: str, old_name: str, new_name: str) -> None:
        """Rename a model, with the models that refer to it."""
        super().rename_model(app_label, old_name, new_name)
        self._render_again(with_referring=True)

    def remove_model(self, app_label: str, model_name: str) -> None:
        """Remove a model."""
        super().remove_model(app_label, model_name)
        self._render_again(with_referring=False)

    def _render_again(self, *, with_referring: bool) -> None:
        """Forget every class, in this state and the one before."""
        for state in (self, self.before):
            if state is not None:
                state.rendered = NarrowApps(state, with_referring=with_referring)


class NarrowApps(StateApps):
    """The rendered models of a state: those that were asked for, and all that they refer to.

    ``with_referring``: also those that refer to a model that is asked for.
    """

    def __init__(self, state: NarrowState, *, with_referring: bool = False) -> None:
        super().__init__([], {})
        self.state = state
        self.with_referring = with_referring

    def copy(self, state: NarrowState) -> NarrowApps:
        """Return these classes for another state. A wider choice is not kept: it was for one operation."""
        made = NarrowApps(state)
        if not self.with_referring:
            for label, found in self.all_models.items():
                made.all_models[label] |= found
                made.app_configs[label] = _stub(made, label)
        return made

    def get_model(self, app_label: str, model_name: str | None = None, require_ready: bool = True) -> type[Model]:
        """Return a model's class, rendered now if it has not been. Raises LookupError."""
        if model_name is None:
            app_label, model_name = app_label.split(".")
        key = app_label, model_name.lower()
        if key[1] not in self.all_models[app_label]:
            wanted = {key, *self._referring(key)} if self.with_referring else {key}
            self._render(wanted)
        return super().get_model(app_label, model_name, require_ready)

    def forget(self, key: ModelKey) -> None:
        """Drop the class of a model, and those of all that refer to it."""
        gone = {key}
        while more := {one for one, model in self._each() if one not in gone and gone & set(_targets(model))}:
            gone |= more
        for label, name in gone:
            self.all_models[label].pop(name, None)
        self.clear_cache()

    def _each(self) -> Iterator[tuple[ModelKey, type[Model]]]:
        for label, found in self.all_models.items():
            for name, model in found.items():
                yield (label, name), model

    def _render(self, wanted: Iterable[ModelKey]) -> None:
        """Render models, and all that they refer to, that are not there yet."""
        known = self._states()
        found: dict[ModelKey, ModelState] = {}
        open_ = [*wanted]
        while open_:
            key = open_.pop()
            if key in known and key not in found and key[1] not in self.all_models[key[0]]:
                found[key] = known[key]
                open_.extend(_references(known[key]))
        self.render_multiple([*found.values()])
        if self._pending_operations:  # a reference to a model that is not there
            raise ValueError("\n".join(error.msg for error in _check_lazy_references(self)))

    def _states(self) -> dict[ModelKey, ModelState]:
        if not self.state.real_apps:
            return self.state.models
        real = StateApps([*self.state.real_apps], {}).real_models
        return {(one.app_label, one.name_lower): one for one in real} | self.state.models

    def _referring(self, key: ModelKey) -> set[ModelKey]:
        """The models that refer to one, and those that refer to it by a reference which is its key."""
        found: set[ModelKey] = set()
        open_ = [key]
        while open_:
            goal = open_.pop()
            for other, state in self.state.models.items():
                if other not in found and goal in _references(state):
                    found.add(other)
                    open_.append(other)
        return found


def _references(state: ModelState) -> set[ModelKey]:
    """The models that one refers to by its fields and bases."""
    place = state.app_label, state.name_lower
    found = {resolve_relation(base, *place) for base in state.bases if isinstance(base, str)}
    for field in state.fields.values():
        if field.is_relation and field.remote_field:
            found.add(resolve_relation(field.remote_field.model, *place))
            through = getattr(field.remote_field, "through", None)
            if through:
                found.add(resolve_relation(through, *place))
    return found


def _targets(model: type[Model]) -> Iterator[ModelKey]:
    """The models that a rendered class refers to."""
    for base in model.__bases__:
        if issubclass(base, Model) and base is not Model:
            yield base._meta.app_label, str(base._meta.model_name)
    for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
        if field.remote_field:
            for target in (field.remote_field.model, getattr(field.remote_field, "through", None)):
                if target is not None and not isinstance(target, str):
                    yield target._meta.app_label, str(target._meta.model_name)


def _stub(apps: StateApps, label: str) -> AppConfigStub:
    stub = AppConfigStub(label)
    stub.apps = apps
    stub.import_models()
    return stub
