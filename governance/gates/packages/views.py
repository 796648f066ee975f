"""Views that export decisions: the board pack, the signed file, and the script that verifies it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from console.errors import Missing
from console.web.view_helpers import person
from governance.gates import lookup
from governance.gates.actions.exporting import export_decision, print_pack
from governance.gates.packages import export
from governance.gates.packages import pack as packs
from governance.gates.queries import status as standings


@never_cache
@require_GET
def pack(request: HttpRequest, ref: str) -> HttpResponse:
    """The board pack of the newest turn, or of ``?turn=``, to be printed."""
    by = person(request)
    gate = lookup.gate_for(by, ref)
    turn = request.GET.get("turn", "")
    if turn and not (turn.isascii() and turn.isdigit() and len(turn) < 8):
        raise Missing(f"{gate.ref} has no round {turn}.")
    package = lookup.package_for(gate, int(turn)) if turn else lookup.newest_package(gate)
    print_pack(package=package, by=by)
    shown = packs.of(package, standings.of(gate, timezone.now()), by)
    return render(request, "gates/pack.html", {"gate": gate, "package": package, "pack": shown})


@never_cache
@require_GET
def decision(request: HttpRequest, ref: str, turn: int) -> HttpResponse:
    """The exported decision of one turn, as a file."""
    by = person(request)
    package = lookup.package_for(lookup.gate_for(by, ref), turn)
    return as_file(export_decision(package=package, by=by), f"{package.gate.ref}-turn-{turn}.json", "application/json")


@require_GET
def verifier(request: HttpRequest) -> HttpResponse:
    """The program that checks an exported decision, with its SHA-256 in a header."""
    source, digest = export.verifier()
    response = as_file(source, export.VERIFIER.name, "text/x-python; charset=utf-8")
    response["X-SHA256"] = digest
    return response


def as_file(content: bytes, name: str, kind: str) -> HttpResponse:
    """An answer that is saved, byte for byte."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
