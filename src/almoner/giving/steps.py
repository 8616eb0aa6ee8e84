"""From a draft to a page: what each step shows, put together from the form, what was typed, and what went wrong."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from almoner.addresses.finder import FinderUnavailable, finder_for, provenance, wants_manual_entry
from almoner.addresses.postal import (
    AddressInvalid,
    PostalAddress,
    country_choices,
    fields_for,
    format_lines,
    read_address,
)
from almoner.giving import altcha, limits
from almoner.giving.actions import Intent
from almoner.giving.catalogue import FormSpec
from almoner.giving.drafts import Draft
from almoner.giving.entry import DetailsEntry, Invalid, read_amount, read_details, suggested_email
from almoner.giving.finding import note_of
from almoner.giving.in_page import element_of
from almoner.giving.limits import Verdict, Who
from almoner.giving.regular import EVERY, Schedule, day_choices, promise_of
from almoner.giving.views_model import (
    AddressField,
    Decline,
    FieldError,
    MethodChoice,
    Price,
    Promise,
    StepAmount,
    StepDetails,
    StepPayment,
    Suggestion,
    Summary,
    suffix_of,
)
from almoner.giving.ways import Way
from almoner.giving.wording import method_choice, outcome_label
from almoner.kernel.clock import now
from almoner.kernel.money import format_plain
from almoner.payments.gateways.sandbox.gateway import CARD_OUTCOMES, DEBIT_OUTCOMES, outcomes_of
from almoner.supporters.people import Details

_PREFIX = "address_"
_ADDRESS_NAMES = ("line1", "line2", "dependent_locality", "locality", "region", "postcode", "sorting_code")


@dataclass(frozen=True, slots=True)
class Person:
    """Your Details, read whole: fields and address."""

    entry: DetailsEntry
    address: PostalAddress | None


@dataclass(frozen=True, slots=True)
class Need:
    """What a method has to be able to do. `country` is the donor's where it is known, else the charity's."""

    currency: str
    country: str
    regular: bool


def amount_step(
    spec: FormSpec,
    language: str,
    *,
    values: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] = (),
    token: str = "",
    note: str = "",
) -> StepAmount:
    values = values or {}
    return StepAmount(
        form=spec.look(language),
        values=values,
        errors=tuple(errors),
        story_id=values.get("story", ""),
        token=token,
        note=note,
    )


def details_step(
    spec: FormSpec,
    draft: Draft,
    language: str,
    *,
    errors: Sequence[FieldError] = (),
    suggestions: tuple[Suggestion, ...] | None = None,
    manual: bool = False,
    filled: bool = False,
) -> StepDetails:
    """Your Details, with what was typed. The address opens by hand when there is no finder, when it was asked for,
    when something stands in its fields, or when an error does. The draft keeps the words of the questions it asks."""
    draft = asking(draft, {consent.channel: consent.wording_id for consent in spec.consents_in(language)})
    values = dict(draft.values)
    country = values["country"] = _known_country(values.get("country", "")) or spec.charity.country
    finder = finder_for(country) if spec.asks.address != "no" else None
    typed = _typed_address(values)
    wrong = any(
        error.field.startswith((_PREFIX + "l", _PREFIX + "d", _PREFIX + "r", _PREFIX + "p"))
        for error in errors
    )
    return StepDetails(
        form=spec.look(language),
        token=draft.seal(),
        values=values,
        price=_price(spec, draft),
        errors=tuple(errors),
        countries=country_choices(language) if spec.asks.address != "no" else (),
        address_fields=_address_fields(country) if spec.asks.address != "no" else (),
        finder=finder is not None,
        finder_source=finder.attribution if finder is not None else "",
        suggestions=suggestions,
        manual_open=manual or typed or wrong or finder is None,
        filled=filled,
        days=day_choices(spec.today()) if draft.frequency != "once" else (),
    )


def _price(spec: FormSpec, draft: Draft) -> Price:
    cover_minor = spec.cover_minor(draft.amount_minor, draft.currency)
    return Price(draft.amount_minor, draft.currency, cover_minor, draft.frequency)


def asking(draft: Draft, asked: Mapping[str, int]) -> Draft:
    """The draft with the questions as they are worded now. A tick under other words says nothing of these, so it is
    taken out. Whoever answers anew after a decline has other content, and so a gift of their own."""
    if asked == draft.asked:
        return draft
    same = {f"consent_{channel}" for channel, was in draft.asked.items() if asked.get(channel) == was}
    values = {
        name: text for name, text in draft.values.items() if name in same or not name.startswith("consent_")
    }
    return replace(draft, asked=asked, values=values)


def _answers(draft: Draft) -> dict[int, tuple[str, bool]]:
    """What was answered to the words that were shown: wording -> (channel, whether it was ticked)."""
    return {
        wording_id: (channel, draft.values.get(f"consent_{channel}") == "yes")
        for channel, wording_id in draft.asked.items()
    }


def payment_step(
    spec: FormSpec,
    draft: Draft,
    person: Person,
    language: str,
    *,
    verdict: Verdict,
    errors: Sequence[FieldError] = (),
    decline: Decline | None = None,
    note: str = "",
    chosen: str = "",
    outcome: str = "",
) -> StepPayment:
    need = need_of(spec, draft, person)
    verdict = fitted(verdict, spec, need)
    ways = offered_ways(spec, need, verdict)
    if not ways:
        errors = (*errors, FieldError("", _no_way(draft)))
    sandbox = [way for way in ways if way.sandbox and not way.hosted]
    outcomes = [*(CARD_OUTCOMES if any(w.kind == "card" for w in sandbox) else ())]
    outcomes += DEBIT_OUTCOMES if any(w.kind == "debit" for w in sandbox) else ()
    return StepPayment(
        form=spec.look(language),
        token=draft.seal(),
        summary=_summary(spec, draft, person, language),
        methods=tuple(_choice(way) for way in ways),
        chosen=_chosen(ways, chosen),
        outcomes=tuple((outcome.value, outcome_label(outcome)) for outcome in outcomes),
        outcome=outcome,
        errors=tuple(errors),
        decline=decline,
        note=note,
        hosted_only=verdict.hosted_only and any(way.hosted for way in ways),
        work=_work(spec, draft, verdict),
        email_suggestion=suggested_email(person.entry.email),
        element=element_of(ways, draft, _total_minor(spec, draft, person)),
    )


def _work(spec: FormSpec, draft: Draft, verdict: Verdict) -> str:
    """The challenge that the page's script has to solve; "" when none is asked."""
    if not verdict.work:
        return ""
    bound_to = limits.bound_to(spec.form_id, draft.gift_id, draft.ordinal)
    return altcha.challenge(bound_to, most=verdict.work, at=now()).to_json()


