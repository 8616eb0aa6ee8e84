"""The forms as donors meet them: compiled from the editors' rows once, and kept in memory until their charity's content
changes. The giving path reads no form from the database."""

import logging
import math
import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from django.conf import settings

from almoner.charities.models import Charity
from almoner.charities.phrases import Phrases
from almoner.charities.sites import NoCharity, charity_for, current_stamps
from almoner.giving.address_rule import address_rule
from almoner.giving.framing import Frame
from almoner.giving.goals import goal_of, goal_time
from almoner.giving.hooks import RelatedStory, hooks
from almoner.giving.models import DonationForm
from almoner.giving.opened import key_of, open_forms, payable
from almoner.giving.pages import Embedded, embedded_form
from almoner.giving.speaking import ConsentSpec, asked_in, currency_in
from almoner.giving.terms import choice_of, terms_of
from almoner.giving.views_model import (
    Ask,
    Asks,
    CharityLook,
    ConsentChoice,
    CurrencyChoice,
    FormLook,
    FundChoice,
    LanguageLink,
)
from almoner.giving.ways import Way, can_pay, ways_of
from almoner.impact.reached import Reached, by_fund
from almoner.impact.translated import Reader
from almoner.kernel.clock import now
from almoner.kernel.money import cover_fee
from almoner.kernel.spoken import Spoken
from almoner.plans.hooks import hooks as plan_hooks

_log = logging.getLogger(__name__)

# What stands at these places under /give/ is no form.
RESERVED_SLUGS: Final = frozenset({"addresses", "assets", "return", "thanks"})
# A story may lapse on its own day, without anybody changing anything.
_RELATED_AGE_SECONDS: Final = 60
# Anybody may ask for colours: of so many a form's looks are kept, and others are made anew each time.
_MOST_FRAMES: Final = 20


@dataclass(frozen=True, slots=True)
class FundSpec:
    pk: int
    code: str
    name: str
    line: str
    deductible: bool


