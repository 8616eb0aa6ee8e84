"""A move from WordPress by the browser: an export is sent and looked at, then imported by the worker, and reported."""

import os
import re
import tempfile
import time
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support import wxr
from tests.support.wxr import Post, picture
from wagtail.models import Page

from almoner.backoffice import roles
from almoner.charities.models import AuditEntry, Charity, StaffScope
from almoner.config import cli
from almoner.config.commands import importing
from almoner.config.wiring import HANDLERS
from almoner.kernel.clock import now
from almoner.outbox.models import Job
from almoner.outbox.worker import drain
from almoner.stories.models import ImportedPost, Move, MovePart, StoryIndexPage, StoryPage
from almoner.stories.wordpress import moves
from almoner.stories.wordpress.fetching import NotFetched

HERE = "/admin/from-wordpress/"
POSTS = [
    Post(1, title="Whole", slug="whole"),
    Post(2, title="Form", slug="form", content="<p>Help.</p>\n\n[give_form id=77]"),
    Post(3, title="Too long", content="word " * 500_000),
    Post(4, title="Twice", slug="twice"),
    Post(5, title="Again", slug="again", guid="https://old.example/?p=4"),
]


@pytest.fixture(autouse=True)
def no_pages(charity: Charity) -> None:
    """The demonstration's database is there."""


def sent(tmp_path: Path, *posts: Post, name: str = "site.xml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, wxr.export(tmp_path / "export.xml", posts).read_bytes())


def send(client: Client, charity: Charity, file: SimpleUploadedFile, **more: Any) -> Any:
    return client.post(HERE, {"charity": charity.pk, "export": file} | more)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def facts(client: Client, address: str) -> dict[str, str]:
    html = client.get(address).content.decode()
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
    return {re.sub(r"<[^>]+>|\s+", " ", k).strip(): re.sub(r"\s+", " ", v).strip() for k, v in found}


def test_an_export_is_looked_at_imported_and_reported(
    editor: Client, charity: Charity, reader: Client, tmp_path: Path
) -> None:
    pages = Page.objects.count()
    answer = send(editor, charity, sent(tmp_path, *POSTS))
    move = Move.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{HERE}{move.pk}/")
    assert "Waiting for its turn" in text_of(editor, answer["Location"])
    drain(HANDLERS)
    looked = text_of(editor, answer["Location"])
    assert "Nothing is imported yet" in looked and "[give_form 77]" in looked
    assert (Page.objects.count(), ImportedPost.objects.count()) == (pages, 0)
    expected = {"New": "3", "Not taken": "2", "Drafts in which readers would miss something": "1"}
    assert expected.items() <= facts(editor, answer["Location"]).items()

    answer = editor.post(answer["Location"], {"form_0": "light", "publish": "on"})
    begun = Move.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, f"{HERE}{begun.pk}/")
    drain(HANDLERS)
    told = facts(editor, answer["Location"])
    assert {
        "New": "3, 3 published",
        "Not taken": "2",
        "Old addresses that lead here": "3",
    }.items() <= told.items()
    assert told["[give_form 77]"] == "our form “light”"
    page = StoryPage.objects.get(slug="form")
    html = editor.get(answer["Location"]).content.decode()
    assert f'href="/admin/pages/{page.pk}/edit/"' in html
    refused = text_of(editor, f"{answer['Location']}?show=quarantined")
    assert "Its text is longer than two million characters" in refused and "GUID stands twice" in refused
    assert "Whole" not in refused
    assert reader.get("/2019/03/form/")["Location"] == "/stories/form/"
    assert 'id="giving"' in reader.get("/stories/form/").content.decode()
    assert not MovePart.objects.exists()
    acts = list(
        AuditEntry.objects.filter(action__startswith="move.")
        .order_by("id")
        .values_list("action", "actor_name", "charity")
    )
    assert acts == [("move.tried", "editor", charity.pk), ("move.begun", "editor", charity.pk)]

    # The same export once more brings nothing more, and the first report stays.
    send(editor, charity, sent(tmp_path, *POSTS))
    drain(HANDLERS)
    last = f"{HERE}{Move.objects.latest('pk').pk}/"
    again = {"New": "0", "As before": "3", "Not taken": "2", "[give_form 77]": "our form “light”"}
    assert again.items() <= facts(editor, last).items()
    assert facts(editor, answer["Location"]) == told


