"""What oEmbed asks of the room of stories. `config` sets it once, at start: no signals."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Story:
    """A story that anybody may read now. `form` is the form that stands in it, by number or word; "": there is none."""

    title: str
    url: str
    author: str
    language: str
    form: str


def _no_story(request: HttpRequest, path: str) -> Story | None:
    return None


@dataclass(slots=True)
class Hooks:
    # The story at a path of the site that is asked.
    story_at: Callable[[HttpRequest, str], Story | None] = _no_story


hooks = Hooks()
