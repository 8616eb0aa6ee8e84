"""What is wrong, and what to do, for the people who mend it: codes of ours and of Salesforce's in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Advice:
    """What is wrong, what to do, and what it is about (may be empty)."""

    wrong: str
    todo: str
    about: str = ""


# Of the connection and the mapping, and of whatever makes Salesforce refuse everything.
PROBLEMS: Final[dict[str, tuple[str, str]]] = {
    "not_set_up": (
        "The server does not know where Salesforce is.",
        "Set the domain, the client id and the secret in its environment, and restart.",
    ),
    "bad_login": (
        "Salesforce does not let us in.",
        "Compare the domain, the client id and the secret in the server’s settings with the app in Salesforce, and see "
        "that the app’s client credentials flow is on and runs as the integration user.",
    ),
    "unreachable": (
        "Salesforce could not be reached, or did not answer in time.",
        "Try again in a few minutes. If it stays so, compare the domain, and look at Salesforce’s status page.",
    ),
    "unreadable": (
        "Salesforce’s answer could not be read.",
        "Try again in a few minutes: it may be in maintenance.",
    ),
    "no_answer": ("Salesforce failed without saying why.", "It is sent again by itself."),
    "busy": ("Salesforce is busy or in maintenance.", "Nothing needs to be done: it goes on by itself."),
    "REQUEST_LIMIT_EXCEEDED": (
        "Salesforce’s allowance of calls for the day is used up.",
        "Nothing needs to be done: it goes on as the allowance comes back. If it happens often, see in Salesforce’s "
        "company information what uses it.",
    ),
    "STORAGE_LIMIT_EXCEEDED": (
        "Salesforce has no room left for records.",
        "Delete some there, or buy storage.",
    ),
    "API_DISABLED_FOR_ORG": (
        "This edition of Salesforce has no API, or the user may not use it.",
        "Give the integration user the permission “API Enabled”.",
    ),
    "API_CURRENTLY_DISABLED": ("Salesforce has switched its API off for now.", "It goes on by itself."),
    "INVALID_SESSION_ID": (
        "Salesforce ends our session as soon as it has begun.",
        "See whether the app’s policies limit it to addresses that are not this server’s.",
    ),
    "no_npsp": (
        "The Nonprofit Success Pack is not installed there, or the user may see none of it.",
        "Install it, or give the integration user the permission set of the how-to.",
    ),
    "no_right": (
        "The user may not read, create and edit this object.",
        "Add it to the integration user’s permission set.",
    ),
    "no_field_right": (
        "The user may not write this field.",
        "Allow it in the integration user’s permission set: read and edit.",
    ),
    "no_external_id": (
        "The field Almoner_Id__c is missing on this object, or the user may not see it.",
        "Make it as the how-to says: Text of 80 characters, External ID, Unique.",
    ),
    "not_external_id": (
        "The field Almoner_Id__c is there, and is not both External ID and Unique.",
        "Tick both in the field’s definition.",
    ),
    "no_stage": (
        "This stage is none of Opportunity’s.",
        "Choose one of its active stages below, or add it there.",
    ),
    "no_record_type": (
        "The user may not use this record type of Opportunity’s, or there is none.",
        "Copy its Id from its address in Setup, and assign it to the integration user’s profile or permission set.",
    ),
    "several_currencies": ("Salesforce keeps several currencies.", "Tick that below."),
    "one_currency": ("Salesforce keeps one currency.", "Take the tick below away."),
    "old_recurring": (
        "Salesforce still uses NPSP’s older kind of recurring donations.",
        "Switch to Enhanced Recurring Donations first.",
    ),
    "installments": (
        "NPSP foresees gifts of its own for each recurring donation: each gift would be there twice.",
        "Set “Installment Opportunity Auto-Creation” to “Disable All Installments” in NPSP’s settings.",
    ),
    "settings_hidden": (
        "NPSP’s settings of recurring donations could not be read.",
        "See yourself that “Installment Opportunity Auto-Creation” is “Disable All Installments”.",
    ),
    "no_record": (
        "There is no such record, or the user may not see it.",
        "Copy its Id from its address again.",
    ),
}
# Of a single gift or plan.
_HELD: Final[dict[str, tuple[str, str]]] = {
    "other_currency": (
        "It is in another currency than the charity’s, and Salesforce keeps one.",
        "Switch several currencies on there and on the page of the connection, or leave it out.",
    ),
    "REQUIRED_FIELD_MISSING": (
        "Salesforce asks for a field that is empty.",
        "Put it right here if it is the donor’s (Salesforce needs a last name), or no longer ask for it there.",
    ),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": (
        "A validation rule of yours refuses it.",
        "Do what the rule says, or change the rule in Salesforce.",
    ),
    "DUPLICATES_DETECTED": (
        "Salesforce takes the donor for somebody whom it has already.",
        "Open that contact there, write the Almoner Id that stands here into its field, and send it again. Or allow "
        "the rule’s duplicates for the integration user.",
    ),
    "DUPLICATE_VALUE": (
        "A field that must be unique has this value on another record.",
        "Change it on one of the two.",
    ),
    "NOT_FOUND": (
        "The donor’s contact is no longer there: it was deleted, or merged into another.",
        "Write the Almoner Id that stands here into the contact that it should be; or send it again, and a new one "
        "is made.",
    ),
    "INVALID_CROSS_REFERENCE_KEY": (
        "It points to a record that is not there: a fund’s unit, an appeal’s campaign or the record type.",
        "Test the connection on its page, which names it.",
    ),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": (
        "The user may not see a record that it points to.",
        "Test the connection on its page; see that the user may see the account, the campaign and the unit.",
    ),
    "INSUFFICIENT_ACCESS_OR_READONLY": (
        "The user may not change this record.",
        "See its permission set and sharing.",
    ),
    "INVALID_FIELD": (
        "A field is not there, or the user may not see it.",
        "Test the connection on its page, which names it.",
    ),
    "INVALID_FIELD_FOR_INSERT_UPDATE": (
        "The user may not write a field.",
        "Test the connection on its page, which names it.",
    ),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": (
        "A word of ours is none of the field’s values there.",
        "Add the value to the field in Salesforce, or choose another on the page of the connection.",
    ),
    "FIELD_INTEGRITY_EXCEPTION": (
        "A value does not go with another, such as a state with its country.",
        "Put the address right here, or the list of states and countries there.",
    ),
    "STRING_TOO_LONG": ("A text is longer than its field there.", "Shorten it here."),
    "INVALID_EMAIL_ADDRESS": ("Salesforce does not take the email address.", "Put it right here."),
    "ENTITY_IS_DELETED": (
        "The record is in Salesforce’s recycle bin.",
        "Restore it there, and send it again.",
    ),
    "ENTITY_IS_LOCKED": ("The record is locked by an approval there.", "Unlock it, and send it again."),
    "UNABLE_TO_LOCK_ROW": (
        "Others were changing the same records each time.",
        "Send it again. If it stays so, see what else writes these accounts.",
    ),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": (
        "A trigger or a flow in Salesforce stopped it.",
        "Look at the flow’s or the package’s error log there.",
    ),
    "CANNOT_EXECUTE_FLOW_TRIGGER": (
        "A flow in Salesforce stopped it.",
        "Look at the flow’s error mail there.",
    ),
}


def of_problem(code: str, about: str = "") -> Advice:
    """A code that has no words yet is shown as it is, rather than kept from the reader."""
    wrong, todo = PROBLEMS.get(code) or _HELD.get(code) or _unknown(code)
    return Advice(wrong, todo, about)


def of_held(code: str, *, about: str, fields: Sequence[str], said: str) -> Advice:
    """Why one gift or plan is held. `said` is an administrator's own words."""
    wrong, todo = _HELD.get(code) or PROBLEMS.get(code) or _unknown(code)
    where = ", ".join(f"{about}.{name}" if about else name for name in fields) or about
    return Advice(wrong, todo, f"{where}: {said}" if where and said else said or where)


def _unknown(code: str) -> tuple[str, str]:
    return (
        f"Salesforce refuses it: {code}.",
        "Look the code up in Salesforce’s documentation, and send it again.",
    )
