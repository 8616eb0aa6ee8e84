"""A WordPress site moves in by the command line, and its readers find it again over HTTP."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image as Raster
from tests.support import wxr
from tests.support.wxr import SITE, Post, picture
from wagtail.contrib.redirects.models import Redirect
from wagtail.images import get_image_model
from wagtail.models import Page

from almoner.charities.models import Charity
from almoner.config import cli
from almoner.config.commands import importing
from almoner.stories.models import ImportedPicture, ImportedPost, RelatedStory, StoryPage, TextPage
from almoner.stories.tests.showing import agree

Bring = Callable[..., int]
FORM = "--form=pronto-donation-form:4840=light"


@pytest.fixture
def bring(charity: Charity, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Bring:
    """Import these posts with these options; the report's file stands at `tmp_path/report.csv`."""

    def bring(*posts: Post, options: tuple[str, ...] = (), code: int = 0, **made: Any) -> str:
        path = wxr.export(tmp_path / "export.xml", posts, **made)
        typed = ["import", "wordpress", str(path), "--charity", charity.slug]
        arguments = cli.parser().parse_args([*typed, "--report", str(tmp_path / "report.csv"), *options])
        assert importing.run(arguments) == code
        return capsys.readouterr().out

    return bring


def rows(tmp_path: Path) -> dict[str, dict[str, str]]:
    with (tmp_path / "report.csv").open(encoding="utf-8", newline="") as file:
        return {row["number"]: row for row in csv.DictReader(file)}


def body(page: Any) -> list[tuple[str, Any]]:
    return [(child.block_type, child.block.get_prep_value(child.value)) for child in page.body]


def everything() -> list[Any]:
    """Every row that an import writes."""
    models = (
        Page,
        StoryPage,
        TextPage,
        ImportedPost,
        ImportedPicture,
        Redirect,
        RelatedStory,
        get_image_model(),
    )
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("typed", ["=1+1", "＝1+1"])
def test_csv_and_spreadsheets_a_report_holds_no_formula(bring: Bring, tmp_path: Path, typed: str) -> None:
    bring(Post(7, title=typed, slug="sum"))
    assert rows(tmp_path)["7"]["title"] == f"'{typed}"


# ---- a story, as its readers had it and have it --------------------------------------------------------------------


@pytest.mark.parametrize(("version", "scheme"), [("1.0", "http"), ("1.1", "http"), ("1.2", "https")])
def test_a_post_is_read_where_it_stood(
    bring: Bring, reader: Client, tmp_path: Path, version: str, scheme: str
) -> None:
    post = Post(
        7, title="Night &amp; day", slug="night", excerpt="Of <b>both</b>.",
        content=wxr.CLASSIC.format(n=7, filler="all."),
        terms=[("category", "uncategorized", "Uncategorized"), ("post_tag", "sea", "The sea")], comments=2,
    )  # fmt: skip
    said = bring(post, options=(FORM, "--publish"), version=version, scheme=scheme)
    assert "imported: 1" in said and "published: 1" in said and "left out, comments: 2" in said
    page = StoryPage.objects.get(slug="night")
    assert (page.title, page.summary, page.author, page.topics) == (
        "Night & day",
        "Of both.",
        "Ana Ruiz",
        "The sea",
    )
    assert page.first_published_at.isoformat() == "2019-03-04T10:00:00+00:00" and page.live
    assert body(page) == [
        ("text", "<p>In 7 we went out again.<br/>And <i>came back</i>.</p><p>Nobody was lost, and all.</p>"),
        ("form", {"number": "light"}),
    ]
    moved = reader.get("/2019/03/night/")
    assert (moved.status_code, moved["Location"]) == (301, "/stories/night/")
    assert reader.get("/?p=7")["Location"] == "/stories/night/"
    answer = reader.get("/stories/night/")
    html = answer.content.decode()
    assert answer.status_code == 200 and "Ana Ruiz" in html and "The sea" in html and 'id="giving"' in html
    row = rows(tmp_path)["7"]
    assert (row["fate"], row["here"], row["published"], row["reasons"]) == (
        "imported",
        "/stories/night/",
        "yes",
        "",
    )


