"""A scripted Salesforce with NPSP over a real loopback socket: client credentials, Composite requests that are whole or
nothing, upserts by external id, households, describes, queries, and each way of refusing.

`python -m tests.support.salesforce.server --port 0`
"""

import copy
import re
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from tests.support.gateways.scripted import Json, Refusal, Reply, Request, Scripted, serve
from tests.support.salesforce.schema import EXTERNAL_ID, OBJECTS, PICKLISTS, RECORD_TYPE, described

CLIENT_ID, SECRET, VERSION = "3MVG9scripted", "salesforce-secret-scripted", "62.0"
_ROOT = f"/services/data/v{VERSION}"
_MOST_STEPS = 25


class SalesforceServer(Scripted):
    controls = ("refuse", "expire_tokens", "spend_allowance", "records_of")

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, dict[str, Json]] = {about: {} for about in OBJECTS}
        self.token = ""
        self.logins = 0
        self.calls_left = 100_000
        self.several_currencies = False
        self.external = True
        self.hidden: set[str] = set()
        self.without: set[str] = set()
        self.settings: Json | None = {
            "npsp__IsRecurringDonations2Enabled__c": True,
            "npsp__InstallmentOppAutoCreateOption__c": "Disable_All_Installments",
        }
        # (object, code, message, fields): the next writes of it are refused so.
        self.refusals: list[tuple[str, str, str, list[str], int]] = []
        self._made = 0
        self.unit = self.make("npsp__General_Accounting_Unit__c", {"Name": "Children"})
        self.campaign = self.make("Campaign", {"Name": "Christmas"})

    # ---- The script -----------------------------------------------------------------------------------------------
    def refuse(
        self, about: str, code: str, message: str = "", fields: tuple[str, ...] = (), times: int = 1
    ) -> None:
        self.refusals.append((about, code, message, list(fields), times))

    def expire_tokens(self) -> None:
        self.token = ""

    def spend_allowance(self) -> None:
        self.calls_left = 0

    def make(self, about: str, values: Json) -> str:
        """A record that people made there."""
        self._made += 1
        identity = f"{OBJECTS[about][0]}{self._made:012d}AAA"
        self.records[about][identity] = {"Id": identity, **values}
        return identity

    def records_of(self, about: str) -> list[Json]:
        return [dict(record) for record in self.records[about].values()]

    def merge(self, loser: str, winner: str) -> None:
        """People merge two contacts: the one that stays keeps its own external id."""
        del self.records["Contact"][loser]
        for opportunity in self.records["Opportunity"].values():
            if opportunity.get("npsp__Primary_Contact__c") == loser:
                opportunity["npsp__Primary_Contact__c"] = winner

    # ---- Requests -------------------------------------------------------------------------------------------------
    def route(self, request: Request) -> tuple[int, Any] | Reply:
        if request.line == "POST /services/oauth2/token":
            return self._token(request)
        if not self.token or request.headers.get("authorization") != f"Bearer {self.token}":
            raise error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        if self.calls_left <= 0:
            raise error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self.calls_left -= 1
        if not request.path.startswith(f"{_ROOT}/"):
            raise error(404, "NOT_FOUND", "The requested resource does not exist")
        if request.line == f"POST {_ROOT}/composite":
            return 200, self._composite(request.json)
        path = request.path.removeprefix(_ROOT)
        if described_object := re.fullmatch(r"/sobjects/(\w+)/describe", path):
            return 200, self._describe(described_object[1])
        if path == "/query":
            return 200, self._query(request.query["q"])
        raise error(404, "NOT_FOUND", "The requested resource does not exist")

    def _token(self, request: Request) -> tuple[int, Any]:
        form = dict(parse_qsl(request.raw.decode()))
        if form.get("grant_type") != "client_credentials" or (
            form.get("client_id"),
            form.get("client_secret"),
        ) != (
            CLIENT_ID,
            SECRET,
        ):
            raise Refusal(400, {"error": "invalid_client", "error_description": "invalid client credentials"})
        self.logins += 1
        self.token = f"token-{self.logins}"
        return 200, {"access_token": self.token, "instance_url": self.base, "token_type": "Bearer"}

    def _composite(self, body: Json) -> Json:
        steps = body["compositeRequest"]
        assert body["allOrNone"] is True and len(steps) <= _MOST_STEPS
        before, told = copy.deepcopy(self.records), {}
        failed: Refusal | None = None
        for step in steps:
            try:
                told[step["referenceId"]] = self._step(step, told)
            except Refusal as refusal:
                failed = refusal
                break
        if failed is not None:
            self.records = before
            halted = [{"errorCode": "PROCESSING_HALTED", "message": "The transaction was rolled back."}]
            bodies = [(failed.status, failed.body) if each is step else (400, halted) for each in steps]
        else:
            bodies = [told[each["referenceId"]] for each in steps]
        return {
            "compositeResponse": [
                {
                    "body": found,
                    "httpHeaders": {},
                    "httpStatusCode": status,
                    "referenceId": each["referenceId"],
                }
                for (status, found), each in zip(bodies, steps, strict=True)
            ]
        }

    def _step(self, step: Json, told: dict[str, tuple[int, Json]]) -> tuple[int, Json]:
        parts = urlsplit(_referring(step["url"], told))
        found = re.fullmatch(rf"{re.escape(_ROOT)}/sobjects/(\w+)/{EXTERNAL_ID}/([^/]+)", parts.path)
        if found is None:
            raise error(404, "NOT_FOUND", "The requested resource does not exist")
        about, key = found[1], unquote(found[2])
        if about not in OBJECTS or about in self.hidden:
            raise error(404, "NOT_FOUND", "The requested resource does not exist")
        if not self.external:
            raise error(404, "NOT_FOUND", f"Provided external ID field does not exist: {EXTERNAL_ID}")
        record = next((r for r in self.records[about].values() if r.get(EXTERNAL_ID) == key), None)
        if step["method"] == "GET":
            if record is None:
                raise error(404, "NOT_FOUND", "The requested resource does not exist")
            names = parse_qs(parts.query)["fields"][0].split(",")
            return 200, {name: record.get(name) for name in names}
        assert step["method"] == "PATCH"
        return self._upsert(about, key, record, _referred(step["body"], told))

    def _upsert(self, about: str, key: str, record: Json | None, body: Json) -> tuple[int, Json]:
        self._refuse_if_told(about)
        values = self._checked(about, body)
        if record is None:
            for name in OBJECTS[about][3]:
                if not values.get(name):
                    raise error(
                        400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", [name]
                    )
            if about == "Contact":
                # NPSP's household.
                values["AccountId"] = self.make("Account", {"Name": f"{values['LastName']} Household"})
            identity = self.make(about, {EXTERNAL_ID: key})
            record = self.records[about][identity]
        created = len(record) == 2
        record.update(values)
        return (201 if created else 200), {
            "id": record["Id"],
            "success": True,
            "errors": [],
            "created": created,
        }

    def _checked(self, about: str, body: Json) -> Json:
        """Fields that there are, values that they take, and lookups by Id or by external id."""
        _, fields, lookups, _ = OBJECTS[about]
        by_relationship = {relationship: (name, to) for name, (to, relationship) in lookups.items()}
        known = fields | ({"CurrencyIsoCode"} if self.several_currencies else set())
        values: Json = {}
        for name, value in body.items():
            if name in by_relationship:
                field, to = by_relationship[name]
                values[field] = self._by_external_id(to, value)
            elif name in lookups:
                if value not in self.records[lookups[name][0]]:
                    raise error(
                        400, "INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {value}", [name]
                    )
                values[name] = value
            elif name not in known or f"{about}.{name}" in self.without:
                raise error(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {about}")
            elif (about, name) in PICKLISTS and value not in PICKLISTS[about, name]:
                raise error(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", f"bad value: {value}", [name])
            elif name == "RecordTypeId" and value != RECORD_TYPE:
                raise error(
                    400, "INVALID_CROSS_REFERENCE_KEY", "Record Type ID: this ID value isn't valid", [name]
                )
            else:
                values[name] = value
        return values

    def _by_external_id(self, about: str, value: Json) -> str:
        (key,) = value.values()
        for record in self.records[about].values():
            if record.get(EXTERNAL_ID) == key:
                return record["Id"]
        raise error(400, "INVALID_FIELD", f"Foreign key external ID: {key} not found for field {EXTERNAL_ID}")

    def _refuse_if_told(self, about: str) -> None:
        for number, (of, code, message, fields, times) in enumerate(self.refusals):
            if of == about and times > 0:
                self.refusals[number] = (of, code, message, fields, times - 1)
                raise error(400, code, message, fields)

    def _describe(self, about: str) -> Json:
        if about not in OBJECTS or about in self.hidden:
            raise error(404, "NOT_FOUND", "The requested resource does not exist")
        return described(
            about,
            without=frozenset(self.without),
            external=self.external,
            several_currencies=self.several_currencies,
        )

    def _query(self, soql: str) -> Json:
        found = re.fullmatch(r"SELECT (.+) FROM (\w+) WHERE (.+)", soql)
        assert found, soql
        names, about, condition = found[1].split(", "), found[2], found[3]
        if about == "npe03__Recurring_Donations_Settings__c":
            if self.settings is None:
                raise error(400, "INVALID_TYPE", f"sObject type '{about}' is not supported.")
            return {"records": [self.settings]}
        if about not in OBJECTS or about in self.hidden:
            raise error(400, "INVALID_TYPE", f"sObject type '{about}' is not supported.")
        wanted = set(re.findall(r"'(\w+)'", condition))
        return {
            "records": [
                {name: record.get(name) for name in names}
                for identity, record in self.records[about].items()
                if identity in wanted or identity[:15] in wanted
            ]
        }


def error(status: int, code: str, message: str, fields: list[str] | None = None) -> Refusal:
    return Refusal(status, [{"errorCode": code, "message": message, "fields": fields or []}])  # type: ignore[arg-type]


def _referring(text: str, told: dict[str, tuple[int, Json]]) -> str:
    """`@{household.Id}` as what an earlier step said. Names of fields are as they were told, capitals and all."""

    def value(found: re.Match[str]) -> str:
        body = told[found[1]][1]
        if found[2] not in body:
            raise error(400, "PROCESSING_HALTED", "Invalid reference specified.")
        return str(body[found[2]])

    return re.sub(r"@\{(\w+)\.(\w+)\}", value, text)


def _referred(value: Any, told: dict[str, tuple[int, Json]]) -> Any:
    if isinstance(value, dict):
        return {name: _referred(each, told) for name, each in value.items()}
    return _referring(value, told) if isinstance(value, str) else value


if __name__ == "__main__":
    serve(SalesforceServer(), __doc__ or "")
