"""What a person has to put right before gifts can go to Salesforce, asked of Salesforce itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from almoner.crm.models import AppealCampaign, FundUnit, Link
from almoner.crm.salesforce import npsp
from almoner.crm.salesforce.client import EXTERNAL_ID, Client, Json
from almoner.crm.salesforce.faults import Held, SalesforceError

_SETTINGS = "npe03__Recurring_Donations_Settings__c"


@dataclass(frozen=True, slots=True)
class Problem:
    """`code` is one of `wording.PROBLEMS`, or Salesforce's own; `about`, what it is said of."""

    code: str
    about: str = ""


def problems(link: Link, client: Client) -> list[Problem]:
    """Empty: all is as it must be. Speaks to a network: never in a transaction."""
    try:
        client.log_in()
        return list(_problems(link, client))
    except SalesforceError as error:
        return [Problem(error.fault.code, error.fault.about)]


def _problems(link: Link, client: Client) -> Iterator[Problem]:
    described = {about: client.describe(about) for about in (*npsp.WRITTEN, npsp.UNIT)}
    if described[npsp.RECURRING] is None and described[npsp.ALLOCATION] is None:
        yield Problem("no_npsp")
        return
    for about, fields in npsp.WRITTEN.items():
        yield from _object_problems(about, described[about], fields)
    if described[npsp.UNIT] is None:
        yield Problem("no_right", npsp.UNIT)
    yield from _opportunity_problems(link, described[npsp.OPPORTUNITY] or {})
    yield from _recurring_problems(client)
    units = FundUnit.objects.filter(fund__charity_id=link.charity_id).values_list("unit_id", flat=True)
    yield from _missing(client, npsp.UNIT, sorted(set(units)))
    campaigns = AppealCampaign.objects.filter(charity_id=link.charity_id).values_list(
        "campaign_id", flat=True
    )
    yield from _missing(client, "Campaign", sorted(set(campaigns)))


def _object_problems(about: str, found: Json | None, fields: Sequence[str]) -> Iterator[Problem]:
    if found is None or not (
        found.get("createable") and found.get("updateable") and found.get("queryable", True)
    ):
        yield Problem("no_right", about)
        return
    known = _fields(found)
    own = known.get(EXTERNAL_ID)
    if own is None:
        yield Problem("no_external_id", about)
    elif not own.get("externalId") or not own.get("unique"):
        yield Problem("not_external_id", about)
    elif not own.get("updateable"):
        yield Problem("no_field_right", f"{about}.{EXTERNAL_ID}")
    for name in fields:
        # A lookup that NPSP makes master is written once; both kinds can be created.
        if name not in known or not known[name].get("createable"):
            yield Problem("no_field_right", f"{about}.{name}")


def _opportunity_problems(link: Link, found: Json) -> Iterator[Problem]:
    known = _fields(found)
    stages = {
        str(each.get("value"))
        for each in known.get("StageName", {}).get("picklistValues") or []
        if each.get("active", True)
    }
    for stage in (link.stage_paid, link.stage_lost):
        if stages and stage not in stages:
            yield Problem("no_stage", stage)
    types = {
        str(each.get("recordTypeId"))[:15]
        for each in found.get("recordTypeInfos") or []
        if each.get("available")
    }
    if link.record_type_id and link.record_type_id[:15] not in types:
        yield Problem("no_record_type", link.record_type_id)
    several = "CurrencyIsoCode" in known
    if several != link.multi_currency:
        yield Problem("several_currencies" if several else "one_currency")


def _recurring_problems(client: Client) -> Iterator[Problem]:
    """Beside each gift that we send, NPSP would foresee one of its own."""
    names = "npsp__IsRecurringDonations2Enabled__c, npsp__InstallmentOppAutoCreateOption__c"
    try:
        rows = client.query(f"SELECT {names} FROM {_SETTINGS} WHERE SetupOwnerId != null LIMIT 10")  # noqa: S608
    except Held:
        yield Problem("settings_hidden")
        return
    for row in rows[:1]:
        if not row.get("npsp__IsRecurringDonations2Enabled__c"):
            yield Problem("old_recurring")
        elif row.get("npsp__InstallmentOppAutoCreateOption__c") != "Disable_All_Installments":
            yield Problem("installments")
    if not rows:
        yield Problem("settings_hidden")


def _missing(client: Client, about: str, ids: Sequence[str]) -> Iterator[Problem]:
    """Of the records that staff named, those that aren't there. Ids are letters and digits: see the models."""
    if not ids:
        return
    wanted = ", ".join(f"'{each}'" for each in ids)
    rows = client.query(f"SELECT Id FROM {about} WHERE Id IN ({wanted})")  # noqa: S608 (letters and digits)
    found = {str(row.get("Id"))[:15] for row in rows}
    for each in ids:
        if each[:15] not in found:
            yield Problem("no_record", f"{about} {each}")


def _fields(found: Json) -> dict[str, Json]:
    return {str(each.get("name")): each for each in found.get("fields") or []}