def test_nothing_is_published_by_accident(bring: Bring, reader: Client, tmp_path: Path) -> None:
    posts = [
        Post(1, slug="draft", status="draft"), Post(2, slug="private", status="private"),
        Post(3, slug="password", password="x"), Post(4, slug="pending", status="pending"),
        Post(5, slug="later", status="future", date="2031-01-01 10:00:00"), Post(6, slug="odd", status="acme"),
        Post(7, slug="bin", status="trash"), Post(8, slug="revision", kind="revision", status="inherit"),
        Post(9, slug="hole", content="<p>See [contact-form-7 id=1]</p>"),
        Post(10, slug="form", content="<p>[give_form id=77]</p>"),
        Post(11, slug="script", content="<p>Hi</p><script>alert(1)</script>"),
    ]  # fmt: skip
    said = bring(*posts, options=("--publish",))
    assert "imported: 9" in said and "published: 0" in said
    assert "left out, revision: 1" in said and "left out, trash: 1" in said
    imported = StoryPage.objects.filter(pk__in=ImportedPost.objects.values("page"))
    assert imported.count() == 9 and not imported.filter(live=True).exists()
    assert (
        not imported.exclude(slug__in=["hole", "form", "script"])
        .filter(first_published_at__isnull=False)
        .exists()
    )
    assert imported.get(slug="later").go_live_at.year == 2031
    for slug in imported.values_list("slug", flat=True):
        assert reader.get(f"/stories/{slug}/").status_code == 404
    # Only what anybody could read has a way here: an address tells a title.
    ways = set(Redirect.objects.values_list("old_path", flat=True))
    assert ways == {"/2019/03/hole", "/2019/03/form", "/2019/03/script"}
    assert "[give_form id=77]: no form here answers to it" in rows(tmp_path)["10"]["reasons"]
    assert "no form answers to give_form 77, in 1 of them: name one with --form give_form:77=OURS" in said


def test_what_is_kept_is_seen_by_staff_and_not_by_readers(
    bring: Bring, reader: Client, editor: Client
) -> None:
    content = (
        '<!-- wp:paragraph --><p>Before.</p><!-- /wp:paragraph --><!-- wp:acme/map {"at":"5<b>x"} /-->'
        "<!-- wp:html --><p onclick=\"x()\">After <a href='javascript:x'>a</a><iframe src='https://film.example/1'>"
        "</iframe></p><script>steal('cookies')</script><!-- /wp:html -->"
    )
    bring(Post(1, slug="kept", content=content), options=("--publish",))
    page = StoryPage.objects.get(slug="kept")
    assert [kind for kind, _ in body(page)] == ["text", "kept", "text", "kept"]
    page.get_latest_revision().publish()
    html = reader.get("/stories/kept/").content.decode()
    assert "Before." in html and 'href="https://film.example/1"' in html
    for gone in ("steal", "acme", 'onclick="x', "javascript:", "<iframe"):
        assert gone not in html
    fresh = editor.get("/stories/kept/").content.decode()
    assert "acme/map" in fresh and "steal(&#x27;cookies&#x27;)" in fresh and "<script>steal" not in fresh
    # The editor is told when saving, too.
    from_admin = editor.get(f"/admin/pages/{page.pk}/edit/")
    assert (
        from_admin.status_code == 200 and b"It is made by WordPress when it is shown." in from_admin.content
    )


def test_pages_stand_in_their_tree_in_whichever_order(bring: Bring, reader: Client) -> None:
    def page(number: int, slug: str, link: str, parent: int = 0) -> Post:
        return Post(number, title=slug, slug=slug, kind="page", link=f"{SITE}{link}", parent=parent)

    posts = [
        page(3, "grandchild", "/about/team/grandchild/", 2), page(2, "team", "/about/team/", 1),
        page(1, "about", "/about/"), page(4, "give", "/give/"), page(5, "orphan", "/gone/orphan/", 99),
        page(6, "one", "/one/", 7), page(7, "other", "/other/", 6), page(8, "ar", "/ar/"),
    ]  # fmt: skip
    bring(*posts, options=("--publish",))
    html = reader.get("/about/team/grandchild/").content.decode()
    assert "<h1>grandchild</h1>" in html and 'href="/about/"' in html and 'href="/about/team/"' in html
    assert 'href="/about/team/"' in reader.get("/about/").content.decode()
    assert reader.get("/orphan/").status_code == reader.get("/one/").status_code == 200
    # The form's own address, and a language's, are not taken from them.
    assert reader.get("/give-2/").status_code == reader.get("/ar-2/").status_code == 200
    assert reader.get("/gone/orphan/")["Location"] == "/orphan/"
    assert not Redirect.objects.filter(old_path="/about").exists()


# ---- again ---------------------------------------------------------------------------------------------------------


def test_a_second_import_changes_no_row(bring: Bring) -> None:
    posts = list(wxr.large(30, filler=200))
    first = bring(*posts, options=(FORM, "--publish"))
    assert "imported: 33" in first and "published: 0" not in first
    before = everything()
    said = bring(*posts, options=(FORM, "--publish"))
    assert "unchanged: 33" in said and "imported: 0" in said and "changed: 0" in said
    assert everything() == before


