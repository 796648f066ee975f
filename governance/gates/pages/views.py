"""Pages that show gates: the lanes of waves, one gate, one criterion. They change nothing."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from console import keyset
from console.people.models import User
from console.people.permissions import may_anywhere
from console.people.permissions import require as require_on_console
from console.waves.models import Wave
from console.waves.queries import page_of_waves, wave_seen_by
from console.web.view_helpers import person
from governance.gates import lookup, presenting, queries
from governance.gates.models import Gate
from governance.gates.queries import GatePage, Lane, SubjectLanes, histories
from governance.gates.rules import GateState, may_ask_waiver
from governance.subjects import Subject, kind_of, may, of_wave

SEE: Final = "waves.view_wave"
MANAGE: Final = "waves.manage_gates"
WAVES_A_PAGE: Final = 8
#: How many subjects that are no waves the page of all gates shows.
OTHERS: Final = 20
#: Next actions on a gate in this state: shown even when refused, with the reason.
NEXT: Final = {
    GateState.COLLECTING: ("seal",),
    GateState.SUPERSEDED: ("seal",),
    GateState.WITHDRAWN: ("seal",),
    GateState.LAPSED: ("seal",),
    GateState.NO_GO: ("seal",),
    GateState.POLLING: ("vote", "consolidate"),
    GateState.CONSOLIDATED: ("decide",),
    GateState.GO: ("begin",),
    GateState.GO_WITH_CONDITIONS: ("begin",),
}
#: act → its button: label, icon, URL name, look.
ACTS: Final = {
    "seal": ("Seal package", "stamp", "gates:seal", "primary"),
    "vote": ("Vote and sign", "signature", "gates:sign", "primary"),
    "consolidate": ("Close voting and count", "scale", "gates:consolidate", "primary"),
    "decide": ("Decide and sign", "gavel", "gates:decide", "primary"),
    "begin": ("Run T-0 check and start", "rocket", "gates:begin", "primary"),
    "withdraw": ("Withdraw package", "undo-2", "gates:withdraw", ""),
}


@require_GET
def gates(request: HttpRequest) -> HttpResponse:
    """The gates of all waves that this person may see, a lane for each; on the first page those of other subjects."""
    user = person(request)
    if not may_anywhere(user, SEE, Wave):
        require_on_console(user, SEE, to="see gates")
    page = page_of_waves(user, place=keyset.asked(request.GET), size=WAVES_A_PAGE)
    shown = [of_wave(wave) for wave in page.items] + ([] if not page.first else lookup.other_subjects(user, OTHERS))
    context = {"page": page, "waves": [_lanes(each, user) for each in queries.lanes(user, shown)]}
    return render(request, "gates/gates.html", context)


@require_GET
def wave_gates(request: HttpRequest, slug: str) -> HttpResponse:
    """The gates of one wave."""
    user = person(request)
    return render(request, "gates/wave.html", _of(of_wave(wave_seen_by(user, slug)), user))


@require_GET
def subject_gates(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The gates of one subject of whatever kind."""
    user = person(request)
    return render(request, "gates/wave.html", _of(lookup.subject_for(user, kind, pk), user))


@require_GET
def wave(request: HttpRequest, slug: str) -> HttpResponse:
    """The fragment of a wave's page: its lanes."""
    user = person(request)
    return render(request, "gates/_wave.html", _of(of_wave(wave_seen_by(user, slug)), user))


@require_GET
def gate(request: HttpRequest, ref: str) -> HttpResponse:
    """One gate: what blocks and who must act, its criteria, the poll, what became of its turns."""
    user = person(request)
    return render(request, "gates/gate.html", _gate(lookup.gate_for(user, ref), user))


@require_GET
def standing(request: HttpRequest, ref: str) -> HttpResponse:
    """The first line of a gate as it is now; what changed since ``seen`` is announced."""
    user = person(request)
    page = queries.gate_page(lookup.gate_for(user, ref), user)
    head = presenting.headline(page.standing.state, page.blocks, page.who)
    context = {"gate": page.gate, "page": page, "head": head}
    context["first"] = _first(
        page, presenting.lines(page, page.standing.snapshot.at, histories.by_phase(page.gate.subject))
    )
    context["announce"] = request.GET.get("seen", "")[:600] != head.text
    return render(request, "gates/_standing.html", context)


