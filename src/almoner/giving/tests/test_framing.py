"""The form in a frame of another site's page: who may frame it, what stays framed, and what is remembered."""

from dataclasses import replace

import pytest
from django.http import HttpResponse
from tests.support.preview_pages import states

from almoner.charities.models import Charity
from almoner.charities.sites import bump
from almoner.giving.assets import asset
from almoner.giving.framing import Frame, SiteInvalid, claimed_page, frame_of, read_site, read_sites
from almoner.giving.models import DonationForm, Gift, GiftSource
from almoner.giving.pages import render
from almoner.giving.tests.checking import text_of
from almoner.giving.tests.conftest import Donor
from almoner.giving.tests.test_assets import HTML_BUDGETS, packed
from almoner.giving.views_model import StepAmount

SITES = "https://www.example.org\nhttps://news.example.net:8443"


@pytest.fixture
def framed(donor: Donor, charity: Charity) -> Donor:
    """A donor in a frame of a form that two sites may show."""
    DonationForm.objects.update(frame_sites=SITES)
    bump(charity.pk)
    donor.prefix = "/give/4840/frame/"
    return donor


def ancestors(answer: HttpResponse) -> str:
    policy = answer.headers["Content-Security-Policy"]
    return next(each for each in policy.split("; ") if each.startswith("frame-ancestors"))


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.example.org", "https://www.example.org"),
        ("HTTPS://WWW.Example.ORG:443/", "https://www.example.org"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
    ],
)
def test_a_site_is_an_origin(typed: str, origin: str) -> None:
    assert read_site(typed) == origin


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("http://www.example.org", "not encrypted"),
        ("www.example.org", "as it stands before a page's path"),
        ("https://*.example.org", "more than one site"),
        ("*", "more than one site"),
        ("https://example.org/page", "more than a site"),
        ("https://example.org?x", "more than a site"),
        ("https://example.org#", "more than a site"),
        ("https://a@example.org", "more than a site"),
        ("https://example", "no ending"),
        ("https://example.org;script-src", "not the address"),
        ("https://exam'ple.org", "not the address"),
        ("https://-example.org", "not the address"),
        ("https://example.org:99999", "not the address"),
        ("https://[::1", "not the address"),
        ("https://example..org", "not the address"),
        ("javascript:alert(1)", "as it stands"),
        ("data:text/html,x", "as it stands"),
    ],
)
def test_nothing_wider_or_odder_is_a_site(typed: str, says: str) -> None:
    with pytest.raises(SiteInvalid, match=says):
        read_site(typed)


def test_a_list_of_sites_has_each_once_and_an_end() -> None:
    assert read_sites(" https://a.example/\r\nhttps://A.example \n\nhttps://b.example") == (
        "https://a.example",
        "https://b.example",
    )
    with pytest.raises(SiteInvalid, match="At most 30"):
        read_sites("\n".join(f"https://s{n}.example" for n in range(31)))


def test_framing_every_step_of_a_frame_is_framed_by_the_list_and_every_other_page_by_nobody(
    framed: Donor,
) -> None:
    client = framed.client
    found = {"form": client.get(framed.prefix), "details": framed.amount()}
    found["wrong"] = framed.details(found["details"], email="x")
    found["payment"] = framed.details(found["details"])
    found["declined"] = framed.give(found["payment"], "lost_card")
    given = framed.give(found["declined"])
    assert given.status_code == 303 and given.headers["Location"].endswith("/frame/")
    found["thanks"] = client.get(given.headers["Location"])
    found["reloaded"] = client.get(f"{framed.prefix}details/")
    found["leaving"] = framed.give(framed.to_payment(), method="sandbox_hosted")
    for name, answer in found.items():
        assert answer.status_code == 200, name
        assert (
            ancestors(answer)
            == "frame-ancestors https://www.example.org https://news.example.net:8443 'self'"
        ), name
        assert "X-Frame-Options" not in answer.headers, name
        assert answer.headers["X-Robots-Tag"] == "noindex", name
        assert "Set-Cookie" not in answer.headers and not answer.cookies, name
        page = text_of(answer)
        assert f'action="{framed.prefix}' in page or name == "thanks", name
        assert 'data-sites="https://www.example.org https://news.example.net:8443"' in page, name
    for path in ("/give/4840/", given.headers["Location"].removesuffix("frame/"), "/give/9999/frame/"):
        assert ancestors(client.get(path)) == "frame-ancestors 'none'", path


def test_framing_an_empty_list_lets_nobody_in(donor: Donor) -> None:
    answer = donor.client.get("/give/4840/frame/")
    assert ancestors(answer) == "frame-ancestors 'self'"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_gateways_page_is_left_to_at_the_top_with_the_script_and_without(framed: Donor) -> None:
    payment = framed.to_payment()
    for headers in ({}, {"X-Almoner-Fragment": "1"}):
        framed.client.defaults.update(
            {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in headers.items()}
        )
        answer = framed.give(payment, method="sandbox_hosted")
        assert answer.status_code == 200 and "Refresh" not in answer.headers
        assert "X-Almoner-Location" not in answer.headers
        assert 'href="/sandbox/checkout/' in text_of(answer) and 'target="_top"' in text_of(answer)


