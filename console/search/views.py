"""The search: a page without script, and what the palette of every page shows.

The text is sent with POST and never stands in an address: it may be a patient's number.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from console.errors import Busy
from console.search import actions, queries
from console.web.form_pages import NotDone, press
from console.web.throttles import SearchThrottle
from console.web.view_helpers import person


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Search, or show where to.

    A search that could find records of patients is logged before it is answered, whatever it found. All other sources
    show names of the console's own (cases, runs, waves, commands …) and nothing of a patient; what opens, logs itself.
    """
    if request.method != "POST":
        return render(request, "search/search.html", {"answer": None})
    if not SearchThrottle().allow_request(request, None):  # type: ignore[arg-type]
        raise Busy("You have searched too often in a short time. Wait a minute and try again.")
    by, typed = person(request), request.POST.get("text", "")
    inner = request.headers.get("HX-Request") == "true"
    done = press(queries.answer, by, typed, request.POST.get("group", ""))
    if isinstance(done, NotDone):
        template = "errors/refusal_fragment.html" if inner else "search/search.html"
        return render(request, template, {"sentence": done.sentence}, status=done.status)
    answer = done.value
    if answer.records:
        groups = [source.code for source in answer.records]
        actions.searched(text=answer.asked.text, groups=groups, found=answer.records_found, by=by)
    template = "search/_answer.html" if inner else "search/search.html"
    return render(request, template, {"answer": answer, "typed": typed})
