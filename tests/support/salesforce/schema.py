"""What the scripted Salesforce knows of its objects: fields by name, of which some are lookups, and what is required.

Written from NPSP's public metadata; the product shares nothing with it.
"""

from typing import Any, Final

EXTERNAL_ID: Final = "Almoner_Id__c"
STAGES: Final = ("Prospecting", "Pledged", "Closed Won", "Closed Lost", "Posted")
RECORD_TYPE: Final = "012000000000001AAA"
# Object -> (prefix of its Ids, fields, lookups by field: (object, relationship), required fields).
OBJECTS: Final[dict[str, tuple[str, frozenset[str], dict[str, tuple[str, str]], tuple[str, ...]]]] = {
    "Account": ("001", frozenset({"Name"}), {}, ("Name",)),
    "Contact": (
        "003",
        frozenset(
            {
                "FirstName", "LastName", "npe01__HomeEmail__c", "npe01__Preferred_Email__c", "HomePhone",
                "MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry",
            }
        ),
        {"AccountId": ("Account", "Account")},
        ("LastName",),
    ),
    "Campaign": ("701", frozenset({"Name"}), {}, ("Name",)),
    "Opportunity": (
        "006",
        frozenset(
            {
                "Name", "StageName", "CloseDate", "Amount", "RecordTypeId",
            }
        ),
        {
            "AccountId": ("Account", "Account"),
            "npsp__Primary_Contact__c": ("Contact", "npsp__Primary_Contact__r"),
            "npe03__Recurring_Donation__c": ("npe03__Recurring_Donation__c", "npe03__Recurring_Donation__r"),
            "CampaignId": ("Campaign", "Campaign"),
        },
        ("Name", "StageName", "CloseDate"),
    ),
    "npe03__Recurring_Donation__c": (
        "a09",
        frozenset(
            {
                "npe03__Amount__c", "npe03__Installment_Period__c", "npsp__InstallmentFrequency__c",
                "npsp__RecurringType__c", "npe03__Installments__c", "npsp__StartDate__c", "npe03__Date_Established__c",
                "npsp__Day_of_Month__c", "npsp__Status__c", "npsp__EndDate__c", "npsp__DisableFirstInstallment__c",
            }
        ),
        {
            "npe03__Contact__c": ("Contact", "npe03__Contact__r"),
            "npe03__Organization__c": ("Account", "npe03__Organization__r"),
        },
        (),
    ),
    "npsp__General_Accounting_Unit__c": ("a0A", frozenset({"Name"}), {}, ("Name",)),
    "npsp__Allocation__c": (
        "a0B",
        frozenset({"npsp__Percent__c", "npsp__Amount__c"}),
        {
            "npsp__Opportunity__c": ("Opportunity", "npsp__Opportunity__r"),
            "npsp__General_Accounting_Unit__c": (
                "npsp__General_Accounting_Unit__c", "npsp__General_Accounting_Unit__r",
            ),
        },
        ("npsp__General_Accounting_Unit__c",),
    ),
}  # fmt: skip
PICKLISTS: Final = {
    ("Opportunity", "StageName"): STAGES,
    ("npe03__Recurring_Donation__c", "npsp__Status__c"): ("Active", "Lapsed", "Closed", "Paused"),
    ("npe03__Recurring_Donation__c", "npe03__Installment_Period__c"): (
        "Monthly",
        "Weekly",
        "Yearly",
        "Daily",
    ),
    ("npe03__Recurring_Donation__c", "npsp__RecurringType__c"): ("Open", "Fixed"),
    ("npe03__Recurring_Donation__c", "npsp__Day_of_Month__c"): tuple(str(day) for day in range(1, 32)),
    ("Contact", "npe01__Preferred_Email__c"): ("Personal", "Work", "Alternate"),
}


def described(
    about: str, *, without: frozenset[str], external: bool, several_currencies: bool
) -> dict[str, Any]:
    """As describe tells it. `without`: fields that this user may not see, as "Object.Field"."""
    _, fields, lookups, _ = OBJECTS[about]
    names = {*fields, *lookups, EXTERNAL_ID} | ({"CurrencyIsoCode"} if several_currencies else set())
    return {
        "name": about,
        "createable": True,
        "updateable": True,
        "queryable": True,
        "fields": [
            {
                "name": name,
                "createable": True,
                "updateable": True,
                "externalId": name == EXTERNAL_ID and external,
                "unique": name == EXTERNAL_ID and external,
                "picklistValues": [
                    {"value": value, "active": True} for value in PICKLISTS.get((about, name), ())
                ],
            }
            for name in sorted(names)
            if f"{about}.{name}" not in without
        ],
        "recordTypeInfos": [{"recordTypeId": RECORD_TYPE, "available": True}]
        if about == "Opportunity"
        else [],
    }
