"""The demonstration's queues have a responsible person and a deputy, and one case is handed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.people.models import User
from console.people.queries import system
from samples import cast, handing
from samples.review import WAVE_TWO
from tests import factories
from triage.cases.models import Case, Handover
from triage.queues.actions.standard import make_standard_queues
from triage.queues.models import Queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db_ready: None, tmp_path: Path) -> dict[str, User]:
    return cast.bring_in(tmp_path, by=system())


def test_every_standard_queue_has_a_responsible_person_and_a_deputy(people) -> None:
    make_standard_queues(by=system())
    for _ in range(2):
        handing.name_responsible(by=system())
    told = set(Queue.objects.values_list("responsible__username", "deputy__username"))
    assert told == {("lena", "rita")}


def test_who_was_chosen_by_hand_stays(people) -> None:
    queue = factories.make_queue(responsible=people["rita"])
    handing.name_responsible(by=system())
    assert Queue.objects.get(pk=queue.pk).responsible == people["rita"]


def test_one_case_is_handed_over_once(people) -> None:
    found = factories.make_case(run=factories.make_run(wave=factories.make_wave(WAVE_TWO)))
    said: list[str] = []
    for _ in range(2):
        handing.hand_over(people=people, say=said.append)
    assert Case.objects.get(pk=found.pk).assignee == people["ben"]
    assert Handover.objects.get().before == people["ana"]
    assert len(said) == 1