@dataclass(frozen=True)
class FormSpec:
    """One form, compiled. Amounts in minor units of the currency they stand under."""

    form_id: int
    charity: Charity
    number: int
    slug: str
    title: str
    intro: str
    currencies: tuple[CurrencyChoice, ...]
    funds: Mapping[str, FundSpec]
    ways: tuple[Way, ...]
    asks: Asks
    consents: tuple[ConsentSpec, ...]
    cover_percent_hundredths: int
    # In minor units of each currency.
    cover_fixed_minor: Mapping[str, int]
    thanks_text: str
    goal_minor: int | None
    primary: str
    accent: str
    logo_svg: str
    # Origins of the sites that may show it in a frame; and the frame that this is the form of.
    sites: tuple[str, ...] = ()
    frame: Frame | None = None
    # Nothing can pay a gift here.
    closed: bool = False
    # Language -> (the goal as of when, the look)
    looks: dict[str, tuple[datetime | None, FormLook]] = field(default_factory=dict)
    plain_looks: dict[str, CharityLook] = field(default_factory=dict)
    asked: dict[str, tuple[ConsentSpec, ...]] = field(default_factory=dict)
    in_frames: dict[Frame, "FormSpec"] = field(default_factory=dict)

    @property
    def path_key(self) -> str:
        return str(self.number) if self.number else self.slug

    def prefix(self, language: str) -> str:
        """The form's own address in a language: "/give/4840/", "/ar/give/4840/", "/give/4840/frame/"."""
        return address_of(self.path_key, language) + (self.frame.path if self.frame else "")

    def framed(self, frame: Frame | None) -> "FormSpec":
        """The same form in a frame. A gateway's own fields would be a frame in a frame there, which neither wallets
        nor banks put up with: its own page takes their place, at the top level."""
        if frame is None:
            return self
        found = self.in_frames.get(frame)
        if found is None:
            found = replace(
                self,
                frame=frame,
                ways=tuple(way for way in self.ways if not way.in_page) or self.ways,
                currencies=tuple(replace(each, wallets=False) for each in self.currencies),
                primary=frame.primary or self.primary,
                accent=frame.accent or self.accent,
                looks={},
                plain_looks={},
            )
            if len(self.in_frames) < _MOST_FRAMES:
                self.in_frames[frame] = found
        return found

    def suggests_more(self, amount_minor: int, currency: str) -> bool:
        """Whether an amount is less than what is suggested, as card testers give. It is no fault: see `attacks`."""
        suggested = [
            amount.amount_minor
            for choice in self.currencies
            for amount in choice.amounts
            if choice.currency == currency
        ]
        return bool(suggested) and amount_minor < min(suggested)

    def cover_minor(self, amount_minor: int, currency: str) -> int:
        """What covering the cost of a gift would add: nothing where there is no fee."""
        if not self.asks.cover:
            return 0
        extra_minor = cover_fee(
            amount_minor,
            percent_hundredths=self.cover_percent_hundredths,
            fixed_minor=self.cover_fixed_minor[currency],
        )
        # Up, so that the fee is covered whole.
        return extra_minor + -extra_minor % self.step_minor(currency)

    def step_minor(self, currency: str) -> int:
        """Amounts are multiples of so many minor units, so that each way to pay that is offered takes them."""
        return math.lcm(*(way.steps.get(currency, 1) for way in self.ways_in(currency)))

    def ways_in(self, currency: str, *, country: str = "", regular: bool = False) -> tuple[Way, ...]:
        """The methods that take this currency, in the donor's country if it is known; for a regular gift, those that
        can be charged again."""
        return tuple(way for way in self.ways if can_pay(way, currency, country=country, regular=regular))

    def offers_wallets(self, currency: str) -> bool:
        return any(choice.wallets for choice in self.currencies if choice.currency == currency)

    def say(self, text: str, language: str) -> Spoken:
        """Words of the form's or of its funds', in a language."""
        return phrases_of(self.charity, language).say(text)

    def fund_name(self, fund_id: int, language: str) -> Spoken:
        """What a fund is called; "" for one that the form doesn't offer."""
        name = next((fund.name for fund in self.funds.values() if fund.pk == fund_id), "")
        return self.say(name, language)

    def consents_in(self, language: str) -> tuple[ConsentSpec, ...]:
        """The questions as they are asked in a language, each with the version that an answer is given to."""
        if language == self.charity.language:
            return self.consents
        if language not in self.asked:
            self.asked[language] = asked_in(self.consents, phrases_of(self.charity, language), language)
        return self.asked[language]

    def today(self) -> date:
        """The date where the charity is, by the clock that regular gifts go by."""
        gateway = self.ways[0].gateway if self.ways else ""
        return plan_hooks.clock(gateway).astimezone(ZoneInfo(self.charity.timezone)).date()

    def look(self, language: str) -> FormLook:
        """How the form appears in a language; made again when its goal's bar may have moved."""
        as_of = goal_time(now()) if self.goal_minor else None
        kept = self.looks.get(language)
        if kept is None or kept[0] != as_of:
            kept = self.looks[language] = (as_of, _look(self, language, as_of))
        return kept[1]

    def plain_look(self, language: str) -> CharityLook:
        """The form's looks around a page that shows no form."""
        if language not in self.plain_looks:
            self.plain_looks[language] = charity_look(self.charity, language, spec=self)
        return self.plain_looks[language]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read under one state of the stamps. When they move another one takes its place whole: whoever is still
    reading rows for this one, perhaps as they were before, keeps them where nobody looks any more."""

    stamps: Hashable
    forms: dict[tuple[int, str], FormSpec] = field(default_factory=dict)
    charities: dict[str, Charity] = field(default_factory=dict)
    # charity -> the slug of its first form that takes gifts; "" while it has none
    firsts: dict[int, str] = field(default_factory=dict)
    # (story, charity) -> (when it was asked for, the stories to read next)
    related: dict[tuple[int | None, int], tuple[float, tuple[RelatedStory, ...]]] = field(
        default_factory=dict
    )
    # charity, language -> the page of its programmes; "" while it has none
    programmes: dict[tuple[int, str], str] = field(default_factory=dict)
    # fund -> what its programmes have reached
    reached: dict[int, tuple[Reached, ...]] = field(default_factory=dict)
    # (charity, language) -> what readers of it call what is counted
    readers: dict[tuple[int, str], Reader] = field(default_factory=dict)
    # (charity, language) -> what its own words are there
    phrases: dict[tuple[int, str], Phrases] = field(default_factory=dict)


class _Memory:
    """What this process knows. A question takes it in hand once: another thread may replace it at any time."""

    known = _Known(None)


def forget() -> None:
    """Compile everything again."""
    _Memory.known = _Known(None)


def _known() -> _Known:
    stamps = current_stamps()
    known = _Memory.known
    if known.stamps != stamps:
        known = _Memory.known = _Known(stamps)
    return known


def charity_at(host: str) -> Charity | None:
    """The charity whose site a host name is; None when no charity answers there."""
    known = _known()
    found = known.charities.get(host)
    if found is not None:
        return found
    try:
        found = charity_for(host)
    except NoCharity:
        return None
    if len(known.charities) < 1000:  # hosts are bounded by ALLOWED_HOSTS, which may hold a wildcard
        known.charities[host] = found
    return found


def form_of(charity: Charity, key: str) -> FormSpec | None:
    """A charity's form by one of its numbers or by its slug; None when there is none that takes gifts."""
    known = _known()
    found = known.forms.get((charity.pk, key))
    if found is None:
        found = _compile(charity, key)
        if found is not None:
            known.forms[charity.pk, key] = found
    return found