def test_looking_again_stays_in_the_frame(framed: Donor) -> None:
    given = framed.give(framed.to_payment(), "timeout_before")
    where = given.headers["Location"]
    again = where.replace("/thanks/", "/return/")
    assert f'href="{again}">Look again' in text_of(framed.client.get(where))
    assert framed.client.get(again).headers["Location"].startswith(where)


def test_the_gift_remembers_the_page_and_its_own_page_leads_back(framed: Donor, charity: Charity) -> None:
    page = framed.amount(page_url="https://www.example.org/a/story/?utm=x#y", utm_source="letter")
    given = framed.give(framed.details(page))
    source = GiftSource.objects.get()
    assert (source.page_url, source.utm_source) == ("https://www.example.org/a/story/", "letter")
    own = given.headers["Location"].removesuffix("frame/")
    back = 'href="https://www.example.org/a/story/">Back to <bdi>www.example.org</bdi>'
    assert back in text_of(framed.client.get(own))
    assert back not in text_of(framed.client.get(given.headers["Location"]))
    DonationForm.objects.update(frame_sites="https://news.example.net:8443")
    bump(charity.pk)
    assert "www.example.org" not in text_of(framed.client.get(own)), "no longer a site of the form's"


@pytest.mark.parametrize(
    "claim",
    [
        "https://evil.example/", "https://www.example.org.evil.example/", "https://www.example.org@evil.example/",
        "//www.example.org/", "javascript:https://www.example.org/", "https://www.example.org\\@evil.example/",
        "https://www.example.org:8443/", "http://www.example.org/", "https://www.example.org/\r\nx", "x" * 3000,
    ],
)  # fmt: skip
def test_a_claim_of_no_listed_page_is_not_kept(framed: Donor, claim: str) -> None:
    given = framed.give(framed.details(framed.amount(page_url=claim)))
    assert given.status_code == 303
    kept = GiftSource.objects.values_list("page_url", flat=True).first() or ""
    assert kept in ("", "https://www.example.org/x"), kept
    assert "evil" not in text_of(framed.client.get(given.headers["Location"].removesuffix("frame/")))


def test_a_page_of_the_forms_own_claims_no_other(donor: Donor, charity: Charity) -> None:
    DonationForm.objects.update(frame_sites=SITES)
    bump(charity.pk)
    donor.give(donor.details(donor.amount(page_url="https://www.example.org/")))
    assert Gift.objects.count() == 1
    assert not GiftSource.objects.exclude(page_url="").exists()


def test_a_claim_is_cut_and_keeps_to_its_path() -> None:
    sites = ("https://a.example",)
    assert claimed_page("https://a.example/" + "p" * 500, sites) == "https://a.example/" + "p" * 282
    assert claimed_page("https://a.example", sites) == "https://a.example"


def test_colours_come_with_the_address_and_stay(framed: Donor) -> None:
    framed.prefix = "/give/4840/frame/7a1f4b-00aa88/"
    first = framed.client.get(framed.prefix)
    assert "--brand:#7a1f4b" in text_of(first) and "--accent:#00aa88" in text_of(first)
    given = framed.give(framed.to_payment())
    assert given.headers["Location"].endswith("/frame/7a1f4b-00aa88/")
    assert "--brand:#7a1f4b" in text_of(framed.client.get(given.headers["Location"]))
    assert framed.client.get("/give/4840/frame/7a1f4/").status_code == 404


def test_a_colour_without_contrast_is_left_out() -> None:
    assert frame_of("ffff00-00aa88") == Frame("", "#00aa88")
    assert frame_of("7a1f4b") == Frame("#7a1f4b", "")
    assert frame_of("-f2b705") == Frame("", "#f2b705")
    assert frame_of("") == Frame() and Frame().path == "frame/"
    assert frame_of(None) is None
    assert (
        Frame("#7a1f4b", "#f2b705").path == "frame/7a1f4b-f2b705/"
        and Frame("", "#f2b705").path == "frame/-f2b705/"
    )


def test_the_framed_page_is_the_same_bytes_for_all(framed: Donor) -> None:
    first = framed.client.get(framed.prefix)
    again = type(framed.client)(headers={"Referer": "https://www.example.org/", "Accept-Language": "ar"}).get(
        framed.prefix
    )
    assert (again.content, dict(again.items())) == (first.content, dict(first.items()))
    assert first.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("state", HTML_BUDGETS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_framed_page_stays_within_the_forms_budget(language: str, state: str) -> None:
    step = states(language)[state]
    assert isinstance(step, StepAmount)
    sites = tuple(f"https://www.a-long-name-of-a-site-{number}.example.org" for number in range(8))
    html = render(replace(step, form=replace(step.form, frame_sites=sites)), whole=True)
    scripts = len(asset("give.js").gzipped) + len(asset("frame.js").gzipped)
    assert packed(html) <= HTML_BUDGETS[state]
    assert packed(html) + scripts <= 14_336
