"""What a chart draws: words as large as the page's, none struck through, and a target as long as it tells anything."""

import re
from datetime import date
from decimal import Decimal

from almoner.stories.charts import Bar, Point, bars, line, progress
from almoner.stories.courses import Course, lines


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


def test_each_of_several_courses_has_a_dash_a_mark_and_a_row_of_the_key() -> None:
    drawn = lines(
        [Course("Kenya", course(10, 30, 40)), Course("<Peru>", course(50, 60)), Course("Chad", course(20))],
        key="d1", title="Calls",
    )  # fmt: skip
    # The largest first.
    assert re.findall(r'<polyline class="([^"]+)"', drawn) == ["c-line c-d0", "c-line c-d1"]
    assert re.findall(r'<path class="(c-line c-d\d)"', drawn) == ["c-line c-d0", "c-line c-d1", "c-line c-d2"]
    marks = re.findall(r'class="c-mark"><path d="([^"]+)"', drawn)
    assert [marks.count(each) for each in dict.fromkeys(marks)] == [3, 4, 2]
    assert re.findall(r'>([^<>]+)</text><text class="c-end c-number"[^>]*>([^<]+)<', drawn) == [
        ("&lt;Peru&gt;", "60"), ("Kenya", "40"), ("Chad", "20"),
    ]  # fmt: skip
    assert (
        "&lt;Peru&gt;, 2026: 50; &lt;Peru&gt;, 2026: 60; Kenya, 2026: 10; Kenya, 2026: 40; Chad, 2026: 20<"
        in drawn
    )
    assert "stands in the table" not in drawn and "<style" not in drawn and " style=" not in drawn
    # Where no course is one, there is nothing to draw.
    assert lines([Course("Kenya", course(10)), Course("Peru", course(20))], key="d1", title="") == ""


def test_of_many_courses_the_largest_are_drawn_and_the_rest_is_said() -> None:
    many = [Course(f"Place {number}", course(number, number * 10)) for number in range(1, 8)]
    drawn = lines(many, key="d1", title="")
    assert re.findall(r">(Place \d)</text>", drawn) == ["Place 7", "Place 6", "Place 5", "Place 4"]
    assert drawn.endswith('<p class="s-known">The largest are drawn. Every number stands in the table.</p>')


def test_no_line_runs_where_a_number_is_left_out() -> None:
    january, february, march, april = course(10, 20, 30, 40)
    days = [each.day for each in (january, february, march, april)]
    hidden = Course("Kenya", [january, march, april])
    whole, broken = (lines([hidden], key="d1", title="", days=these) for these in ((), days))
    assert [len(each.split()) for each in re.findall(r'points="([^"]+)"', whole)] == [3]
    assert [len(each.split()) for each in re.findall(r'points="([^"]+)"', broken)] == [2]
    assert whole.count('class="c-mark"') == broken.count('class="c-mark"') == 4


def test_bars_have_their_names_and_what_is_typed_is_escaped() -> None:
    long = "<b>" + "x" * 60
    drawn = bars([Bar("here", Decimal(40), "40"), Bar(long, Decimal(10), "10")], key="b", title='"><i>')
    assert re.findall(r'width="([\d.]+)%" height="14"', drawn) == ["100.0", "25.0"]
    assert ">here<" in drawn and "…</text>" in drawn and "<b>" not in drawn and "<i>" not in drawn
    assert bars([], key="b", title="") == "" == progress(Decimal(1), Decimal(0), key="p", title="", said="")


def test_progress_never_runs_over_its_rail() -> None:
    drawn = progress(Decimal(30), Decimal(20), key="p", title="Calls", said="30 / 20")
    assert re.findall(r'width="([\d.]+)%"', drawn)[-1] == "100.0"
