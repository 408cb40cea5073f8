"""All data of the small ConnectWise: the companies', and their tickets, time entries and opportunities."""

from __future__ import annotations

import random
from collections.abc import Iterator

from cwkit_sandbox.clock import iso
from cwkit_sandbox.company_data import DAY, CompanyMaker, Record, Row, person, reference, words

__all__ = ["all_data"]

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
