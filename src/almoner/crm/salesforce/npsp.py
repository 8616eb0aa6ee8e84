"""A gift and a plan as NPSP has them: a Contact in its household, an Opportunity, an enhanced Recurring Donation, and
the Allocation to a General Accounting Unit. Reads our rows; sends nothing.
"""

from dataclasses import dataclass, field
from typing import Final

from almoner.crm.models import AppealCampaign, FundUnit, Link, Person
from almoner.crm.people import address_of, is_organisation, names_of, person_key
from almoner.crm.plans import NPSP_PERIOD, NPSP_STATUS, begun_on, first_on
from almoner.crm.salesforce.client import Json, Step, fetch, upsert
from almoner.crm.salesforce.faults import Fault, Held
from almoner.giving.models import Gift, GiftStatus
from almoner.kernel.money import exponent, format_plain
from almoner.plans import schedule
from almoner.plans.models import Every, Plan
from almoner.plans.transitions import PlanState
from almoner.supporters.models import Contact

CONTACT: Final = "Contact"
ACCOUNT: Final = "Account"
OPPORTUNITY: Final = "Opportunity"
RECURRING: Final = "npe03__Recurring_Donation__c"
ALLOCATION: Final = "npsp__Allocation__c"
UNIT: Final = "npsp__General_Accounting_Unit__c"
# By object: what of it is written. The page's test asks whether each is there and may be written.
WRITTEN: Final[dict[str, tuple[str, ...]]] = {
    CONTACT: (
        "FirstName", "LastName", "npe01__HomeEmail__c", "npe01__Preferred_Email__c", "HomePhone", "MailingStreet",
        "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry",
    ),
    ACCOUNT: ("Name",),
    OPPORTUNITY: (
        "Name", "AccountId", "npsp__Primary_Contact__c", "StageName", "CloseDate", "Amount",
        "npe03__Recurring_Donation__c", "CampaignId",
    ),
    RECURRING: (
        "npe03__Contact__c", "npe03__Organization__c", "npe03__Amount__c", "npe03__Installment_Period__c",
        "npsp__InstallmentFrequency__c", "npsp__RecurringType__c", "npe03__Installments__c", "npsp__StartDate__c",
        "npe03__Date_Established__c", "npsp__Day_of_Month__c", "npsp__Status__c", "npsp__EndDate__c",
        "npsp__DisableFirstInstallment__c",
    ),
    ALLOCATION: ("npsp__Opportunity__c", "npsp__General_Accounting_Unit__c", "npsp__Percent__c"),
}  # fmt: skip


@dataclass(slots=True)
class Parcel:
    """What is sent together. `person`: the key of the donor who is written with it, and is one there afterwards, as
    put right so often."""

    main: str
    steps: list[Step] = field(default_factory=list)
    person: str = ""
    corrected: int = 0
    plan: Plan | None = None


def of_gift(gift: Gift, link: Link, *, plan_is_there: bool) -> Parcel:
    """Its fund, contact, source and plan are joined. Raises `Held` for what can't be told there."""
    _check_currency(gift.currency, link)
    parcel = Parcel("gift")
    account, contact = _donor(gift.contact, parcel)
    if gift.plan is not None and not plan_is_there:
        parcel.plan = gift.plan
        parcel.steps.append(_plan_step(gift.plan, link, contact=contact, account=account))
    parcel.steps.append(_gift_step(gift, link, contact=contact, account=account))
    unit = FundUnit.objects.filter(fund_id=gift.fund_id).values_list("unit_id", flat=True).first()
    if unit is not None:
        body: Json = {
            "npsp__Opportunity__c": "@{gift.id}",
            "npsp__General_Accounting_Unit__c": unit,
            # Of whatever the gift comes to after a refund: an amount would have to be changed before it.
            "npsp__Percent__c": 100,
        }
        parcel.steps.append(upsert("allocation", ALLOCATION, str(gift.pk), body))
    return parcel


def of_plan(plan: Plan, link: Link) -> Parcel:
    """Its contact is joined. Raises `Held`."""
    _check_currency(plan.currency, link)
    parcel = Parcel("plan", plan=plan)
    account, contact = _donor(plan.contact, parcel)
    parcel.steps.append(_plan_step(plan, link, contact=contact, account=account))
    return parcel


def _check_currency(currency: str, link: Link) -> None:
    if not link.multi_currency and currency != link.charity.currency:
        raise Held(Fault("other_currency", OPPORTUNITY, ("CurrencyIsoCode",)))


