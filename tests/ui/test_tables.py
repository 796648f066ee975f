"""The table component: columns declared once, cells that know their column by place."""

from __future__ import annotations

import re
from cProfile import Profile

import pytest
from django.template import Context, Template
from django.template.exceptions import TemplateSyntaxError

from tests.ui.rendering import draw

RUNS = """
{% table "Runs" list=True top=True also="runs" %}
  {% caption %}Runs, newest first{% endcaption %}
  {% column "Run" "name" %}{% if wave %}{% column "Wave" %}{% endif %}
  {% column "Lines" "num" %}{% column "Actions" hidden=True %}
{% rows %}
  {% for run in runs %}
    {% row bad if run.bad %}
      {% cell %}
        {{ run.name }}
      {% endcell %}
      {% if wave %}{% cell "nowrap" %}{{ wave }}{% endcell %}{% endif %}
      {% cell %}{{ run.lines }}{% endcell %}
      {% cell %}<button>Recall</button>{% endcell %}
    {% endrow %}
  {% endfor %}
{% else %}
  <p>No run yet</p>
{% endtable %}
"""


def _tight(html: str) -> str:
    """Leave out what stands between tags and is white space."""
    return re.sub(r">\s+<", "><", html).strip()


def test_a_cell_takes_label_and_look_from_its_column() -> None:
    drawn = _tight(draw(RUNS, runs=[{"name": "R-1", "lines": 7, "bad": True}], wave="North"))
    assert drawn == (
        '<div class="table-scroll" role="region" aria-label="Runs" tabindex="0">'
        '<table class="table table--stack table--top runs">'
        '<caption class="visually-hidden">Runs, newest first</caption>'
        '<thead><tr><th scope="col" class="name">Run</th><th scope="col">Wave</th>'
        '<th scope="col" class="num">Lines</th>'
        '<th scope="col"><span class="visually-hidden">Actions</span></th></tr></thead>'
        '<tbody data-list><tr data-bad><th scope="row" data-label="Run" class="name"><div>R-1</div></th>'
        '<td data-label="Wave" class="nowrap"><div>North</div></td><td data-label="Lines" class="num"><div>7</div></td>'
        "<td><button>Recall</button></td></tr></tbody></table></div>"
    )


def test_a_column_left_out_leaves_the_others_their_labels() -> None:
    drawn = draw(RUNS, runs=[{"name": "R-1", "lines": 7}])
    assert '<td data-label="Lines" class="num"><div>7</div></td>' in drawn
    assert "Wave" not in drawn


def test_without_a_row_something_else_stands_there() -> None:
    assert _tight(draw(RUNS, runs=[])) == "<p>No run yet</p>"


def test_what_people_wrote_is_escaped() -> None:
    drawn = draw(
        "{% table name %}{% column name name wrap=name %}{% column 'B' %}{% rows %}{% row %}"
        "{% cell name %}{{ name }}{% endcell %}{% cell %}{% endcell %}{% endrow %}{% endtable %}",
        name='<b>"',
    )
    assert "<b>" not in drawn
    assert '""' not in drawn
    assert '<td data-label="B"></td>' in drawn


def test_a_table_may_keep_its_shape_or_its_own_look() -> None:
    rest = "{% column 'A' 'num' %}{% rows %}{% row %}{% cell %}1{% endcell %}{% endrow %}{% endtable %}"
    kept = draw("{% table 'T' stack=False %}" + rest)
    assert '<table class="table">' in kept
    assert '<th scope="row" class="num">1</th>' in kept
    assert '<table class="pack__table">' in draw("{% table 'T' look='pack__table' %}" + rest)


def test_a_row_is_marked_on_a_condition() -> None:
    start = "{% table %}{% column 'A' %}{% rows %}{% for n in numbers %}"
    end = "{% cell %}{{ n }}{% endcell %}{% endrow %}{% endfor %}{% endtable %}"
    drawn = draw(start + "{% row current if n == 2 and numbers %}" + end, numbers=[1, 2])
    assert '<tr><th scope="row" data-label="A"><div>1<' in drawn
    assert '<tr aria-current="true"><th scope="row" data-label="A"><div>2<' in drawn
    assert '<tr class="wide">' in draw(start + "{% row 'wide' %}" + end, numbers=[1])


