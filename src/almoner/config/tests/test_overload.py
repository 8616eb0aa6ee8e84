"""Who is sent away first, and who never."""

import pytest

from almoner.config.overload import Gauge, Rank, rank_of

pytestmark = pytest.mark.once
RANKS = {
    "/admin/giving-reports/income/": Rank.ORNAMENT, "/admin/": Rank.ORNAMENT, "/admin/gifts/export/": Rank.ORNAMENT,
    "/oembed": Rank.ORNAMENT, "/stories/": Rank.PAGE, "/ar/stories/": Rank.PAGE, "/admin/gifts/": Rank.PAGE,
    "/api/v1/gifts": Rank.PAGE, "/giving/": Rank.PAGE, "/give/4840/": Rank.STEP, "/ar/give/4840/": Rank.STEP,
    "/give/4840/details/": Rank.STEP, "/ar/give/4840/payment/": Rank.STEP, "/give/4840/submit/": Rank.NEVER,
    "/ar/give/4840/submit/": Rank.NEVER, "/give/return/abc/": Rank.NEVER, "/give/thanks/abc/": Rank.NEVER,
    "/give/4840/frame/details/": Rank.NEVER, "/webhooks/stripe/": Rank.NEVER, "/health/ready": Rank.NEVER,
    "/give/assets/0a/give.js": Rank.NEVER,
}  # fmt: skip


@pytest.mark.parametrize(("path", "rank"), RANKS.items())
def test_a_rank(path: str, rank: Rank) -> None:
    assert rank_of(path) == rank


@pytest.mark.parametrize(
    ("threads", "limits"), [(16, (8, 12, 15)), (4, (2, 3, 3)), (2, (1, 1, 1)), (1, (1, 1, 1))]
)
def test_the_form_is_the_last_to_go_and_one_thread_is_left(threads: int, limits: tuple[int, ...]) -> None:
    gauge = Gauge(threads, (50, 75, 95))
    assert gauge.limits == limits
    assert not gauge.too_many(Rank.NEVER, 1_000)
    assert not Gauge(threads, (101, 101, 101)).too_many(Rank.ORNAMENT, 1_000)


def test_who_has_gone_counts_no_more() -> None:
    gauge = Gauge(4, (50, 75, 95))
    with pytest.raises(RuntimeError), gauge.entered() as first, gauge.entered() as second:
        assert (first, second) == (0, 1)
        raise RuntimeError
    with gauge.entered() as others:
        assert others == 0