def test_a_dry_run_says_the_same_and_writes_nothing(bring: Bring, tmp_path: Path) -> None:
    posts = list(wxr.large(20, filler=200))
    before = everything()
    dry = bring(*posts, options=(FORM, "--dry-run"))
    assert "A dry run: nothing was imported." in dry and everything() == before
    fates = {number: row["fate"] for number, row in rows(tmp_path).items()}
    wet = bring(*posts, options=(FORM,))
    assert {number: row["fate"] for number, row in rows(tmp_path).items()} == fates
    assert [line for line in dry.splitlines() if line.startswith("imported")] == ["imported: 22"]
    assert "imported: 22" in wet


def test_a_changed_post_changes_its_page_unless_an_editor_has(
    bring: Bring, reader: Client, tmp_path: Path
) -> None:
    bring(Post(1, slug="a"), Post(2, slug="b"), options=("--publish",))
    edited = StoryPage.objects.get(slug="b")
    edited.summary = "By hand."
    edited.save_revision().publish()
    changed = [Post(1, slug="a", content="<p>New words.</p>"), Post(2, slug="b", content="<p>New words.</p>")]
    said = bring(*changed, options=("--publish",))
    assert "changed: 1" in said and "quarantined: 1" in said
    assert "New words." in reader.get("/stories/a/").content.decode()
    html = reader.get("/stories/b/").content.decode()
    assert "By hand." in html and body(StoryPage.objects.get(slug="b")) == [("text", "<p>Words.</p>")]
    row = rows(tmp_path)["2"]
    assert (row["fate"], row["reasons"]) == (
        "quarantined", "an editor has changed the page here, and the post has changed there",
    )  # fmt: skip
    assert ImportedPost.objects.get(number=2).state == "quarantined"
    before = everything()
    assert "quarantined: 1" in bring(*changed, options=("--publish",)) and everything() == before
    withdrawn = bring(Post(1, slug="a", status="private"), options=("--publish",))
    assert "quarantined: 1" in withdrawn and reader.get("/stories/a/").status_code == 200


def test_a_deleted_page_stays_away_and_a_draft_is_published_later(bring: Bring, reader: Client) -> None:
    posts = [Post(1, slug="a"), Post(2, slug="b")]
    bring(*posts)
    assert reader.get("/stories/a/").status_code == 404
    StoryPage.objects.get(slug="b").delete()
    said = bring(*posts, options=("--publish",))
    assert "changed: 1" in said and "unchanged: 1" in said and "published: 1" in said
    assert reader.get("/stories/a/").status_code == 200 and not StoryPage.objects.filter(slug="b").exists()
    # Taken down by an editor, it is not published again.
    StoryPage.objects.get(slug="a").unpublish()
    assert "unchanged: 2" in bring(*posts, options=("--publish",))
    assert not StoryPage.objects.get(slug="a").live


def test_two_posts_of_one_guid_are_told_apart(bring: Bring, tmp_path: Path) -> None:
    said = bring(Post(1, slug="a", guid="same"), Post(2, slug="b", guid="same"))
    assert "imported: 1" in said and "quarantined: 1" in said
    assert rows(tmp_path)["2"]["reasons"].startswith("its GUID stands twice")


# ---- pictures ------------------------------------------------------------------------------------------------------