def test_a_table_without_a_label_stands_in_no_region() -> None:
    drawn = draw("{% table %}{% column 'A' %}{% rows %}{% endtable %}")
    assert drawn.startswith('<table class="table table--stack">')


def test_a_caption_may_be_shown() -> None:
    drawn = draw(
        "{% table 'T' %}{% caption visible=True %}As of {{ day }}{% endcaption %}"
        "{% column 'A' %}{% rows %}{% endtable %}",
        day="<Monday>",
    )
    assert "<caption>As of &lt;Monday&gt;</caption>" in drawn


def test_a_cell_may_span_columns_and_hold_a_table() -> None:
    inner = "{% table 'I' %}{% column 'C' %}{% rows %}{% row %}{% cell %}x{% endcell %}{% endrow %}{% endtable %}"
    drawn = draw(
        "{% table 'T' %}{% column 'A' %}{% column 'B' %}{% column 'D' %}{% rows %}{% row %}"
        "{% cell %}" + inner + "{% endcell %}{% cell span=2 %}wide{% endcell %}{% endrow %}{% endtable %}"
    )
    assert '<td data-label="B" colspan="2"><div>wide</div></td>' in drawn
    assert '<th scope="row" data-label="C"><div>x</div></th>' in drawn


@pytest.mark.parametrize(
    ("cells", "message"),
    [(1, "no cell for the column “B”"), (3, "more cells than the 2 columns")],
)
def test_a_row_covers_its_columns(cells: int, message: str) -> None:
    row = "{% row %}" + "{% cell %}x{% endcell %}" * cells + "{% endrow %}"
    with pytest.raises(TemplateSyntaxError, match=message):
        draw("{% table 'T' %}{% column 'A' %}{% column 'B' %}{% rows %}" + row + "{% endtable %}")


@pytest.mark.parametrize(
    "source",
    [
        "{% table 'T' %}{% rows %}{% row bad unless 1 %}{% endrow %}{% endtable %}",
        "{% table 'T' %}{% rows %}{% row bad if %}{% endrow %}{% endtable %}",
        "{% table 'T' %}{% rows %}{% row good if 1 if 2 %}{% endrow %}{% endtable %}",
        "{% table 'T' sorted=True %}{% rows %}{% endtable %}",
        "{% table 'T' %}{% column %}{% rows %}{% endtable %}",
        "{% table 'T' %}{% column 'A' 'num' 'b' %}{% rows %}{% endtable %}",
        "{% table 'T' %}{% rows %}{% row good %}{% endrow %}{% endtable %}",
        "{% cell %}x{% endcell %}",
    ],
)
def test_a_mistake_is_refused(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        draw(source)


def test_white_space_between_two_parts_of_a_cell_stays() -> None:
    drawn = draw(
        "{% table 'T' stack=False %}{% column 'A' %}{% rows %}{% row %} {% cell %} {{ a }} {{ b }} {% endcell %} "
        "{% endrow %}{% endtable %}",
        a="x",
        b="y",
    )
    assert '<tr><th scope="row">x y</th></tr>' in drawn


def test_a_cell_costs_a_few_calls() -> None:
    """Lists have hundreds of cells: what can be settled for a column is not settled for each of its rows."""

    def calls(rows: int) -> int:
        profile = Profile()
        profile.runcall(template.render, Context({"numbers": range(rows)}))
        return sum(entry.callcount for entry in profile.getstats())

    template = Template(
        "{% table 'T' %}{% column 'A' %}{% column 'B' %}{% column 'C' 'num' %}{% column 'D' %}{% rows %}"
        "{% for n in numbers %}{% row %}{% cell %}x{% endcell %}{% cell 'num' %}x{% endcell %}"
        "{% cell span=2 %}x{% endcell %}{% endrow %}{% endfor %}{% endtable %}"
    )
    calls(2)
    assert (calls(101) - calls(1)) / 100 / 3 <= 20