def test_a_long_import_lets_other_work_by(
    editor: Client, charity: Charity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slices of one post each, of which one is killed after its post stood: all come, each once."""
    monkeypatch.setattr(moves, "SLICE_SECONDS", 0.0)
    send(editor, charity, sent(tmp_path, *(Post(n, slug=f"many-{n}") for n in range(1, 6))))
    drain(HANDLERS)
    assert Job.objects.filter(kind=moves.JOB, state="done").count() == 5
    editor.post(f"{HERE}{Move.objects.get().pk}/", {})
    move = Move.objects.latest("pk")
    monkeypatch.setattr(moves, "_count", lambda move, report: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        moves.work({"move": move.pk})
    monkeypatch.undo()
    drain(HANDLERS)
    move.refresh_from_db()
    assert (move.state, move.done, move.total) == ("done", 5, 5)
    assert list(move.lines.values_list("ordinal", "fate")) == [(n, "imported") for n in range(5)]
    assert StoryPage.objects.filter(slug__startswith="many-").count() == 5


def test_a_file_that_is_none_says_so_and_changes_nothing(editor: Client, charity: Charity) -> None:
    pages = Page.objects.count()
    send(editor, charity, SimpleUploadedFile("holiday.jpg", b"\xff\xd8\xff\xe0 no export"))
    drain(HANDLERS)
    move = Move.objects.get()
    assert (move.state, move.lines.count(), move.parts.count()) == ("failed", 0, 0)
    said = text_of(editor, f"{HERE}{move.pk}/")
    assert "Nothing more was imported: line 1: " in said and "Export it once more" in said
    assert Page.objects.count() == pages


def test_what_can_not_be_taken_is_said_before_it_is_kept(
    editor: Client, charity: Charity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("almoner.stories.moving.EXPORT_BYTES_MAX", 10)
    answer = send(editor, charity, sent(tmp_path, *POSTS))
    assert "It is larger than 24 MB." in answer.content.decode() and not Move.objects.exists()
    assert "This field is required" in editor.post(HERE, {"charity": charity.pk}).content.decode()
    monkeypatch.undo()
    send(editor, charity, sent(tmp_path, *POSTS))
    assert "is being read or imported" in send(editor, charity, sent(tmp_path, *POSTS)).content.decode()
    assert Move.objects.count() == 1


def test_an_export_is_imported_once(editor: Client, charity: Charity, tmp_path: Path) -> None:
    send(editor, charity, sent(tmp_path, Post(1)))
    drain(HANDLERS)
    tried = f"{HERE}{Move.objects.get().pk}/"
    assert editor.post(tried, {"form_0": "nowhere"}).status_code == 302
    drain(HANDLERS)
    answer = editor.post(tried, {})
    assert answer.status_code == 200 and "Its export is no longer here" in answer.content.decode()
    assert Move.objects.count() == 2


def test_pictures_are_fetched_by_the_import_alone(
    editor: Client, charity: Charity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fetch(self: Any, url: str) -> bytes:
        asked.append(url)
        raise NotFetched("the old site answers 404")

    monkeypatch.setattr("almoner.stories.wordpress.fetching.Fetcher.fetch", fetch)
    address = f"{wxr.UPLOADS}/2019/03/pic-9.jpg"
    post = Post(1, content=f'<p><img src="{address}" alt="A boat"></p>')
    send(editor, charity, sent(tmp_path, post, picture(9, "pic-9")), fetch_images="on")
    drain(HANDLERS)
    tried = f"{HERE}{Move.objects.get().pk}/"
    assert not asked and f"A picture that would be fetched: {address}" in text_of(editor, tried)
    assert facts(editor, tried)["Drafts in which readers would miss something"] == "0"
    editor.post(tried, {})
    drain(HANDLERS)
    assert asked == [address]
    assert "the old site answers 404" in text_of(editor, f"{HERE}{Move.objects.latest('pk').pk}/")


def test_each_sees_the_imports_of_their_own_charities(
    editor: Client, charity: Charity, neighbour: StoryIndexPage, tmp_path: Path
) -> None:
    roles.ensure_roles()
    send(editor, charity, sent(tmp_path, Post(1)))
    move = Move.objects.get()
    for slug, role, listed, opened in (
        ("tidelight", roles.EDITORS, 200, 200),
        ("northwind", roles.EDITORS, 200, 404),
        ("tidelight", roles.TREASURERS, 302, 302),
    ):
        user = User.objects.create_user(f"{slug}-{role}")
        user.groups.add(Group.objects.get(name=role))
        StaffScope.objects.create(user=user, charity=Charity.objects.get(slug=slug))
        roles.sync_story_groups(User.objects.filter(pk=user.pk))
        client = Client()
        client.force_login(user)
        assert (client.get(HERE).status_code, client.get(f"{HERE}{move.pk}/").status_code) == (listed, opened)
        if opened != 200:
            assert "site.xml" not in client.get(HERE, follow=True).content.decode()
            assert client.post(f"{HERE}{move.pk}/", {}).status_code == opened
        if slug == "northwind":
            refused = send(client, charity, sent(tmp_path, Post(1)))
            assert refused.status_code == 200 and Move.objects.count() == 1


def test_a_long_report_takes_as_many_queries_as_a_short_one(
    editor: Client, charity: Charity, tmp_path: Path
) -> None:
    counts = []
    for many in (2, 30):
        send(editor, charity, sent(tmp_path, *(Post(n, slug=f"q-{n}") for n in range(1, many))))
        drain(HANDLERS)
        address = f"{HERE}{Move.objects.latest('pk').pk}/"
        editor.get(address)
        with CaptureQueriesContext(connection) as both:
            editor.get(address)
            editor.get(HERE)
        counts.append(len(both))
    assert counts[0] == counts[1] and counts[0] < 40


def test_a_killed_import_leaves_no_folder_for_ever(
    editor: Client, charity: Charity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What nobody holds goes; what another import holds, and what is a moment old, stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, young = tmp_path / "almoner-import-dead", tmp_path / "almoner-import-young"
    for folder in (dead, young):
        folder.mkdir()
        (folder / "index").write_text("x")
    (dead / "lock").touch()
    with moves.Scratch() as held:
        for folder in (dead, held.path):
            long_ago = time.time() - 3600
            os.utime(folder, (long_ago, long_ago))
        send(editor, charity, sent(tmp_path, Post(1)))
        drain(HANDLERS)
        assert held.path.exists() and young.exists() and not dead.exists()
    assert sorted(each.name for each in tmp_path.glob("almoner-import-*")) == ["almoner-import-young"]


def test_one_that_was_stopped_says_so_and_its_report_goes_in_time(
    editor: Client, charity: Charity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the command line, and by the browser without a worker."""
    send(editor, charity, sent(tmp_path, Post(3)))
    path = wxr.export(tmp_path / "old.xml", [Post(1, slug="one"), Post(2, slug="two")])
    typed = ["import", "wordpress", str(path), "--charity", charity.slug, "--report", str(tmp_path / "r.csv")]
    whole = moves.Recorded.add

    def stopped(self: moves.Recorded, entry: Any) -> None:
        whole(self, entry)
        raise KeyboardInterrupt

    monkeypatch.setattr(moves.Recorded, "add", stopped)
    with pytest.raises(KeyboardInterrupt):
        importing.run(cli.parser().parse_args(typed))
    monkeypatch.undo()
    by_browser, by_command = Move.objects.order_by("pk")
    assert "Broke off" not in text_of(editor, HERE)

    with time_machine.travel(now() + timedelta(minutes=6)):
        assert text_of(editor, HERE).count("Broke off") == 2
        page = text_of(editor, f"{HERE}{by_command.pk}/")
        assert "Its command was stopped." in page and "run the same command again" in page
        assert "send the same export again" in text_of(editor, f"{HERE}{by_browser.pk}/")
        assert importing.run(cli.parser().parse_args(typed)) == 0
        assert text_of(editor, f"{HERE}{Move.objects.latest('pk').pk}/").count("Broke off") == 0

    with time_machine.travel(now() + timedelta(days=8)):
        moves.prune()
        assert (Move.objects.count(), MovePart.objects.count()) == (3, 0)
    with time_machine.travel(now() + timedelta(days=366)):
        moves.prune()
        # The last import says which form stands for which shortcode.
        assert list(Move.objects.values_list("state", "total")) == [("done", 2)]
