"""Editors make and change forms: plain words in, the exact rows out, and a preview that saves nothing."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests.gateways.conftest import stand_in
from tests.gateways.stripe.walk import stripe_at

from almoner.backoffice.tests.conftest import World
from almoner.charities.models import AuditEntry, ContentStamp, Fund
from almoner.giving import speaking
from almoner.giving.catalogue import form_of
from almoner.giving.models import DonationForm, FormNumber, Gift, SuggestedAmount
from almoner.impact.quantities import Bound
from almoner.impact.register import decide, enter
from almoner.impact.tests.making import Person, make_figure
from almoner.payments import gateways
from almoner.supporters.models import ConsentWording


def rows(name: str, *values: dict[str, str], initial: int = 0) -> dict[str, str]:
    """A formset as the editor posts it."""
    posted = {
        f"{name}-TOTAL_FORMS": str(len(values)), f"{name}-INITIAL_FORMS": str(initial),
        f"{name}-MIN_NUM_FORMS": "0", f"{name}-MAX_NUM_FORMS": "1000",
    }  # fmt: skip
    for at, row in enumerate(values):
        posted |= {f"{name}-{at}-{key}": value for key, value in row.items()}
    return posted


def filled(world: World, **values: str) -> dict[str, Any]:
    """Everything that an editor would have typed for a new form."""
    tide = world.tide
    return {
        "charity": str(tide.charity.pk), "title": "Winter appeal", "intro": "Words", "slug": "winter", "active": "on",
        "frequencies": ["monthly", "once"], "currencies": "aud, nzd", "minimum_minor": "5", "maximum_minor": "1,000.00",
        "goal_minor": "40000",
        "ask_address": "required", "ask_phone": "no", "ask_tribute": "on", "ask_anonymous": "on",
        "methods": "sandbox_card", "offer_cover": "on", "cover_percent_hundredths": "1.75", "cover_fixed_minor": "0.30",
        "thanks_text": "Thank you.", "colour_primary": "#0f5c6e", "colour_accent": "", "logo_svg": "",
        **rows("suggested_amounts", {"amount_minor": "50", "line": "An hour", "currency": "", "frequency": "once"},
               {"amount_minor": "25.50", "line": "", "currency": "nzd", "frequency": "once"}),
        **rows("further_currencies", {"currency": "nzd", "minimum_minor": "6", "maximum_minor": "1,200",
                                      "cover_fixed_minor": ""}),
        **rows("numbers", {"number": "5001"}, {"number": "5002"}),
        **rows("form_funds", {"fund": str(tide.fund.pk), "ORDER": "1"}),
        **rows("consent_questions", {"channel": "email", "text": "Email me?", "basis": "consent"}),
    } | values  # fmt: skip


def make(client: Client, world: World, **values: str) -> Any:
    return client.post("/admin/forms/new/", filled(world, **values))


def edit(client: Client, form: DonationForm, posted: dict[str, str]) -> Any:
    return client.post(f"/admin/forms/edit/{form.pk}/", posted)


def standing(world: World, form: DonationForm, **values: str) -> dict[str, str]:
    """The form as the edit screen would post it back."""
    posted = filled(world)
    for name in ("suggested_amounts", "further_currencies", "numbers", "form_funds", "consent_questions"):
        for at, row in enumerate(getattr(form, name).all()):
            posted |= {f"{name}-{at}-id": str(row.pk), f"{name}-INITIAL_FORMS": str(at + 1)}
    order = {row.amount_minor: row.pk for row in form.suggested_amounts.all()}
    if set(order) == {5000, 2550}:
        posted |= {"suggested_amounts-0-id": str(order[5000]), "suggested_amounts-1-id": str(order[2550])}
    return posted | values


def errors(response: Any) -> str:
    form = response.context["form"]
    every = [
        *form.errors.values(),
        *(e for f in form.formsets.values() for row in f.errors for e in row.values()),
    ]
    every += [f.non_form_errors() for f in form.formsets.values()]
    return " ".join(str(text) for group in every for text in group)


def test_a_form_is_made_without_code(world: World) -> None:
    client = world.client("editor")
    page = client.get("/admin/forms/new/").content.decode()
    assert "The Tide Charity" in page
    assert 'value="sandbox_card"' in page
    before = (
        ContentStamp.objects.filter(charity=world.tide.charity).values_list("version", flat=True).first() or 0
    )
    response = make(client, world)
    form = DonationForm.objects.get(slug="winter")
    assert response.headers["Location"] == f"/admin/forms/edit/{form.pk}/"
    assert (form.currencies, form.minimum_minor, form.maximum_minor, form.goal_minor) == (
        "AUD NZD", 500, 100_000, 4_000_000,
    )  # fmt: skip
    assert (form.cover_percent_hundredths, form.cover_fixed_minor, form.methods) == (
        175,
        30,
        ["sandbox_card"],
    )
    assert form.frequencies == "once monthly"
    terms = form.further_currencies.values_list(
        "currency", "minimum_minor", "maximum_minor", "cover_fixed_minor"
    )
    assert list(terms) == [("NZD", 600, 120_000, 0)]
    amounts = form.suggested_amounts.order_by("amount_minor").values_list("amount_minor", "currency", "line")
    assert list(amounts) == [(2550, "NZD", ""), (5000, "AUD", "An hour")]
    assert list(form.numbers.order_by("number").values_list("number", "charity")) == [
        (5001, world.tide.charity.pk), (5002, world.tide.charity.pk),
    ]  # fmt: skip
    wording = ConsentWording.objects.get()
    assert (wording.text, wording.version, wording.charity) == ("Email me?", 1, world.tide.charity)
    assert form.consent_questions.get().wording == wording
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_type, entry.object_id) == ("make form", "form", str(form.pk))
    assert "title" in entry.detail["fields"]
    assert "Winter appeal" not in str(entry.detail)
    assert ContentStamp.objects.get(charity=world.tide.charity).version == before + 1
    spec = form_of(world.tide.charity, "5002")
    assert spec is not None
    assert spec.title == "Winter appeal"


@pytest.mark.parametrize("able", [True, False])
def test_wallets_are_a_choice_where_a_gateway_has_them(
    world: World, monkeypatch: pytest.MonkeyPatch, able: bool
) -> None:
    monkeypatch.setattr("almoner.backoffice.editor.form_form.has_wallets", lambda: able)
    client = world.client("editor")
    page = client.get("/admin/forms/new/").content.decode()
    assert ("A button for wallets on the first step" in page) is able
    assert 'name="offer_wallets" checked' not in page
    make(client, world, offer_wallets="on")
    assert DonationForm.objects.get(slug="winter").offer_wallets is able


def test_an_address_is_made_of_the_title(world: World) -> None:
    client = world.client("editor")
    make(client, world, slug="", title="Für die Küste!")
    form = DonationForm.objects.get(slug="fur-die-kuste")
    for title, said in (("Für die Küste", "has this address already"), ("للبحر", "letters without accents")):
        refused = make(client, world, slug="", title=title)
        assert said in " ".join(refused.context["form"].errors["slug"]), title
    assert "this address" not in edit(client, form, standing(world, form, slug="kuste")).content.decode()
    form.refresh_from_db()
    assert form.slug == "kuste"


@pytest.mark.parametrize(
    ("values", "least"),
    [
        ({"minimum_minor": "0.49"}, "0.50 AUD"),
        ({"further_currencies-0-minimum_minor": "0.49"}, "0.50 NZD"),
        ({"suggested_amounts-0-amount_minor": "0.25"}, "0.50 AUD"),
        ({"suggested_amounts-1-amount_minor": "0.25"}, "0.50 NZD"),
    ],
)
def test_no_less_than_the_gateways_take(
    world: World, monkeypatch: pytest.MonkeyPatch, values: dict[str, str], least: str
) -> None:
    stand_in(monkeypatch, stripe_at("http://127.0.0.1:9", currencies=frozenset({"AUD", "NZD"})))
    monkeypatch.setattr("almoner.backoffice.editor.fields.gateways", gateways.gateways)
    client = world.client("editor")
    refused = make(client, world, methods="stripe_element", **values)
    said = f"The ways to pay that are ticked take no less than {least}: enter at least that."
    assert refused.status_code == 200 and refused.content.decode().count(said) == 1
    assert f'value="{next(iter(values.values()))}"' in refused.content.decode()
    assert not DonationForm.objects.filter(slug="winter").exists()
    assert make(client, world, methods="sandbox_card", **values).status_code == 302


def test_the_edit_screen_shows_what_people_typed(world: World) -> None:
    client = world.client("editor")
    make(client, world)
    form = DonationForm.objects.get(slug="winter")
    page = client.get(f"/admin/forms/edit/{form.pk}/").content.decode()
    for shown in (
        'value="5.00"',
        'value="1000.00"',
        'value="40000.00"',
        'value="1.75"',
        'value="0.30"',
        'value="25.50"',
    ):
        assert shown in page, shown
    for tab in ("Amounts", "What to ask", "Paying", "Thank-you", "Looks"):
        assert tab in page, tab


def test_saving_again_changes_nothing(world: World) -> None:
    client = world.client("editor")
    make(client, world)
    form = DonationForm.objects.get(slug="winter")
    before = DonationForm.objects.filter(pk=form.pk).values().get()
    response = edit(client, form, standing(world, form))
    assert response.status_code == 302, errors(response)
    after = DonationForm.objects.filter(pk=form.pk).values().get()
    assert {k: v for k, v in after.items() if k != "updated_at"} == {
        k: v for k, v in before.items() if k != "updated_at"
    }
    assert form.suggested_amounts.count() == 2
    assert ConsentWording.objects.count() == 1


def test_a_change_of_words_is_a_new_version(world: World) -> None:
    client = world.client("editor")
    make(client, world)
    form = DonationForm.objects.get(slug="winter")
    old = form.consent_questions.get().wording
    edit(client, form, standing(world, form, **{"consent_questions-0-text": "May we email you?"}))
    form = DonationForm.objects.get(slug="winter")
    new = form.consent_questions.get().wording
    assert new is not None
    assert (new.version, new.text) == (2, "May we email you?")
    assert ConsentWording.objects.filter(pk=old.pk, text="Email me?").exists()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"minimum_minor": "abc"}, "as a number"),
        ({"minimum_minor": "2000"}, "smallest amount is larger than the largest"),
        ({"currencies": "AUD XXX"}, "“XXX” is not a currency"),
        ({"currencies": "AUD AUD"}, "each currency once"),
        ({"currencies": "JPY", "suggested_amounts-1-currency": "JPY"}, "no decimals"),
        ({"suggested_amounts-1-currency": "USD"}, "doesn’t take this currency"),
        ({"suggested_amounts-0-amount_minor": "-5"}, "above zero"),
        (
            {"suggested_amounts-1-amount_minor": "50", "suggested_amounts-1-currency": ""},
            "Two of these rows are the same",
        ),
        ({"cover_percent_hundredths": "100"}, "99.99"),
        ({"colour_primary": "teal-ish"}, "is not a colour"),
        ({"logo_svg": "<html>"}, "not an SVG drawing"),
        ({"further_currencies-0-minimum_minor": "2000"}, "smallest amount is larger than the largest"),
        ({"further_currencies-0-currency": "aud"}, "after its first"),
        ({"further_currencies-0-currency": "USD"}, "after its first"),
        ({"further_currencies-0-currency": "ABC"}, "“ABC” is not a currency"),
        ({"further_currencies-0-maximum_minor": ""}, "required"),
        ({"slug": "give"}, "has this address already"),
        ({"slug": "4840"}, "Add a letter"),
        ({"slug": "thanks"}, "Something else stands at this address"),
        ({"slug": "Return"}, "Something else stands at this address"),
        ({"slug": "assets"}, "Something else stands at this address"),
        ({"numbers-0-number": "4840"}, "The form “Tide form” answers to this number already"),
        ({"numbers-1-number": "5001"}, "Two of these rows are the same"),
        ({"methods": "cheque"}, "valid choice"),
        ({"title": ""}, "required"),
    ],
)
def test_mistakes_are_said_in_sentences_and_nothing_is_saved(
    world: World, values: dict[str, str], says: str
) -> None:
    response = make(world.client("editor"), world, **values)
    assert response.status_code == 200
    assert says in errors(response) or says in response.content.decode()
    assert DonationForm.objects.count() == 2
    assert (AuditEntry.objects.count(), ConsentWording.objects.count()) == (0, 0)


def test_another_charitys_fund_or_name_is_no_choice(world: World) -> None:
    client = world.client("editor")
    for values in ({"form_funds-0-fund": str(world.river.fund.pk)}, {"charity": str(world.river.charity.pk)}):
        assert "valid choice" in errors(make(client, world, **values))
    both = make(world.client("superuser"), world, **{"form_funds-0-fund": str(world.river.fund.pk)})
    assert "not one of The Tide Charity’s" in errors(both)
    assert DonationForm.objects.count() == 2


def test_a_form_never_changes_its_charity(world: World) -> None:
    make(world.client("superuser"), world)
    form = DonationForm.objects.get(slug="winter")
    posted = standing(world, form, charity=str(world.river.charity.pk))
    edit(world.client("superuser"), form, posted)
    form.refresh_from_db()
    assert form.charity == world.tide.charity


def test_the_same_number_may_stand_at_another_charity(world: World) -> None:
    response = make(world.client("editor"), world, **{"numbers-0-number": "7"})
    assert response.status_code == 302, errors(response)
    assert FormNumber.objects.filter(number=7).count() == 2


def test_funds_keep_the_order_they_were_put_in(world: World) -> None:
    night = Fund.objects.create(charity=world.tide.charity, code="night", name="Night line")
    both = rows(
        "form_funds", {"fund": str(world.tide.fund.pk), "ORDER": "2"}, {"fund": str(night.pk), "ORDER": "1"}
    )
    make(world.client("editor"), world, **both)
    form = DonationForm.objects.get(slug="winter")
    assert [row.fund for row in form.form_funds.order_by("position")] == [night, world.tide.fund]


def test_a_hostile_logo_is_written_anew(world: World) -> None:
    logo = '<svg onload="alert(1)"><script>alert(2)</script><path d="M0 0h1" fill="#123456"/></svg>'
    make(world.client("editor"), world, logo_svg=logo)
    saved = DonationForm.objects.get(slug="winter").logo_svg
    assert saved == '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1" fill="#123456"></path></svg>'


def test_a_pale_colour_is_taken_with_a_word_of_warning(world: World) -> None:
    response = world.client("editor").post(
        "/admin/forms/new/", filled(world, colour_primary="#FFE"), follow=True
    )
    assert "too pale for buttons" in response.content.decode()
    assert DonationForm.objects.get(slug="winter").colour_primary == "#ffffee"


@pytest.mark.parametrize(
    ("methods", "frequencies", "bank", "says"),
    [
        ("bank_transfer", ["once"], False, "Nobody can give by this form yet"),
        (
            "bank_transfer",
            ["once", "monthly", "yearly"],
            True,
            "offered to give every month, every year: no way",
        ),
        ("bank_transfer", ["once"], True, ""),
        ("sandbox_card", ["once", "monthly"], False, ""),
    ],
)
def test_it_says_what_donors_are_not_offered(
    world: World, methods: str, frequencies: list[str], bank: bool, says: str
) -> None:
    world.tide.charity.bank_details = [{"label": "BSB", "value": "062-000"}] if bank else []
    world.tide.charity.save()
    sent = filled(world) | {"methods": [methods], "frequencies": frequencies}
    answer = world.client("editor").post("/admin/forms/new/", sent, follow=True)
    assert DonationForm.objects.get(slug="winter").methods == [methods]
    told = " ".join(str(message) for message in answer.context["messages"])
    assert says in told
    assert says or ("Nobody can give" not in told and "offered to give" not in told)


def test_previews_show_what_is_typed_and_save_nothing(world: World) -> None:
    client = world.client("editor")
    posted = filled(world, title="Not saved yet")
    answer = client.post("/admin/forms/preview/", posted)
    assert answer.json() == {"is_valid": True, "is_available": True}
    shown = {
        mode: client.get(f"/admin/forms/preview/?mode={mode}")
        for mode in ("amount", "details", "payment", "thanks")
    }
    assert "Not saved yet" in shown["amount"].content.decode()
    assert "An hour" in shown["amount"].content.decode()
    assert "Email me?" in shown["details"].content.decode()
    assert "Your Details" in shown["details"].content.decode()
    assert "Ada Example" in shown["payment"].content.decode()
    assert "Thank you." in shown["thanks"].content.decode()
    for response in shown.values():
        policy = response.headers["Content-Security-Policy"]
        assert "form-action 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "script-src" not in policy
    assert DonationForm.objects.count() == 2
    assert (ConsentWording.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_a_preview_is_seen_in_each_language_that_the_charity_speaks(world: World) -> None:
    client = world.client("editor")
    make(client, world)
    form = DonationForm.objects.get(slug="winter")
    said = {
        form.title: "Winterlicht", "An hour": "Eine Stunde", "Email me?": "Mailen Sie mir?",
        "Thank you.": "Danke sehr.", world.tide.fund.name: "Flut",
    }  # fmt: skip
    speaking.keep(world.tide.charity, "de", said, actor=world.users["editor"])
    editing = client.get(f"/admin/forms/edit/{form.pk}/").content.decode()
    assert re.findall(r'<option value="(\w+-[a-z]+)"', editing) == [
        f"{mode}-de" for mode in ("amount", "details", "payment", "thanks")
    ]
    assert "German: 1. How much would you like to give?" in editing
    client.post(f"/admin/forms/preview/{form.pk}/", standing(world, form, intro="Not said yet"))
    amount, details, payment, thanks = (
        client.get(f"/admin/forms/preview/{form.pk}/?mode={mode}-de").content.decode()
        for mode in ("amount", "details", "payment", "thanks")
    )
    assert '<html lang="de"' in amount and "<bdi>Winterlicht</bdi>" in amount and "Eine Stunde" in amount
    assert '<bdi lang="en">Not said yet</bdi>' in amount
    assert "<bdi>Mailen Sie mir?</bdi>" in details and "<bdi>Flut</bdi>" in payment
    assert "<bdi>Danke sehr.</bdi>" in thanks and "<dt>Betrag</dt>" in thanks and "<bdi>Flut</bdi>" in thanks
    own = client.get(f"/admin/forms/preview/{form.pk}/?mode=amount").content.decode()
    assert '<html lang="en"' in own and "Winterlicht" not in own


def test_a_preview_of_a_saved_form_and_of_a_mistake(world: World) -> None:
    client = world.client("editor")
    make(client, world)
    form = DonationForm.objects.get(slug="winter")
    client.post(f"/admin/forms/preview/{form.pk}/", standing(world, form, title="Changed, not saved"))
    assert "Changed, not saved" in client.get(f"/admin/forms/preview/{form.pk}/?mode=amount").content.decode()
    answer = client.post("/admin/forms/preview/", filled(world, minimum_minor="abc"))
    assert answer.json()["is_valid"] is False


def test_a_goal_in_a_preview_counts_no_strangers_gifts(world: World) -> None:
    world.tide.give()
    Gift.objects.update(form=None)
    client = world.client("editor")
    client.post("/admin/forms/preview/", filled(world))
    assert "1 donor" not in client.get("/admin/forms/preview/?mode=amount").content.decode()


def test_a_copy_is_whole_but_for_its_numbers_and_switched_off(world: World) -> None:
    client = world.client("editor")
    make(client, world)
    original = DonationForm.objects.get(slug="winter")
    response = client.post(f"/admin/forms/copy/{original.pk}/", {"title": "Spring", "slug": "spring"})
    copy = DonationForm.objects.get(slug="spring")
    assert response.headers["Location"] == f"/admin/forms/edit/{copy.pk}/"
    assert (copy.active, copy.goal_minor, copy.currencies, copy.charity) == (
        False, 4_000_000, "AUD NZD", world.tide.charity,
    )  # fmt: skip
    assert (copy.suggested_amounts.count(), copy.form_funds.count(), copy.consent_questions.count()) == (
        2,
        1,
        1,
    )
    assert copy.numbers.count() == 0
    original.refresh_from_db()
    assert (original.suggested_amounts.count(), original.numbers.count()) == (2, 2)
    assert AuditEntry.objects.latest("id").action == "copy form"
    for word, problem in (("thanks", "Something else stands"), ("77", "Add a letter")):
        wrong = client.post(f"/admin/forms/copy/{original.pk}/", {"title": "Again", "slug": word})
        assert problem in wrong.content.decode()
    taken = client.post(f"/admin/forms/copy/{original.pk}/", {"title": "Again", "slug": "spring"})
    assert "has this address" in taken.content.decode()


def test_a_form_with_gifts_is_switched_off_and_not_deleted(world: World) -> None:
    world.tide.give()
    client = world.client("editor")
    for call in (client.get, client.post):
        response = call(f"/admin/forms/delete/{world.tide.form.pk}/", follow=True)
        assert "Switch it off instead" in response.content.decode()
    assert "/delete/" not in client.get(f"/admin/forms/edit/{world.tide.form.pk}/").content.decode()
    assert DonationForm.objects.count() == 2


def test_a_form_nobody_used_can_be_deleted(world: World) -> None:
    client = world.client("editor")
    make(client, world)
    form = DonationForm.objects.get(slug="winter")
    assert client.get(f"/admin/forms/delete/{form.pk}/").status_code == 200
    client.post(f"/admin/forms/delete/{form.pk}/")
    assert not DonationForm.objects.filter(slug="winter").exists()
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.detail) == ("delete form", {"title": "Winter appeal"})


def test_a_refused_save_leaves_no_trace_in_the_log(world: World) -> None:
    make(world.client("editor"), world, title="")
    assert AuditEntry.objects.count() == 0


def test_numbers_in_its_words_are_held_against_the_register(world: World) -> None:
    """The form's own words, its thanks and the lines of its amounts, as they were saved or sent."""
    client, form = world.client("editor"), world.tide.form
    url = f"/admin/forms/edit/{form.pk}/"
    assert "No number in this form’s words" in client.get(url).content.decode()
    figure = make_figure(world.tide.charity)
    figure.indicator.nouns = "people rescued"
    figure.indicator.save()
    made = enter(replace(figure, value=Decimal(1200), bound=Bound.EXACT), actor=Person(1, "ana"))
    decide(made, accepted=True, role="Lead", actor=Person(2, "ben"))
    form.intro = "We rescued 1,200 people."
    form.save()
    line = "So 1,300 people were rescued"
    SuggestedAmount.objects.create(form=form, amount_minor=9900, currency="AUD", line=line)

    def told(html: str) -> list[str]:
        part = html[html.index("bo-checks__numbers") :]
        return [
            " ".join(re.sub("<[^>]+>", " ", each).split())
            for each in part.split("</ul>")[0].split("<li>")[1:]
        ]

    first, second = told(client.get(url).content.decode())
    assert first.startswith(
        "Contradicted “So 1,300 people were rescued” It says 1,300 ; the register says 1,200"
    )
    assert second.startswith("Holds today “We rescued 1,200 people.”")
    sent = client.post(url, filled(world, intro="We rescued 1,250 people.", slug=""))
    assert sent.status_code == 200 and "“We rescued 1,250 people.”" in sent.content.decode()