def _choice(way: Way) -> MethodChoice:
    return replace(method_choice(way.method), in_page=way.in_page, stands_in=way.stands_in)


def _chosen(ways: Sequence[Way], chosen: str) -> str:
    """What was chosen, or the first one that needs no script: where that runs, it chooses what it can show."""
    plain = [way.method for way in ways if not way.in_page] or [way.method for way in ways]
    return chosen if any(way.method == chosen for way in ways) else plain[0] if plain else ""


def need_of(spec: FormSpec, draft: Draft, person: Person) -> Need:
    address = person.address
    return Need(
        currency=draft.currency,
        country=address.country if address is not None else spec.charity.country,
        regular=draft.frequency != "once",
    )


def offered_ways(spec: FormSpec, need: Need, verdict: Verdict) -> tuple[Way, ...]:
    """The methods for this donor now. Suspects pay on the hosted page; where a form has none, nobody is shut out."""
    return (outside(spec, need) if verdict.hosted_only else ()) or _ways(spec, need)


def fitted(verdict: Verdict, spec: FormSpec, need: Need) -> Verdict:
    """What a form can ask of a donor: work where it has no way outside its page."""
    return verdict if outside(spec, need) else limits.in_the_page(verdict)


def outside(spec: FormSpec, need: Need) -> tuple[Way, ...]:
    """The methods that are paid elsewhere: on the gateway's own page, or at the bank."""
    return tuple(way for way in _ways(spec, need) if way.hosted or way.kind == "transfer")


def _ways(spec: FormSpec, need: Need) -> tuple[Way, ...]:
    return spec.ways_in(need.currency, country=need.country, regular=need.regular)


def _no_way(draft: Draft) -> str:
    if draft.frequency == "once":
        return _("There is no way to pay from this country in this currency here. Please write to us.")
    return _(
        "There is no way to give regularly from this country in this currency here. Go back and give once, or write "
        "to us."
    )


def outdated(spec: FormSpec, draft: Draft) -> tuple[FieldError, ...]:
    """What the form, as it is now, no longer takes of a draft that was begun before it was changed."""
    if all(fund.pk != draft.fund_id for fund in spec.funds.values()):
        return (FieldError("fund", _("Choose where your gift should go")),)
    values = {
        "currency": draft.currency,
        "frequency": draft.frequency,
        f"other_amount{suffix_of(draft.frequency)}": format_plain(draft.amount_minor, draft.currency),
    }
    try:
        read_amount(values, spec)
    except Invalid as invalid:
        return invalid.errors
    return ()