def first_form(charity: Charity) -> FormSpec | None:
    """The form to which a button leads that names none: the oldest that takes gifts; None while there is none."""
    known = _known()
    key = known.firsts.get(charity.pk)
    if key is None:
        key = known.firsts[charity.pk] = next(map(key_of, open_forms(charity)), "")
    return form_of(charity, key) if key else None


def form_with_id(charity: Charity, form_id: int) -> FormSpec | None:
    """A charity's form by its row, as gifts remember it; None when it takes gifts no more."""
    for spec in tuple(_known().forms.values()):
        if spec.form_id == form_id:
            return spec
    slug = DonationForm.objects.filter(pk=form_id).values_list("slug", flat=True).first()
    return form_of(charity, slug) if slug is not None else None


def related_stories(story_id: int | None, charity_id: int) -> tuple[RelatedStory, ...]:
    """What to read after a gift, from memory while the charity's content stands as it is, and for a minute."""
    related = _known().related
    asked_at, stories = related.get((story_id, charity_id), (float("-inf"), ()))
    if time.monotonic() - asked_at > _RELATED_AGE_SECONDS:
        stories = hooks.related_stories(story_id, charity_id)
        related[story_id, charity_id] = (time.monotonic(), stories)
    return stories


def programmes_url(charity: Charity, language: str) -> str:
    """Where readers of a language are told what the programmes reach, from memory; "" while none is public."""
    known, key = _known().programmes, (charity.pk, language)
    if key not in known:
        known[key] = hooks.programmes_url(charity, language)
    return known[key]


def reached_by(fund_id: int) -> tuple[Reached, ...]:
    """What a fund's programmes have reached, from memory while the charity's content stands as it is."""
    known = _known().reached
    if fund_id not in known:
        known[fund_id] = by_fund({fund_id: None}).get(fund_id, ())
    return known[fund_id]


def reader_of(charity: Charity, language: str) -> Reader:
    """Who says what is counted in a language, from memory while the charity's content stands as it is."""
    known, key = _known().readers, (charity.pk, language)
    return known.get(key) or known.setdefault(key, Reader(charity, language))


def phrases_of(charity: Charity, language: str) -> Phrases:
    """Who says a charity's words in a language, from memory while its content stands as it is."""
    known, key = _known().phrases, (charity.pk, language)
    return known.get(key) or known.setdefault(key, Phrases(charity, language))


def embedded(charity: Charity, number: int | str, *, story_id: int, language: str) -> Embedded | None:
    """A form's first step for the text of a story; None when the charity has no such form."""
    spec = form_of(charity, str(number))
    return embedded_form(spec.look(language), story_id=str(story_id)) if spec is not None else None


def language_root(language: str) -> str:
    """What stands before /give/ in a language's addresses: nothing for the site's own."""
    return "" if language == settings.LANGUAGE_CODE else f"/{language}"


def address_of(key: str, language: str) -> str:
    """Where a form stands in a language, by one of its numbers or by its word: "/give/4840/", "/ar/give/4840/"."""
    return f"{language_root(language)}/give/{key}/"


def compile_form(form: DonationForm, charity: Charity) -> FormSpec:
    """Read a form's rows into one value: what donors see of it, and what their answers are checked against."""
    ways = ways_of(form, charity)
    entered = terms_of(form)
    takes = payable([each.currency for each in entered], ways)
    # One that nothing can pay is closed, and says so in its own currency.
    terms = [each for each in entered if each.currency in takes] or entered[:1]
    numbers = [row.number for row in form.numbers.order_by("pk")]
    funds = {
        row.fund.code: FundSpec(row.fund.pk, row.fund.code, row.fund.name, row.fund.line, row.fund.deductible)
        for row in form.form_funds.all()
        if row.fund.active
    }
    return FormSpec(
        form_id=form.pk,
        charity=charity,
        number=numbers[0] if numbers else 0,
        slug=form.slug,
        title=form.title,
        intro=form.intro,
        currencies=tuple(choice_of(form, each, ways) for each in terms),
        funds=funds or _default_funds(charity),
        ways=ways,
        asks=Asks(
            phone=cast(Ask, form.ask_phone),
            address=address_rule(charity.country, (way.kind for way in ways), cast(Ask, form.ask_address)),
            tribute=form.ask_tribute,
            message=form.ask_message,
            anonymity=form.ask_anonymous,
            # A transfer costs the charity nothing that a donor could cover.
            cover=form.offer_cover and any(way.kind != "transfer" for way in ways),
        ),
        consents=tuple(
            ConsentSpec(row.channel, row.wording_id, row.text)
            for row in form.consent_questions.all()
            if row.wording_id is not None
        ),
        cover_percent_hundredths=form.cover_percent_hundredths,
        cover_fixed_minor={each.currency: each.cover_fixed_minor for each in terms},
        thanks_text=form.thanks_text,
        goal_minor=form.goal_minor,
        primary=form.colour_primary or charity.colour_primary,
        accent=form.colour_accent or charity.colour_accent,
        logo_svg=form.logo_svg or charity.logo_svg,
        sites=tuple(form.frame_sites.split()),
        closed=not takes,
    )


