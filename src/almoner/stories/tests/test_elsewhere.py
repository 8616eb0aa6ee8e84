"""What other sites show is a link: neither a reader's browser nor our server asks them for anything."""

import socket
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.embeds.models import Embed

from almoner.stories.blocks import ElsewhereBlock
from almoner.stories.tests.conftest import WriteStory
from almoner.stories.tests.test_story_page import html_of, loads

VIDEO = "https://www.youtube.com/watch?v=dQw4w9WgXcQ"


@pytest.fixture
def asked() -> Iterator[list[Any]]:
    """The names of hosts that were looked up."""
    names: list[Any] = []

    def look_up(host: Any, *rest: Any, **named: Any) -> Any:
        names.append(host)
        raise socket.gaierror("nobody is asked in this test")

    with mock.patch.object(socket, "getaddrinfo", look_up):
        yield names


def test_a_video_is_a_link_with_the_name_of_its_site(reader: Client, write: WriteStory) -> None:
    value = {"title": "The rescue (video)", "url": VIDEO, "text": "Told by\n\nthose who were there."}
    story = write("Seen", body=[{"type": "elsewhere", "value": value}])
    html = html_of(reader, story)
    assert f'<a href="{VIDEO}" rel="noopener noreferrer external"><bdi>The rescue (video)</bdi></a>' in html
    assert '<bdi class="s-source">youtube.com</bdi>' in html and "<p>those who were there.</p>" in html
    assert all(address.startswith(("/", "data:")) for address in loads(html).fetched)
    assert "<iframe" not in html


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org/a", "file:///etc/passwd"])
def test_it_leads_to_a_web_page(url: str) -> None:
    block = ElsewhereBlock()
    with pytest.raises(ValidationError) as refused:
        block.clean(block.to_python({"title": "A video", "url": url, "text": ""}))
    assert "url" in refused.value.block_errors


@pytest.mark.parametrize(
    "url", [VIDEO, "https://vimeo.com/76979871", "http://169.254.169.254/latest/meta-data/"]
)
def test_ssrf_nobody_is_asked_what_to_embed(
    reader: Client, editor: Client, write: WriteStory, asked: list[Any], url: str
) -> None:
    """Wagtail would ask the site's oEmbed from our server: when an editor chooses, and when a page is read."""
    chosen = editor.post(reverse("wagtailembeds:chooser_upload"), {"embed-chooser-url": url})
    assert chosen.status_code == 200 and "embed_chosen" not in chosen.content.decode()
    story = write(text=f'<p>Words.</p><embed embedtype="media" url="{url}"/>')
    assert "Words." in html_of(reader, story)
    assert asked == []
    assert not Embed.objects.exists()
