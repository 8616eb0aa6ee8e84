"""What a chart draws: words as large as the page's, none struck through, and a target as long as it tells anything."""

import re
from datetime import date
from decimal import Decimal

from almoner.stories.charts import Bar, Point, bars, line, progress


def course(*values: int) -> list[Point]:
    return [
        Point(date(2026, month, 28), Decimal(each), str(each)) for month, each in enumerate(values, start=1)
    ]


def target(value: int) -> Bar:
    return Bar("To reach:", Decimal(value), str(value))


def heights(drawn: str) -> list[float]:
    """Of the numbers at both ends."""
    return [float(y) for y in re.findall(r'c-number" x="[^"]+" y="([^"]+)"', drawn)]


def dots(drawn: str) -> list[float]:
    return [float(y) for y in re.findall(r'cy="([^"]+)"', drawn)]


def test_a_course_names_both_its_ends() -> None:
    drawn = line(course(10, 30, 40), key="d1", title="Calls")
    assert '<title id="d1-t">Calls</title>' in drawn and "2026: 10; 2026: 40" in drawn
    assert re.findall(r">(January 2026|March 2026|10|40)<", drawn) == [
        "10",
        "January 2026",
        "40",
        "March 2026",
    ]
    assert [y < dot for y, dot in zip(heights(drawn), dots(drawn)[::2], strict=True)] == [True, True]
    assert 'viewBox="0 0 320' not in drawn and "c-aim" not in drawn
    assert line(course(10), key="d1", title="Calls") == ""


def test_no_number_stands_on_the_target_s_line() -> None:
    near, far = (line(course(10, 92), key="d1", title="", target=target(to)) for to in (100, 180))
    assert 'class="c-aim"' in near and "To reach: \u2068100\u2069" in near
    assert heights(near)[1] > dots(near)[1] and heights(far)[1] < dots(far)[1]


def test_a_target_that_is_far_away_would_flatten_the_course() -> None:
    assert "c-aim" in line(course(10, 50), key="d1", title="", target=target(100))
    assert "c-aim" not in line(course(10, 50), key="d1", title="", target=target(101))


def test_bars_have_their_names_and_what_is_typed_is_escaped() -> None:
    long = "<b>" + "x" * 60
    drawn = bars([Bar("here", Decimal(40), "40"), Bar(long, Decimal(10), "10")], key="b", title='"><i>')
    assert re.findall(r'width="([\d.]+)%" height="14"', drawn) == ["100.0", "25.0"]
    assert ">here<" in drawn and "…</text>" in drawn and "<b>" not in drawn and "<i>" not in drawn
    assert bars([], key="b", title="") == "" == progress(Decimal(1), Decimal(0), key="p", title="", said="")


def test_progress_never_runs_over_its_rail() -> None:
    drawn = progress(Decimal(30), Decimal(20), key="p", title="Calls", said="30 / 20")
    assert re.findall(r'width="([\d.]+)%"', drawn)[-1] == "100.0"