def outcome_of(way: Way | None, chosen: str) -> str:
    """The sandbox's outcome for a method: the one that was chosen, if it is one of that method's, else its first."""
    possible = outcomes_of(way.method) if way is not None and way.sandbox else ()
    return next((each for each in possible if each == chosen), possible[0] if possible else "")


def read_person(draft: Draft, spec: FormSpec, *, errors: Sequence[FieldError] = ()) -> Person:
    """Your Details, whole; raises `Invalid` with all errors of fields and address together, after those given."""
    errors, values = [*errors], draft.values
    entry: DetailsEntry | None = None
    address: PostalAddress | None = None
    try:
        entry = read_details(values, spec, frequency=draft.frequency)
    except Invalid as invalid:
        errors += invalid.errors
    try:
        address = _read_address(values, spec)
    except Invalid as invalid:
        errors += invalid.errors
    if errors or entry is None:
        raise Invalid(*errors)
    return Person(entry, address)


def find_addresses(values: Mapping[str, str], limit: int = 8) -> tuple[tuple[Suggestion, ...] | None, bool]:
    """(what was found, or None when the finder can't say; whether to open manual entry at once)."""
    query = values.get("address_query", "")[:200]
    finder = finder_for(values.get("country", ""))
    if finder is None or wants_manual_entry(query):
        return None, True
    try:
        found = finder.find(query, limit=limit)
    except FinderUnavailable:
        return None, True
    return tuple(Suggestion(each.key, each.label, note_of(each)) for each in found), not found


def use_address(values: Mapping[str, str]) -> dict[str, str] | None:
    """The fields of the address that was chosen; None when nothing (or something unknown) was."""
    finder = finder_for(values.get("country", ""))
    try:
        found = finder.get(values.get("address_choice", "")) if finder is not None else None
    except FinderUnavailable:
        return None
    if finder is None or found is None:
        return None
    chosen = {f"{_PREFIX}{name}": getattr(found.address, name) for name in _ADDRESS_NAMES}
    return chosen | {"address_found": found.key}


def with_choice(draft: Draft, spec: FormSpec) -> tuple[Draft, tuple[FieldError, ...]]:
    """(the draft with the address that was ticked and not yet used in its fields, what else to say of the finder).

    A search from which nothing was taken is no address. Where one is required its own error says so; where it isn't,
    nothing is dropped without a word."""
    values = draft.values
    if spec.asks.address == "no" or _typed_address(values):
        return draft, ()
    if chosen := use_address(values):
        return replace(draft, values={**values, **chosen}), ()
    searched = values.get("address_query", "").strip() and finder_for(values.get("country", "")) is not None
    if spec.asks.address == "required" or not (searched or values.get("address_choice")):
        return draft, ()
    text = _("Choose your address, enter it by hand, or leave this empty")
    return draft, (FieldError("address_query", text),)


def found_so_far(draft: Draft, spec: FormSpec) -> tuple[tuple[Suggestion, ...] | None, bool]:
    """(what the finder offers, whether to open manual entry), while something else is put right."""
    if (
        spec.asks.address == "no"
        or _typed_address(draft.values)
        or not draft.values.get("address_query", "").strip()
    ):
        return None, False
    return find_addresses(draft.values)


def _typed_address(values: Mapping[str, str]) -> bool:
    return any(values.get(_PREFIX + name, "").strip() for name in _ADDRESS_NAMES)


def intent_of(
    spec: FormSpec,
    draft: Draft,
    person: Person,
    way: Way,
    *,
    language: str,
    return_url: str,
    given: Mapping[str, str],
    who: Who,
) -> Intent:
    """Everything that is needed to give, from the draft and what was chosen on the last step."""
    entry, fund_code = person.entry, _fund_code(spec, draft)
    cover_minor = spec.cover_minor(draft.amount_minor, draft.currency) if entry.cover else 0
    return Intent(
        gift_id=draft.gift_id,
        public_key=draft.public_key,
        ordinal=draft.ordinal,
        charity_id=spec.charity.pk,
        form_id=spec.form_id,
        fund_id=draft.fund_id,
        fund_code=fund_code,
        details=Details(
            given_name=entry.given_name,
            family_name=entry.family_name,
            email=entry.email,
            phone=entry.phone,
            address=person.address.to_dict() if person.address is not None else None,
            language=language,
        ),
        amount_minor=draft.amount_minor,
        cover_minor=cover_minor,
        currency=draft.currency,
        gateway=way.gateway,
        method=way.method,
        digest=digest_of(draft, person, cover_minor),
        language=language,
        description=str(spec.say(spec.title, language)),
        return_url=return_url,
        input=given,
        consents=_answers(draft),
        source=draft.source,
        source_name=f"form {spec.path_key}",
        who=who,
        tribute_kind=entry.tribute_kind,
        tribute_name=entry.tribute_name,
        message=entry.message,
        anonymous=entry.anonymous,
        every=EVERY[draft.frequency],
        day=entry.plan_day or None,
        ends_on=entry.plan_until,
        ends_after=entry.plan_gifts,
    )


