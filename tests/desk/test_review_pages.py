"""Review pages as kinds declare them: what is missing or misspelt is named, and addresses carry short names only."""

from __future__ import annotations

import dataclasses

import pytest

from console.errors import Invalid
from tests import factories
from triage.cases.kinds import KINDS
from triage.desk.review_pages import REVIEW_PAGES, ReviewPage, chosen, page_of, problems
from triage.merges.kind import MergeKind

MERGES = REVIEW_PAGES["merge"]


def test_every_kind_of_this_console_has_a_page() -> None:
    assert list(problems()) == []


def test_a_kind_without_a_page_is_named_with_its_owner() -> None:
    with REVIEW_PAGES.holding(only=True):
        assert "triage.merges declares the kind of case 'merge' without a review page." in problems()


def test_a_page_of_no_kind_is_named() -> None:
    with KINDS.holding(only=True):
        assert "triage.merges declares a review page for 'merge', which is no kind of case." in problems()


def test_a_template_that_does_not_exist_is_named() -> None:
    assert isinstance(MERGES, ReviewPage)
    with REVIEW_PAGES.holding(dataclasses.replace(MERGES, template="merges/revue.html")):
        assert list(problems()) == [
            "triage.merges declares the review page 'merges/revue.html', which cannot be read: merges/revue.html."
        ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"pair": "0-1"}, {"pair": "0-1"}),
        ({"pair": "0-1", "name": "Grace"}, {"pair": "0-1"}),
        ({"pair": "Grace Okello"}, {}),
        ({"pair": "x" * 65}, {}),
        ({"pair": "é"}, {}),
        ({"pair": "0-1\n"}, {}),
        ({}, {}),
    ],
)
def test_only_declared_parameters_that_are_short_names_stay_in_an_address(
    given: dict[str, str], kept: dict[str, str]
) -> None:
    assert chosen(MERGES, given) == kept


@pytest.mark.django_db
def test_a_case_whose_kind_is_gone_is_refused_with_a_sentence() -> None:
    case = factories.make_case()
    assert page_of(case).template == "merges/review.html"
    with REVIEW_PAGES.holding(only=True), pytest.raises(Invalid, match="not a type of case in this console"):
        page_of(case)


def test_a_page_belongs_to_its_kind() -> None:
    kind = MergeKind()
    assert dataclasses.replace(MERGES, kind=kind).code == kind.code  # type: ignore[type-var]