def png(path: Path, size: tuple[int, int] = (640, 360)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Raster.new("RGB", size, "#446688").save(path)


def test_pictures_come_from_a_folder_once(
    bring: Bring, reader: Client, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    uploads = tmp_path / "uploads"
    png(uploads / "2019/03/boat.png")
    png(uploads / "2019/03/net.png")
    (uploads / "2019/03/fake.png").write_bytes(b"<svg onload=alert(1)>")
    (uploads / "2019/03/out.png").symlink_to("/etc/hostname")
    content = (
        f'[caption id="attachment_20" width="300"]<img class="wp-image-20" src="{wxr.UPLOADS}/2019/03/boat-9x9.png" '
        f'alt="A boat" /> At <em>sea</em>[/caption]\n\n[gallery ids="20,21"]'
    )
    others = f'<img src="{wxr.UPLOADS}/2019/03/{{}}.png">'
    posts = [
        Post(1, slug="seen", content=content, meta={"_thumbnail_id": "21"}),
        picture(20, "boat"), picture(21, "net"),
        *(Post(n, slug=f"bad-{n}", content=others.format(name)) for n, name in
          ((2, "fake"), (3, "out"), (4, "../../../etc/passwd"), (5, "missing"))),
    ]  # fmt: skip
    waiting = bring(*posts, options=("--publish",))
    assert "pictures taken: 0" in waiting and "published: 0" in waiting
    said = bring(*posts, options=("--publish", "--images", str(uploads)))
    assert "pictures taken: 2" in said and "published: 1" in said
    page = StoryPage.objects.get(slug="seen")
    kinds = [(kind, value.get("alt"), value.get("caption")) for kind, value in body(page)]
    assert kinds == [("picture", "A boat", "At sea"), ("picture", "", ""), ("picture", "", "")]
    assert page.lead_image.title == "net" and page.lead_image.collection.name == "tidelight"
    # Nobody has agreed yet to their being shown.
    assert "held back until their consent is recorded: 1" in said
    assert "held back until" in rows(tmp_path)["1"]["notes"]
    assert "<img" not in reader.get("/stories/seen/").content.decode()
    for image in (page.lead_image, page.body[0].value["image"], page.body[2].value["image"]):
        agree(page, image)
    html = reader.get("/stories/seen/").content.decode()
    assert html.count("<img") == 4 and "old.example" not in html and 'alt="A boat"' in html
    reasons = {number: row["reasons"] for number, row in rows(tmp_path).items()}
    assert "it is no picture that can be shown" in reasons["2"]
    assert all("it is not in the folder" in reasons[number] for number in "345")
    before = everything()
    assert "pictures taken: 0" in bring(*posts, options=("--publish", "--images", str(uploads)))
    assert everything() == before


# ---- refusals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html></html>", "line 1: a file that begins with <html>, not with <rss>"),
        ("", "line 1: no element found"),
        ("<rss><channel><title>x</title></channel></rss>", "no version of WXR"),
        ("<!DOCTYPE rss [<!ENTITY a 'b'>]>\n<rss/>", "line 1: a document type or an entity"),
        ("HEAD<item>\n<title>A & b</title></item></channel></rss>", "line {end}: not well-formed"),
        ("HEAD<item><title>cut", "line {last}: no element found"),
    ],
)
def test_a_file_with_a_fault_is_named_by_its_line_and_changes_nothing(
    charity: Charity, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    path = wxr.export(tmp_path / "good.xml", [Post(1)])
    head, _, _ = path.read_text().partition("</channel>")
    (tmp_path / "bad.xml").write_text(text.replace("HEAD", head))
    before = everything()
    typed = ["import", "wordpress", str(tmp_path / "bad.xml"), "--charity", charity.slug]
    assert importing.run(cli.parser().parse_args([*typed, "--report", str(tmp_path / "r.csv")])) == 1
    said = capsys.readouterr().err
    last = head.count("\n") + 1
    assert "bad.xml, line " in said and says.format(last=last, end=last + 1) in said
    assert everything() == before and not (tmp_path / "r.csv").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--form=give_form:1",), "must be TAG:NUMBER=OURS"),
        (("--form=gallery:1=light",), "gallery is none of"),
        (("--form=give_form:1=nowhere",), "no form of tidelight answers to nowhere"),
        (("--images=/nowhere/at/all",), "is no folder"),
        (("--activate",), "--activate is not for wordpress"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    bring: Bring,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    charity: Charity,
    options: tuple[str],
    says: str,
) -> None:
    path = wxr.export(tmp_path / "export.xml", [Post(1)])
    typed = ["import", "wordpress", str(path), "--charity", charity.slug, *options]
    assert importing.run(cli.parser().parse_args(typed)) == 2
    assert says in capsys.readouterr().err and not ImportedPost.objects.exists()


def test_the_other_sources_refuse_what_is_only_for_wordpress(
    charity: Charity, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ["import", "csv", str(tmp_path / "a.csv"), "--charity", charity.slug, "--fetch-images"]
    assert importing.run(cli.parser().parse_args(typed)) == 2
    assert "--fetch-images is only for wordpress" in capsys.readouterr().err


def test_the_body_that_is_kept_is_valid_for_the_editor(bring: Bring) -> None:
    """What the importer writes, an editor's form takes: no block is longer or emptier than the form allows."""
    bring(
        *wxr.large(4, filler=100),
        Post(90, title="", content=""),
        Post(91, content="<p>[[gallery ids=1]]</p>"),
    )
    for page in StoryPage.objects.filter(pk__in=ImportedPost.objects.values("page")):
        page.body.stream_block.clean(page.body)
        assert json.dumps(page.body.get_prep_value()) and page.title