def charity_look(
    charity: Charity, language: str, *, spec: FormSpec | None = None, leads_on: bool = True
) -> CharityLook:
    """A charity's own look, for pages that show a gift and no form; a form's colours where it has its own. Where its
    foot doesn't lead on to the programmes, nothing is asked of them."""
    return CharityLook(
        charity_name=charity.name,
        logo_svg=spec.logo_svg if spec else charity.logo_svg,
        primary=spec.primary if spec else charity.colour_primary,
        accent=spec.accent if spec else charity.colour_accent,
        language=language,
        home_url="/",
        contact_email=charity.email,
        contact_phone=charity.phone,
        privacy_url=charity.privacy_url,
        programmes_url=programmes_url(charity, language) if leads_on else "",
        legal_line=legal_line(charity),
        sandbox=settings.ALMONER_SANDBOX,
        frame_sites=spec.sites if spec and spec.frame else None,
    )


def legal_line(charity: Charity) -> str:
    """ "Tidelight Foundation Limited, ABN 12 345 678 901"."""
    numbers = [f"{row['label']} {row['value']}" for row in charity.tax_numbers]
    return ", ".join([charity.legal_name, *numbers])


def _compile(charity: Charity, key: str) -> FormSpec | None:
    forms = DonationForm.objects.filter(charity=charity, active=True)
    if key.isascii() and key.isdigit() and len(key) < 10:
        forms = forms.filter(numbers__number=int(key))
    else:
        forms = forms.filter(slug=key)
    form = forms.first()
    spec = compile_form(form, charity) if form is not None else None
    if spec is not None and not spec.funds:
        # A gift would have nowhere to go, and which fund it is for isn't ours to choose.
        _log.warning(
            "form %s takes no gifts: none of its funds is active, and the charity has no default", key
        )
        return None
    return spec


def _default_funds(charity: Charity) -> dict[str, FundSpec]:
    return {
        fund.code: FundSpec(fund.pk, fund.code, fund.name, fund.line, fund.deductible)
        for fund in charity.funds.filter(is_default=True, active=True)
    }


def _look(spec: FormSpec, language: str, as_of: datetime | None) -> FormLook:
    base, say = charity_look(spec.charity, language, spec=spec), phrases_of(spec.charity, language).say
    return FormLook(
        charity_name=base.charity_name,
        logo_svg=base.logo_svg,
        frame_sites=base.frame_sites,
        primary=base.primary,
        accent=base.accent,
        language=language,
        home_url=base.home_url,
        contact_email=base.contact_email,
        contact_phone=base.contact_phone,
        privacy_url=base.privacy_url,
        programmes_url=base.programmes_url,
        legal_line=base.legal_line,
        languages=tuple(
            LanguageLink(code, name, spec.prefix(code))
            for code, name in settings.LANGUAGES
            if code != language
        ),
        sandbox=any(way.sandbox for way in spec.ways),
        number=spec.number,
        slug=spec.slug,
        site=hooks.site_url(spec.charity),
        prefix=spec.prefix(language),
        original=spec.charity.language,
        closed=spec.closed,
        title=say(spec.title),
        intro=say(spec.intro),
        currencies=tuple(currency_in(each, say) for each in spec.currencies),
        funds=tuple(FundChoice(fund.code, say(fund.name), say(fund.line)) for fund in spec.funds.values()),
        asks=spec.asks,
        consents=tuple(ConsentChoice(each.channel, each.text) for each in spec.consents_in(language)),
        goal=goal_of(spec.form_id, spec.goal_minor, spec.currencies[0].currency, as_of),
    )
