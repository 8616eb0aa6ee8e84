"""What oEmbed says of a story. Wired by `config`."""

from urllib.parse import unquote

from django.http import HttpRequest

from almoner.embedding.hooks import Story
from almoner.stories import reading, shelves, tongues
from almoner.stories.models import StoryPage
from almoner.stories.sites import place_of, site_asked


def story_at(request: HttpRequest, path: str) -> Story | None:
    """The story that readers of this host find at `path`; None where they find none."""
    site = site_asked(request)
    if site is None:
        return None
    way = unquote(path).strip("/")
    # The last word has an index, the whole way has none.
    named = StoryPage.objects.filter(slug=way.rpartition("/")[2], url_path=f"{site.root_page.url_path}{way}/")
    page = shelves.readable(named).first()
    place = place_of(page) if page is not None else None
    if place is None:
        return None
    return Story(
        title=page.title,
        url=place.root_url + place.address(page),
        author=page.author,
        language=tongues.language_of(page, place.charity),
        form=reading.first_form(page.body, place.charity),
    )