def _donor(contact: Contact, parcel: Parcel) -> tuple[str, str]:
    """(account, contact) as later steps name them; "" for none. NPSP puts a contact into a household of its own."""
    if contact.erased_at is not None or not (contact.name or contact.email):
        return "", ""
    key = person_key(contact)
    person = Person.objects.filter(key=key).first()
    known = person is not None and person.is_there
    if not known:
        parcel.person, parcel.corrected = key, person.corrected if person is not None else 0
    if is_organisation(contact):
        body = {"Name": contact.organisation}
        parcel.steps.append(
            fetch("donor", ACCOUNT, key, ("Id",)) if known else upsert("donor", ACCOUNT, key, body)
        )
        return ("@{donor.Id}" if known else "@{donor.id}"), ""
    if not known:
        parcel.steps.append(upsert("donor", CONTACT, key, _contact_body(contact)))
    parcel.steps.append(fetch("household", CONTACT, key, ("Id", "AccountId")))
    return "@{household.AccountId}", "@{household.Id}"


def _contact_body(contact: Contact) -> Json:
    """What is empty isn't sent, or it would empty what somebody wrote there; Salesforce itself asks for a last name."""
    first, last = names_of(contact)
    address = address_of(contact)
    body: Json = {
        "FirstName": first,
        "npe01__HomeEmail__c": contact.email,
        "npe01__Preferred_Email__c": "Personal" if contact.email else "",
        "HomePhone": contact.phone,
        "MailingStreet": address["street"],
        "MailingCity": address["city"],
        "MailingState": address["region"],
        "MailingPostalCode": address["postcode"],
        "MailingCountry": address["country"],
    }
    return {"LastName": last} | {name: value for name, value in body.items() if value}


def _gift_step(gift: Gift, link: Link, *, contact: str, account: str) -> Step:
    went_back = gift.status != GiftStatus.SETTLED or (
        gift.settled_minor is not None and gift.refunded_minor >= gift.settled_minor
    )
    paid_minor = gift.settled_minor if gift.settled_minor is not None else gift.total_minor
    # What went back in whole keeps its amount and is lost; what went back in part is worth the rest.
    amount_minor = paid_minor if went_back else paid_minor - gift.refunded_minor
    body: Json = {
        "Name": _name(gift, link.charity.timezone),
        "StageName": link.stage_lost if went_back else link.stage_paid,
        "CloseDate": schedule.local_date(gift.settled_at or gift.given_at, link.charity.timezone).isoformat(),
        "Amount": _amount(amount_minor, gift.currency),
    }
    if account:
        body["AccountId"] = account
    if contact:
        body["npsp__Primary_Contact__c"] = contact
    if gift.plan is not None:
        body["npe03__Recurring_Donation__r"] = {"Almoner_Id__c": str(gift.plan.pk)}
    if link.record_type_id:
        body["RecordTypeId"] = link.record_type_id
    if link.multi_currency:
        body["CurrencyIsoCode"] = gift.currency
    source = getattr(gift, "source", None)
    if source is not None and source.appeal:
        found = AppealCampaign.objects.filter(charity_id=gift.charity_id, appeal=source.appeal)
        campaign = found.values_list("campaign_id", flat=True).first()
        if campaign is not None:
            body["CampaignId"] = campaign
    return upsert("gift", OPPORTUNITY, str(gift.pk), body)


def _name(gift: Gift, timezone: str) -> str:
    """NPSP may give it a name of its own; the column takes 120 characters."""
    who = "" if gift.contact.erased_at is not None else gift.contact.name
    given_on = schedule.local_date(gift.given_at, timezone)
    return f"{who[:80] or 'Gift'} {given_on} {gift.reference}"


def _plan_step(plan: Plan, link: Link, *, contact: str, account: str) -> Step:
    period, frequency = NPSP_PERIOD[Every(plan.every)]
    body: Json = {
        "npe03__Amount__c": _amount(plan.total_minor, plan.currency),
        "npe03__Installment_Period__c": period,
        "npsp__InstallmentFrequency__c": frequency,
        "npsp__RecurringType__c": "Fixed" if plan.ends_after is not None else "Open",
        "npe03__Date_Established__c": begun_on(plan).isoformat(),
        # NPSP counts months from here.
        "npsp__StartDate__c": first_on(plan).isoformat(),
        "npsp__Status__c": NPSP_STATUS[PlanState(plan.state)],
        # Each gift comes with its own Opportunity; one that NPSP foresees would be counted beside it.
        "npsp__DisableFirstInstallment__c": True,
    }
    if period == "Monthly":
        body["npsp__Day_of_Month__c"] = str(plan.anchor.day)
    if plan.ends_after is not None:
        body["npe03__Installments__c"] = plan.ends_after
    if plan.ends_on is not None:
        body["npsp__EndDate__c"] = plan.ends_on.isoformat()
    if contact:
        body["npe03__Contact__c"] = contact
    elif account:
        body["npe03__Organization__c"] = account
    if link.multi_currency:
        body["CurrencyIsoCode"] = plan.currency
    return upsert("plan", RECURRING, str(plan.pk), body)


def _amount(amount_minor: int, currency: str) -> float | int:
    """A number as JSON writes it. Of 15 digits at most, so that what is written is the decimal itself."""
    return float(format_plain(amount_minor, currency)) if exponent(currency) else amount_minor