def digest_of(draft: Draft, person: Person, cover_minor: int) -> str:
    """What makes two submits the same gift: amount, fund, and all that was typed, as it was read. It can be worked out
    again from what is stored, for a donor who comes back by the thank-you page."""
    entry, address = person.entry, person.address
    content = [
        draft.amount_minor, cover_minor, draft.currency, draft.fund_id, entry.given_name, entry.family_name,
        entry.email, entry.phone, entry.tribute_kind, entry.tribute_name, entry.message, entry.anonymous,
        address.values() if address is not None else None, sorted(_answers(draft).items()),
    ]  # fmt: skip
    if draft.frequency != "once":
        content += [draft.frequency, entry.plan_day, entry.plan_gifts]
    if entry.plan_until is not None:
        content.append(entry.plan_until.isoformat())
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _fund_code(spec: FormSpec, draft: Draft) -> str:
    return next(fund.code for fund in spec.funds.values() if fund.pk == draft.fund_id)


def _summary(spec: FormSpec, draft: Draft, person: Person, language: str) -> Summary:
    entry = person.entry
    total_minor = _total_minor(spec, draft, person)
    return Summary(
        amount_minor=draft.amount_minor,
        cover_minor=total_minor - draft.amount_minor,
        total_minor=total_minor,
        currency=draft.currency,
        name=f"{entry.given_name} {entry.family_name}".strip(),
        email=entry.email,
        fund=spec.fund_name(draft.fund_id, language),
        address=", ".join(format_lines(person.address, with_country=False)) if person.address else "",
        tribute_kind=entry.tribute_kind,
        tribute_name=entry.tribute_name,
        message=entry.message,
        anonymous=entry.anonymous,
        frequency=draft.frequency,
        promise=_promise(spec, draft, entry),
    )


def _total_minor(spec: FormSpec, draft: Draft, person: Person) -> int:
    cover_minor = spec.cover_minor(draft.amount_minor, draft.currency) if person.entry.cover else 0
    return draft.amount_minor + cover_minor


def _promise(spec: FormSpec, draft: Draft, entry: DetailsEntry) -> Promise | None:
    if draft.frequency == "once":
        return None
    schedule = Schedule(draft.frequency, entry.plan_day, entry.plan_gifts, entry.plan_until)
    return promise_of(schedule, today=spec.today(), charity_name=spec.charity.name)


def _known_country(code: str) -> str:
    """The code in capitals; "" when there is no such country."""
    plain = code.strip().upper()
    return plain if any(plain == known for known, _name in country_choices("en")) else ""


def _address_fields(country: str) -> tuple[AddressField, ...]:
    return tuple(
        AddressField(
            name=_PREFIX + each.name,
            label=each.label,
            required=each.required,
            autocomplete=each.autocomplete,
            width=_width(each.width),
            choices=tuple(each.choices),
        )
        for each in fields_for(country)
    )


def _width(characters: int) -> str:
    return "short" if characters <= 12 else "half" if characters <= 24 else "full"


def _read_address(values: Mapping[str, str], spec: FormSpec) -> PostalAddress | None:
    """The address as it stands in the fields, with how it came there. None where none was asked for or given."""
    if spec.asks.address == "no":
        return None
    typed = {name: values.get(_PREFIX + name, "") for name in _ADDRESS_NAMES}
    if not any(text.strip() for text in typed.values()):
        if spec.asks.address == "optional":
            return None
        if values.get("country") and finder_for(values["country"]) is not None:
            raise Invalid(FieldError("address_query", _("Find your address, or enter it by hand")))
    country = values.get("country") or spec.charity.country
    origin, source, release = provenance(country, typed, values.get("address_found", ""))
    try:
        return read_address(country, typed, origin=origin, source=source, release=release)
    except AddressInvalid as invalid:
        named = {"country": "country"}
        raise Invalid(
            *(FieldError(named.get(name, _PREFIX + name), text) for name, text in invalid.errors.items())
        ) from None