@require_GET
def criterion(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """Show one criterion: its result, definition, trend, waivers and attestations."""
    user = person(request)
    found = lookup.gate_for(user, ref)
    wanted = lookup.criterion_for(found, code)
    page = queries.gate_page(found, user)
    row = next((row for row in page.rows if row.held.criterion.pk == wanted.pk), None)
    wanted.gate = page.gate
    context: dict[str, Any] = {"gate": page.gate, "criterion": wanted, "manages": may(user, MANAGE, page.gate.subject)}
    context["attests"] = may(user, "waves.attest_gates", page.gate.subject)
    context["history"] = histories.of(wanted, lookup.version_of(wanted), place=keyset.asked(request.GET))
    context["now"] = timezone.now()
    context["waivers"] = [(waiver, waiver.state_at(context["now"])) for waiver in context["history"].waivers]
    if row is not None:
        others = histories.by_phase(page.gate.subject)
        line = presenting.line(row, page.gate, context["now"], others, size=presenting.BIG)
        context |= {
            "line": line,
            "how": presenting.how(line.evaluated.spec),
            "waiving": _waiving(line, context["attests"]),
        }
        context["version_note"] = f"version {line.evaluated.spec.version}"
    return render(request, "gates/criterion.html", context)


def _of(subject: Subject, user: User) -> dict[str, Any]:
    return _lanes(queries.lanes(user, [subject])[0], user)


def _lanes(found: SubjectLanes, user: User) -> dict[str, Any]:
    subject = found.subject
    made = any(lane.gate for lane in found.lanes)
    rows = [(number, lane, _headline(lane)) for number, lane in enumerate(found.lanes, 1)]
    lacking = any(lane.gate is None for lane in found.lanes)
    return {
        "subject": subject,
        "label": kind_of(subject.kind).label,
        "frozen": any(wave.frozen_at for wave in subject.waves),
        "page_url": subject.page,
        **_addresses(subject),
        "lanes": rows,
        "made": made,
        "lacking": lacking,
        "manages": may(user, MANAGE, subject),
    }


def _addresses(subject: Subject) -> dict[str, str]:
    """The addresses of the subject's gates, and of making those that it lacks."""
    if subject.wave:
        names, arguments = ("gates:wave-gates", "gates:make"), [subject.ref]
    else:
        names, arguments = ("gates:subject-gates", "gates:make-for"), [subject.kind, str(subject.id)]
    return dict(zip(("gates_url", "make_url"), (reverse(name, args=arguments) for name in names), strict=True))


def _headline(lane: Lane) -> presenting.Headline | None:
    return presenting.headline(lane.state, lane.blocks, lane.who) if lane.state else None


def _gate(found: Gate, user: User) -> dict[str, Any]:
    page = queries.gate_page(found, user)
    lines = presenting.lines(page, page.standing.snapshot.at, histories.by_phase(page.gate.subject))
    package = page.standing.package
    ended = page.standing.state in (GateState.SUPERSEDED, GateState.WITHDRAWN, GateState.LAPSED)
    return {
        "gate": page.gate,
        "page": page,
        "head": presenting.headline(page.standing.state, page.blocks, page.who),
        "lines": lines,
        "first": _first(page, lines),
        "package": package,
        "decision": getattr(package, "decision", None),
        "policy": package.policy if package else page.standing.snapshot.policy,
        "poll": page.poll,
        "acts": _acts(page, user),
        "manages": may(user, MANAGE, page.gate.subject),
        "courses": any(line.trend for line in lines),
        "ended": ended,
        "decision_note": "no longer valid" if ended else "",
        "waits_to_begin": page.standing.state in (GateState.GO, GateState.GO_WITH_CONDITIONS),
    }


def _first(page: GatePage, lines: list[presenting.Line]) -> presenting.Line | None:
    """The criterion that the first line of the page speaks of, if it speaks of one."""
    return next((line for line in lines if page.blocks and line.evaluated.sentence == page.blocks[0]), None)


def _acts(page: GatePage, user: User) -> list[dict[str, Any]]:
    """The buttons of a gate: what this person may do, and of what comes next also what they may not, with why."""
    named = {"seal": may(user, MANAGE, page.gate.subject), "begin": may(user, "waves.begin_gates", page.gate.subject)}
    sits = user.pk in {key for seat in page.seats for key in (seat.holder_id, seat.alternate_id)}
    chairs = any(seat.chair and seat.holder_id == user.pk for seat in page.seats)
    asked = sits and not (page.poll and page.poll.mine)
    named |= {"vote": asked, "consolidate": chairs and not asked, "decide": chairs, "withdraw": False}
    coming = NEXT.get(page.standing.state, ())
    shown = [name for name in ACTS if page.answers[name] or (name in coming and named[name])]
    return [
        {"label": label, "icon": icon, "url": url, "kind": kind, "answer": page.answers[name]}
        for name in shown
        for label, icon, url, kind in [ACTS[name]]
    ]


def _waiving(line: presenting.Line, able: bool) -> Any:
    """Whether a holder of that permission may request a waiver of this criterion."""
    evaluated = line.evaluated
    return may_ask_waiver(
        evaluated.spec,
        evaluated.result,
        able=able,
        standing=bool(line.row.waiver or line.row.asked),
        reason="",
        compensating_control="",
        not_after=None,
        now=timezone.now(),
    )
