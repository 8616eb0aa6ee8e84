"""A charity's site comes with it, and stands where its hosts are: nobody has to know of Wagtail's sites."""

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings as SettingsWrapper
from wagtail.models import Page, Site

from almoner.backoffice import roles, trees
from almoner.charities.models import Charity, CharityHost, Fund, StaffScope
from almoner.config.tests.test_from_nothing import Shown
from almoner.giving.assets import source_hash
from almoner.giving.models import DonationForm
from almoner.stories import founding
from almoner.stories.models import HomePage, StoryPage
from almoner.stories.sites import place_for
from almoner.stories.tests.conftest import forget

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installed(settings: SettingsWrapper) -> None:
    settings.SITE_URL = "https://give.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    forget()


def made(slug: str = "harbour", *hosts: str, default: bool = False, language: str = "en") -> Charity:
    charity = Charity.objects.create(
        slug=slug, name=slug.capitalize(), legal_name=slug, country="AU", timezone="Australia/Sydney",
        currency="AUD", is_default=default, language=language,
    )  # fmt: skip
    said(charity, *hosts)
    founding.follow(charity)
    return charity


def said(charity: Charity, *hosts: str) -> set[str]:
    """The charity's hosts are these now; which ones it left."""
    left = set(charity.hosts.values_list("host", flat=True)) - set(hosts)
    charity.hosts.filter(host__in=left).delete()
    for host in hosts:
        CharityHost.objects.get_or_create(charity=charity, host=host)
    return left


def sites() -> set[tuple[str, int, str, bool]]:
    rows = Site.objects.values_list("hostname", "port", "root_page__title", "is_default_site")
    return set(rows)


def page(path: str, host: str) -> str:
    forget()
    answer = Client().get(path, headers={"host": host, "x-forwarded-proto": "https"})
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_the_first_one_takes_the_place_of_wagtails_welcome() -> None:
    assert sites() == {("localhost", 80, "Welcome to your new Wagtail site!", True)}
    made("harbour", default=True)
    assert sites() == {("give.example.org", 443, "Harbour", True)}
    home = page("/", "give.example.org")
    assert "<h1>Harbour</h1>" in home and '<link rel="canonical" href="https://give.example.org/">' in home
    assert "Stories" in page("/stories/", "give.example.org")
    assert "<loc>https://give.example.org/stories/</loc>" in page("/sitemap.xml", "give.example.org")
    assert "Sitemap: https://give.example.org/sitemap.xml" in page("/robots.txt", "give.example.org")


