"""Each bench runs, and its last line has the figures that are asked of it. What they say of time is not judged here."""

import json
import subprocess
import sys

import pytest

from tests.support import templates

KEYS = {
    "addresses": {
        "p99_us_clean", "p99_us_typo", "p50_us_clean", "p50_us_typo", "hit1_clean", "hit5_clean", "hit5_typo",
        "bytes_per_address", "private_mb", "build_s", "http_p50_ms", "http_p99_ms", "http_requests_per_s",
        "strange_queries", "strange_slowest_ms",
    },
    "attack": {
        "attempts", "reached_gateway", "hosted_opened", "turned_back", "attacks", "honest", "honest_delayed",
        "honest_lost",
    },
    "books": {
        "read_ratio", "match_ratio", "undo_ratio", "trial_balance_ratio", "income_by_appeal_ratio",
        "postings_csv_ratio", "beancount_ratio", "match_queries", "undo_queries", "beancount_queries",
    },
    "disclosure": {
        "series", "recovered", "recovered_without_secondary", "recovered_without_history",
        "recovered_with_small_wholes",
    },
    "embed": {"script_kb", "host_requests", "host_kb", "lcp_ratio", "button_lcp_ratio"},
    "faults": {
        "faults", "lost", "doubled", "phantom", "stuck", "wrong", "acknowledged", "mutants_planted", "mutants_caught",
        "histories", "steps_per_minute",
    },
    "giving": {
        "gifts_ratio", "cpu_ratio", "cpu_ms_per_gift", "drain_cpu_ms", "form_get_ratio", "p99_over_p50",
        "commits_per_gift",
    },
    "mail": {"donors", "mails", "ratio", "wait_max_ms", "page_queries", "step_queries"},
    "page": {"page_kb", "page_requests", "js_kb", "lcp_ratio"},
    "recurring": {"plans_per_s", "cpu_ms_per_charge", "lost", "doubled", "plans", "kills"},
    "related": {"recall4", "mrr", "recall4_bm25", "recall4_tags", "stories"},
    "staff": {"gifts", "list_cpu_ms", "list_queries", "plans_cpu_ms", "plans_queries"},
    "story": {"cached_ratio", "uncached_cpu_ms", "cached_per_s"},
}  # fmt: skip
# What there should be none of.
NONE_OF = {"honest_lost", "lost", "recovered", "doubled", "phantom", "stuck", "wrong"}
# What no machine changes: of the links that editors wrote themselves, how many are among the four nearest stories.
LEAST = {"related": {"recall4": 0.5}}
BENCHES = sorted(path.stem for path in (templates.ROOT / "bench").glob("[a-z]*.py"))


def test_every_bench_is_known() -> None:
    assert sorted(KEYS) == BENCHES


@pytest.mark.skipif(bool(templates.base_url()), reason="a bench makes its own databases: once is enough")
@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_tells_its_figures(name: str) -> None:
    done = subprocess.run(
        [sys.executable, f"bench/{name}.py", "--quick"],
        cwd=templates.ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    mark, _, result = done.stdout.strip().splitlines()[-1].partition(" ")
    assert mark == "RESULT"
    figures = json.loads(result)
    assert set(figures) >= KEYS[name]
    assert [key for key in KEYS[name] if not isinstance(figures[key], int | float)] == []
    assert [key for key in KEYS[name] - NONE_OF if figures[key] <= 0] == []
    assert [key for key in KEYS[name] & NONE_OF if figures[key] != 0] == []
    assert [key for key, least in LEAST.get(name, {}).items() if figures[key] < least] == []
