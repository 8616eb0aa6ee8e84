"""A move from WordPress killed by SIGKILL in its middle: what stands is whole, and the same export brings the rest."""

from collections.abc import Callable
from pathlib import Path

import pytest
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from almoner.giving import demo
from almoner.stories import demo as stories_demo
from almoner.stories.models import ImportedPost, RelatedStory, StoryPage
from tests.crash.drill import KILLED, armed, at_site, prove_all
from tests.support import wxr
from tests.support.server import Site

pytestmark = pytest.mark.crash


@pytest.mark.parametrize("label", ["wordpress.before-commit", "wordpress.after-commit"])
def test_a_killed_import_is_whole_and_goes_on(
    new_server: Callable[..., Site], tmp_path: Path, label: str
) -> None:
    charity = demo.seed()
    stories_demo.seed(charity)
    site = new_server(started=False)
    export = wxr.export(tmp_path / "export.xml", wxr.large(10, filler=50))
    command = (
        "import", "wordpress", str(export), "--charity", charity.slug, "--publish",
        "--form", "pronto-donation-form:4840=light", "--report", str(tmp_path / "report.csv"),
    )  # fmt: skip
    dies = site.start(*command, **armed(label))
    assert dies.wait(timeout_seconds=120) == KILLED, dies.output
    with at_site(site):
        kept = int(label == "wordpress.after-commit")
        found = (
            ImportedPost.objects.count(),
            StoryPage.objects.filter(slug="story-1").count(),
            Redirect.objects.count(),
        )
        assert found == (kept, kept, kept)
        assert not Page.find_problems()[0], "no page without its place in the tree"
    again = site.start(*command)
    assert again.wait(timeout_seconds=120) == 0, again.output
    with at_site(site):
        assert (
            ImportedPost.objects.count() == 11
            and StoryPage.objects.filter(slug__startswith="story-").count() == 10
        )
        near = RelatedStory.objects.filter(story__slug="story-1", other__slug__startswith="story-")
        assert near.exists(), "nearness is computed for what the killed import had published, too"
    prove_all(site)
