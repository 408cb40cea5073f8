"""Believable companies for the small ConnectWise: their members, contacts and devices, from a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from cwkit_sandbox.clock import iso

__all__ = ["DAY", "CompanyMaker", "Record", "Row", "all_data", "person", "reference", "words"]

COMPANIES, CONTACTS, DEVICES = 48, 440, 260
DAY = 86_400_000
SPAN = 730 * DAY

Record = dict[str, Any]
Row = tuple[str, int, int | None, Record]
"""Kind, id, id of the record it belongs to, the record in ConnectWise's nested shape."""


@cache
def words() -> dict[str, list[Any]]:
    """Return the words that names and texts are made from."""
    text = resources.files("cwkit_sandbox").joinpath("definitions", "words.json").read_text("utf-8")
    tables: dict[str, list[Any]] = json.loads(text)
    return tables


def reference(record: Record, *names: str) -> Record:
    """Return a record as another one refers to it: its id and a few of its values."""
    return {"id": record["id"], **{name: record[name] for name in names if name in record}}


@dataclass
class CompanyMaker:
    """Makes records in the two years before ``until`` (epoch milliseconds)."""

    dice: random.Random
    until: int
    members: list[Record] = field(default_factory=list)
    companies: list[Record] = field(default_factory=list)
    contacts: dict[int, list[Record]] = field(default_factory=dict)
    _next: dict[str, int] = field(default_factory=lambda: {"comments": 50_001, "time-entries": 70_001})

    def pick(self, table: str) -> Any:
        """Return one word of a table."""
        return self.dice.choice(words()[table])

    def text(self, table: str) -> str:
        """Return one text of a table, with a number in it where it wants one."""
        return str(self.pick(table)).replace("{n}", str(self.dice.randint(2, 9)))

    def moment(self, since: int | None = None) -> int:
        """Return a moment in whole seconds after ``since``, or anywhere in the two years."""
        start = self.until - SPAN if since is None else since
        # Whole seconds, and never the last hour, so that the first poll finds nothing new.
        end = max(self.until - 3_600_000, start + 1000)
        return self.dice.randrange(start // 1000, end // 1000) * 1000

    def info(self, created: int, updated: int | None = None) -> Record:
        """Return a record's ``_info``."""
        who = self.dice.choice(self.members)["identifier"] if self.members else "admin1"
        return {
            "lastUpdated": iso(updated if updated is not None else created),
            "updatedBy": who,
            "dateEntered": iso(created),
            "enteredBy": who,
        }

    def some_id(self, kind: str) -> int:
        """Return the next id of a kind."""
        number = self._next[kind]
        self._next[kind] = number + 1
        return number

    def make_members(self) -> Iterator[Row]:
        """Yield the provider's own people."""
        for number in range(1, 13):
            first, last = self.pick("first"), self.pick("last")
            member = {
                "id": 100 + number,
                "identifier": f"{first[0]}{last.replace(chr(39), '')}".lower() + str(number),
                "firstName": first,
                "lastName": last,
                "title": self.dice.choice(["Technician", "Engineer", "Dispatcher", "Account Manager"]),
                "officeEmail": f"{first}.{last.replace(chr(39), '')}@brightwater.example".lower(),
                "inactiveFlag": False,
                "hireDate": iso(self.until - SPAN - self.dice.randrange(900) * DAY),
            }
            member["_info"] = self.info(self.until - SPAN)
            self.members.append(member)
            yield "members", member["id"], None, member

    def make_fields(self) -> Iterator[Row]:
        """Yield user-defined fields."""
        for number, caption in enumerate(("Contract level", "Backup plan", "Site code", "Renewal month"), 1):
            record = {
                "id": number,
                "podId": 1,
                "caption": caption,
                "sequenceNumber": number,
                "fieldTypeIdentifier": "Text",
                "entryTypeIdentifier": "EntryField",
                "requiredFlag": False,
                "displayOnScreenFlag": True,
                "readOnlyFlag": False,
                "listViewFlag": False,
                "options": [],
                "_info": self.info(self.until - SPAN),
            }
            yield "fields", number, None, record

    def make_companies(self) -> Iterator[Row]:
        """Yield the customers."""
        names = [
            f"{first} {second}" for first in words()["company_first"] for second in words()["company_second"]
        ]
        for number, name in enumerate(self.dice.sample(names, COMPANIES)):
            created = self.moment()
            city, state, code, area = self.pick("place")
            identifier = "".join(word for word in name.split())[:25]
            domain = f"{identifier.lower()}.example"
            company = {
                "id": 250 + number,
                "identifier": identifier,
                "name": name,
                "status": {"id": 1, "name": "Active"},
                "type": self.dice.choice([{"id": 1, "name": "Client"}, {"id": 2, "name": "Prospect"}]),
                "addressLine1": f"{self.dice.randint(1, 990)} {self.pick('street')}",
                "city": city,
                "state": state,
                "zip": code,
                "country": {"id": 1, "name": "United States"},
                "phoneNumber": f"{area}-555-{self.dice.randint(100, 199):04}",
                "website": f"https://www.{domain}",
                "territory": {"id": 2, "name": self.dice.choice(["North", "South", "Corporate"])},
                "market": {"id": 3, "name": name.partition(" ")[2]},
                "accountNumber": f"A{1000 + number}",
                "numberOfEmployees": self.dice.randint(4, 240),
                "annualRevenue": self.dice.randint(2, 90) * 100_000.0,
                "deletedFlag": False,
                "leadFlag": False,
                "dateAcquired": iso(created),
                "customFields": [
                    {"id": 1, "caption": "Contract level", "type": "Text",
                     "value": self.dice.choice(["Gold", "Silver", "Bronze"])}
                ],
                "_info": self.info(created, self.moment(created)),
            }  # fmt: skip
            self.companies.append(company)
            self.contacts[company["id"]] = []
            yield "organizations", company["id"], None, company

    def make_contacts(self) -> Iterator[Row]:
        """Yield the customers' people."""
        for number in range(CONTACTS):
            # Each company has one contact before any has two.
            company = self.companies[number] if number < COMPANIES else self.dice.choice(self.companies)
            first, last = self.pick("first"), self.pick("last")
            created = self.moment()
            domain = company["website"].removeprefix("https://www.")
            email = f"{first}.{last.replace(chr(39), '')}@{domain}".lower()
            area = company["phoneNumber"][:3]
            contact = {
                "id": 1001 + number,
                "firstName": first,
                "lastName": last,
                "title": self.pick("title"),
                "company": reference(company, "identifier", "name"),
                "site": {"id": company["id"], "name": "Main"},
                "addressLine1": company["addressLine1"],
                "city": company["city"],
                "state": company["state"],
                "zip": company["zip"],
                "type": {"id": 1, "name": "End User"},
                "inactiveFlag": self.dice.random() < 0.05,
                "marriedFlag": False,
                "childrenFlag": False,
                "unsubscribeFlag": self.dice.random() < 0.1,
                "disablePortalLoginFlag": True,
                "defaultFlag": not self.contacts[company["id"]],
                "portalSecurityLevel": 6,
                "communicationItems": [
                    _communication(1, "Email", email),
                    _communication(2, "Direct", f"{area}555{self.dice.randint(200, 999):04}"),
                ],
                "_info": self.info(created, self.moment(created)),
            }
            self.contacts[company["id"]].append(contact)
            yield "contacts", contact["id"], None, contact

    def make_devices(self) -> Iterator[Row]:
        """Yield the customers' devices (configurations)."""
        for number in range(DEVICES):
            company = self.dice.choice(self.companies)
            kind, model, system = self.pick("device")
            created = self.moment()
            contact = self.dice.choice(self.contacts[company["id"]])
            record = {
                "id": 3001 + number,
                "name": f"{company['identifier'][:6].upper()}-{kind[:2].upper()}{number:03}",
                "type": {"id": 1 + len(kind), "name": kind},
                "status": {"id": 1, "name": "Active"},
                "company": reference(company, "identifier", "name"),
                "contact": person(contact),
                "site": {"id": company["id"], "name": "Main"},
                "modelNumber": model,
                "osType": system or None,
                "serialNumber": f"SN{self.dice.randrange(16**8):08X}",
                "ipAddress": f"10.{company['id'] % 250}.{self.dice.randrange(4)}.{self.dice.randint(2, 250)}",
                "macAddress": ":".join(f"{self.dice.randrange(256):02X}" for _ in range(6)),
                "activeFlag": True,
                "installationDate": iso(created),
                "warrantyExpirationDate": iso(created + 3 * 365 * DAY),
                "_info": self.info(created, self.moment(created)),
            }
            yield "configurations", record["id"], None, record


def _communication(kind: int, name: str, value: str) -> Record:
    return {
        "id": kind,
        "type": {"id": kind, "name": name},
        "value": value,
        "defaultFlag": True,
        "communicationType": "Email" if name == "Email" else "Phone",
    }


def person(contact: Record) -> Record:
    """Return a contact as other records refer to one."""
    return {"id": contact["id"], "name": f"{contact['firstName']} {contact['lastName']}"}


INCIDENTS, OPPORTUNITIES = 660, 90


def all_data(seed: int, until: int) -> Iterator[Row]:
    """Yield every record; moments lie in the two years before ``until`` (epoch milliseconds)."""
    maker = _ServiceMaker(random.Random(f"{seed}/data"), until)  # noqa: S311 - repeatable on purpose
    for make in (
        maker.make_members, maker.make_fields, maker.make_companies, maker.make_contacts,
        maker.make_devices, maker.make_incidents, maker.make_opportunities,
    ):  # fmt: skip
        yield from make()


class _ServiceMaker(CompanyMaker):
    def make_incidents(self) -> Iterator[Row]:
        """Yield tickets, each followed by its notes and time entries."""
        for number in range(INCIDENTS):
            company = self.dice.choice(self.companies)
            contact = self.dice.choice(self.contacts[company["id"]])
            created = self.moment()
            status = self.dice.randrange(len(words()["status"]))
            closed = words()["status"][status] in ("Completed", "Closed")
            ended = min(created + self.dice.randint(1, 400) * 3_600_000, self.until - 3_600_000)
            owner = self.dice.choice(self.members)
            priority = self.dice.randrange(4)
            board = self.dice.randrange(4)
            ticket = {
                "id": 20_001 + number,
                "summary": self.text("summary"),
                "recordType": "ServiceTicket",
                "board": {"id": 1 + board, "name": words()["board"][board]},
                "status": {"id": 16 + status, "name": words()["status"][status]},
                "company": reference(company, "identifier", "name"),
                "site": {"id": company["id"], "name": "Main"},
                "siteName": "Main",
                "addressLine1": company["addressLine1"],
                "city": company["city"],
                "stateIdentifier": company["state"],
                "zip": company["zip"],
                "contact": person(contact),
                "contactName": f"{contact['firstName']} {contact['lastName']}",
                "contactPhoneNumber": contact["communicationItems"][1]["value"],
                "contactEmailAddress": contact["communicationItems"][0]["value"],
                "priority": {"id": 1 + priority, "name": words()["priority"][priority]},
                "owner": {"id": owner["id"], "identifier": owner["identifier"]},
                "severity": self.dice.choice(["Low", "Medium", "High"]),
                "impact": self.dice.choice(["Low", "Medium", "High"]),
                "source": {"id": 2, "name": self.dice.choice(["Email", "Phone", "Portal"])},
                "dateEntered": iso(created),
                "enteredBy": owner["identifier"],
                "closedFlag": closed,
                "closedDate": iso(ended) if closed else None,
                "closedBy": owner["identifier"] if closed else None,
                "approved": True,
                "budgetHours": float(self.dice.randint(0, 8)),
                "customerUpdatedFlag": False,
                "isInSla": True,
                "_info": self.info(created, ended if closed else self.moment(created)),
            }
            notes = list(self._notes(ticket, created, owner))
            times = list(self._times(ticket, created, company))
            ticket["actualHours"] = round(sum(row[3]["actualHours"] for row in times), 2)
            yield "incidents", ticket["id"], None, ticket
            yield from notes
            yield from times

    def _notes(self, ticket: Record, created: int, owner: Record) -> Iterator[Row]:
        for turn in range(self.dice.randint(1, 4)):
            moment = min(created + turn * self.dice.randint(1, 50) * 1_800_000, self.until - 3_600_000)
            note = {
                "id": self.some_id("comments"),
                "ticketId": ticket["id"],
                "text": ticket["summary"] + "." if turn == 0 else self.text("note"),
                "detailDescriptionFlag": turn == 0,
                "internalAnalysisFlag": turn > 0,
                "resolutionFlag": False,
                "internalFlag": turn > 1,
                "externalFlag": turn <= 1,
                "member": {"id": owner["id"], "identifier": owner["identifier"]},
                "dateCreated": iso(moment),
                "createdBy": owner["identifier"],
                "_info": {"lastUpdated": iso(moment), "updatedBy": owner["identifier"]},
            }
            yield "comments", note["id"], ticket["id"], note

    def _times(self, ticket: Record, created: int, company: Record) -> Iterator[Row]:
        for turn in range(self.dice.randint(0, 3)):
            member = self.dice.choice(self.members)
            start = min(created + (1 + turn) * 7_200_000, self.until - 4 * 3_600_000)
            quarters = self.dice.randint(1, 12)
            end = start + quarters * 900_000
            entry = {
                "id": self.some_id("time-entries"),
                "chargeToId": ticket["id"],
                "chargeToType": "ServiceTicket",
                "company": reference(company, "identifier", "name"),
                "member": {"id": member["id"], "identifier": member["identifier"]},
                "workType": {"id": 1, "name": self.pick("work")},
                "workRole": {"id": 1, "name": member["title"]},
                "timeStart": iso(start),
                "timeEnd": iso(end),
                "actualHours": quarters / 4,
                "hoursBilled": quarters / 4,
                "hoursDeduct": 0.0,
                "billableOption": "Billable",
                "notes": self.text("note"),
                "addToDetailDescriptionFlag": False,
                "addToInternalAnalysisFlag": True,
                "addToResolutionFlag": False,
                "hourlyRate": 120.0,
                "status": "Open",
                "dateEntered": iso(end),
                "enteredBy": member["identifier"],
                "_info": {"lastUpdated": iso(end), "updatedBy": member["identifier"]},
            }
            yield "time-entries", entry["id"], ticket["id"], entry

    def make_opportunities(self) -> Iterator[Row]:
        """Yield sales opportunities."""
        for number in range(401, 401 + OPPORTUNITIES):
            company = self.dice.choice(self.companies)
            created = self.moment()
            stage = self.dice.randrange(len(words()["stage"]))
            seller = self.dice.choice(self.members)
            record: Record = {
                "id": number,
                "name": f"{self.pick('deal')} for {company['name']}",
                "company": reference(company, "identifier", "name"),
                "contact": person(self.dice.choice(self.contacts[company["id"]])),
                "site": {"id": company["id"], "name": "Main"},
                "stage": {"id": 1 + stage, "name": words()["stage"][stage]},
                "status": {"id": 1, "name": "Open"} if stage < 4 else {"id": 2, "name": "Closed"},
                "type": {"id": 1, "name": self.dice.choice(["New business", "Renewal"])},
                "priority": {"id": 2, "name": "Normal"},
                "probability": {"id": 1 + stage, "name": str(min(100, stage * 20))},
                "primarySalesRep": {"id": seller["id"], "identifier": seller["identifier"]},
                "source": self.dice.choice(["Referral", "Website", "Event"]),
                "expectedCloseDate": iso(created + self.dice.randint(10, 120) * DAY),
                "totalSalesTax": 0.0,
                "_info": self.info(created, self.moment(created)),
            }
            yield "opportunities", number, None, record