@pytest.mark.parametrize("host", ["give.example.org", "localhost"])
def test_before_any_the_front_says_what_comes_next(host: str) -> None:
    def asked(path: str) -> Any:
        forget()
        return Client().get(path, headers={"host": host, "x-forwarded-proto": "https"})

    front = asked("/")
    html = front.content.decode()
    assert "no charity answers here yet" in html and 'href="/admin/"' in html and "Wagtail" not in html
    assert front["Cache-Control"] == "no-store" and not getattr(front, "ready", False)
    style = re.findall(r"<style>(.*?)</style>", html)
    assert f"'{source_hash(style[0].encode())}'" in front["Content-Security-Policy"] and "<script" not in html
    sitemap = ET.fromstring(asked("/sitemap.xml").content)  # noqa: S314 (our own bytes)
    assert (sitemap.tag, list(sitemap)) == ("{http://www.sitemaps.org/schemas/sitemap/0.9}urlset", [])
    assert asked("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
    assert asked("/sitemap-pages-1.xml").status_code == asked("/stories/").status_code == 404
    # With the first charity it is gone at once.
    made("harbour", host, default=True)
    assert "<h1>Harbour</h1>" in asked("/").content.decode()
    assert f"<loc>https://{host}/</loc>" in asked("/sitemap.xml").content.decode()
    assert b"Disallow: /admin/\nSitemap: " in asked("/robots.txt").content


def test_a_story_can_be_written_there_at_once() -> None:
    place = place_for(made("harbour", default=True))
    assert place is not None
    stories = place.root.get_children().get()
    stories.specific.add_child(instance=StoryPage(title="Boats", slug="boats", summary="Of boats."))
    assert "Boats" in page("/stories/boats/", "give.example.org")


def test_the_list_is_called_as_the_charity_speaks() -> None:
    place = place_for(made("hafen", "hafen.example", language="de"))
    assert place is not None and place.root.get_children().get().title == "Geschichten"


def test_each_further_one_has_its_own() -> None:
    made("harbour", default=True)
    made("lake", "lake.example", "www.lake.example")
    assert sites() == {
        ("give.example.org", 443, "Harbour", True),
        ("lake.example", 443, "Lake", False),
    }
    assert "Lake" in page("/", "lake.example") and "Harbour" not in page("/", "lake.example")


def test_the_installations_address_comes_before_a_charitys_other_hosts() -> None:
    made("harbour", "a.example", "give.example.org", default=True)
    assert sites() == {("give.example.org", 443, "Harbour", True)}


def test_it_is_safe_to_repeat_and_leaves_what_staff_chose() -> None:
    charity = made("harbour", "a.example", "b.example", default=True)
    Site.objects.update(hostname="b.example", port=8443, site_name="Ours")
    before = (sites(), Page.objects.count(), Site.objects.get().site_name)
    for _ in range(2):
        founding.follow_all()
    assert (sites(), Page.objects.count(), Site.objects.get().site_name) == before
    assert sites() == {("b.example", 8443, "Harbour", True)}
    assert place_for(charity) is not None


def test_it_moves_with_its_hosts_and_keeps_its_pages() -> None:
    made("harbour", default=True)
    lake = made("lake", "lake.example")
    founding.follow(lake, said(lake, "water.example"))
    assert ("water.example", 443, "Lake", False) in sites() and HomePage.objects.count() == 2
    # Whoever has no host is found by nobody, and finds itself again.
    founding.follow(lake, said(lake))
    assert ("lake.invalid", 443, "Lake", False) in sites() and place_for(lake) is None
    other = made("pond", "water.example")
    place = place_for(other)
    assert place is not None and place.root.title == "Pond"
    founding.follow(lake, said(lake, "lake.example"))
    assert sites() == {
        ("give.example.org", 443, "Harbour", True),
        ("lake.example", 443, "Lake", False),
        ("water.example", 443, "Pond", False),
    }


def test_one_that_answers_nowhere_has_none() -> None:
    made("harbour", default=True)
    nobody = made("lake")
    assert len(sites()) == 1 and place_for(nobody) is None
    founding.follow(nobody, said(nobody, "lake.example"))
    assert place_for(nobody) is not None


def test_the_default_charitys_site_is_wagtails_default() -> None:
    made("harbour", "give.example.org", default=True)
    lake = made("lake", "lake.example")
    Charity.objects.update(is_default=False)
    Charity.objects.filter(pk=lake.pk).update(is_default=True)
    lake.refresh_from_db()
    founding.follow(lake)
    assert sites() == {
        ("give.example.org", 443, "Harbour", False),
        ("lake.example", 443, "Lake", True),
    }
    assert "Lake" in page("/", "nobodys.example")


def test_the_default_charity_never_takes_anothers_site() -> None:
    made("harbour", "give.example.org", default=True)
    Charity.objects.update(is_default=False)
    nobody = made("lake", default=True)
    assert place_for(nobody) is not None
    assert sites() == {
        ("give.example.org", 443, "Harbour", False),
        # It answers at the hosts that are nobody's: this one isn't.
        ("lake.invalid", 443, "Lake", True),
    }


def test_one_that_stands_at_a_host_of_nobodys_gives_way() -> None:
    made("harbour", default=True)
    made("lake", "lake.example")
    Charity.objects.update(is_default=False)
    lake = Charity.objects.get(slug="lake")
    Charity.objects.filter(pk=lake.pk).update(is_default=True)
    lake.refresh_from_db()
    founding.follow(lake)
    Charity.objects.update(is_default=False)
    made("pond", default=True)
    assert sites() == {
        ("harbour.invalid", 443, "Harbour", False),
        ("lake.example", 443, "Lake", False),
        ("give.example.org", 443, "Pond", True),
    }


# ---- Where staff change who answers where -------------------------------------------------------------------------


@pytest.fixture
def staff() -> Client:
    roles.ensure_roles()
    client = Client(headers={"host": "give.example.org", "x-forwarded-proto": "https"})
    client.force_login(User.objects.create_superuser("pat", "pat@example.org"))
    return client


def change(staff: Client, charity: Charity, **values: Any) -> str:
    """Says what staff are told."""
    address = f"/admin/charities/edit/{charity.pk}/"
    fields = max(Shown(staff.get(address).content.decode()).forms, key=len)
    answer = staff.post(address, fields | NEEDED | values, follow=True)
    assert answer.redirect_chain, answer.context["form"].errors
    return str(answer.content.decode())


NEEDED = {"email": "hello@harbour.example", "mail_from": "giving@harbour.example"}


def tells(charity: str, *hosts: str) -> None:
    """Only this one is told of at these hosts: on its front page, in its list of stories and in the sitemap."""
    others = {each.name for each in Charity.objects.all()} - {charity}
    for host in hosts:
        shown = page("/", host) + page("/stories/", host) + page("/sitemap.xml", host)
        assert f"<h1>{charity}</h1>" in shown, host
        assert not [name for name in others if f"<h1>{name}</h1>" in shown or f">{name}<" in shown], host


def write(charity: Charity) -> StoryPage:
    home = HomePage.objects.get(title=charity.name)
    story = StoryPage(title=f"{charity.name} at dawn", slug="dawn", summary="Boats.")
    home.get_children().get().specific.add_child(instance=story)
    return story


def test_the_next_default_shows_nothing_of_the_one_before_it(staff: Client) -> None:
    harbour = made("harbour", default=True)
    lake = made("lake")
    write(harbour)
    assert "Harbour at dawn" in page("/stories/dawn/", "give.example.org")
    told = change(staff, lake, is_default="on")
    assert "Nobody can find Harbour’s pages and forms" in told
    assert sites() == {
        ("harbour.invalid", 443, "Harbour", False),
        ("give.example.org", 443, "Lake", True),
    }
    tells("Lake", "give.example.org", "nobodys.example")
    for host in ("give.example.org", "nobodys.example"):
        forget()
        gone = Client().get("/stories/dawn/", headers={"host": host, "x-forwarded-proto": "https"})
        assert gone.status_code == 404
    # The mark goes back, and each finds its own again.
    assert "Nobody can find Lake’s" in change(staff, harbour, is_default="on")
    assert sites() == {
        ("give.example.org", 443, "Harbour", True),
        ("lake.invalid", 443, "Lake", False),
    }
    tells("Harbour", "give.example.org", "nobodys.example")
    assert "Harbour at dawn" in page("/stories/dawn/", "give.example.org")


def test_pages_that_stand_nowhere_are_still_their_charitys(staff: Client) -> None:
    """Its editors see them under its own name, and nobody else's may touch them."""
    harbour, lake = made("harbour", default=True), made("lake")
    story = write(harbour)
    change(staff, lake, is_default="on")
    draft = staff.get(f"/admin/pages/{story.pk}/view_draft/").content.decode()
    assert "Harbour at dawn" in draft and ">Harbour<" in draft and ">Lake<" not in draft
    lakes = Client(headers={"host": "give.example.org", "x-forwarded-proto": "https"})
    lakes.force_login(worker("edda", lake))
    harbours = Client(headers={"host": "give.example.org", "x-forwarded-proto": "https"})
    harbours.force_login(worker("finn", harbour))
    asked = f"/admin/pages/{story.pk}/edit/"
    assert (harbours.get(asked).status_code, lakes.get(asked).status_code) == (200, 404)
    assert trees.charity_of(story) == harbour


def worker(name: str, charity: Charity) -> User:
    user = User.objects.create_user(name, f"{name}@example.org")
    user.groups.add(Group.objects.get(name=roles.EDITORS))
    StaffScope.objects.create(user=user, charity=charity)
    roles.sync_story_groups([user])
    return user


def test_whoever_gets_the_default_s_host_gets_none_of_its_pages(staff: Client) -> None:
    made("harbour", default=True)
    lake = made("lake")
    change(staff, lake, hosts_text="give.example.org")
    assert sites() == {
        # It goes on to answer at the hosts that are nobody's.
        ("harbour.invalid", 443, "Harbour", True),
        ("give.example.org", 443, "Lake", False),
    }
    tells("Lake", "give.example.org")
    tells("Harbour", "nobodys.example")


def test_a_default_with_a_host_of_its_own_moves_there(staff: Client) -> None:
    harbour = made("harbour", default=True)
    CharityHost.objects.create(charity=harbour, host="harbour.example")
    lake = made("lake")
    told = change(staff, lake, is_default="on")
    assert "Nobody can find" not in told
    assert sites() == {
        ("harbour.example", 443, "Harbour", False),
        ("give.example.org", 443, "Lake", True),
    }
    tells("Harbour", "harbour.example")
    tells("Lake", "give.example.org", "nobodys.example")


def test_a_further_site_that_staff_placed_at_a_host_of_nobodys_moves_too(staff: Client) -> None:
    harbour, lake = made("harbour", default=True), made("lake")
    root = HomePage.objects.get(title=harbour.name)
    Site.objects.create(hostname="old.example", port=443, root_page=root)
    change(staff, lake, is_default="on")
    assert {host for host, _, title, _ in sites() if title == "Harbour"} == {
        "harbour.invalid",
        f"harbour-{Site.objects.get(root_page=root, hostname__startswith='harbour-').pk}.invalid",
    }
    tells("Lake", "give.example.org", "old.example")


def test_a_home_of_that_name_stays_whose_it_is() -> None:
    made("harbour", default=True)
    Page.get_first_root_node().add_child(instance=HomePage(title="Old", slug="lake", heading="Old"))
    place = place_for(made("lake", "lake.example"))
    assert place is not None and (place.root.slug, place.root.title) == ("lake-2", "Lake")


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [("http://127.0.0.1:8000", "127.0.0.1", 8000), ("http://give.example", "give.example", 80),
     ("https://give.example:8443", "give.example", 8443)],
)  # fmt: skip
def test_it_has_the_installations_port(settings: SettingsWrapper, url: str, host: str, port: int) -> None:
    settings.SITE_URL = url
    made("harbour", default=True)
    assert sites() == {(host, port, "Harbour", True)}


def test_a_site_at_port_80_is_told_with_tls_where_the_installation_has_it() -> None:
    """As it stands where staff add a site under Settings, Sites, whose form offers 80."""
    charity = made("harbour", default=True)
    Site.objects.update(port=80)
    forget()
    place = place_for(charity)
    assert place is not None and place.root_url == "https://give.example.org"
    assert '<link rel="canonical" href="https://give.example.org/">' in page("/", "give.example.org")
    assert "<loc>https://give.example.org/</loc>" in page("/sitemap.xml", "give.example.org")


def test_its_form_is_to_be_found_there_too() -> None:
    charity = made("harbour", "give.example.org", "www.example.org", default=True)
    Fund.objects.create(charity=charity, code="general", name="General", is_default=True)
    DonationForm.objects.create(
        charity=charity, slug="give", title="Give", currencies="AUD", methods=["bank_transfer"]
    )
    Charity.objects.update(bank_details=[{"label": "BSB", "value": "063 000"}])
    canonical = '<link rel="canonical" href="https://give.example.org/give/give/">'
    assert canonical in page("/give/give/", "www.example.org")
    assert "<loc>https://give.example.org/de/give/give/</loc>" in page("/sitemap.xml", "give.example.org")
