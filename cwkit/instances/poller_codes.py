"""The codes of findings on pollers and on the filters in them."""

from __future__ import annotations

from cwkit.instances.code import Code

__all__ = ["POLLER", "WHERE"]

POLLER: dict[str, Code] = {
    "poller-json": Code(
        "error",
        "The poller configuration cannot be read.",
        "A bracket, quote or comma was lost in editing, or a resource is not an object.",
        "Correct it in the poller editor, or take the element's default again.",
    ),
    "created-is-updated": Code(
        "warning",
        "Created and updated date are the same field, so every change is told as CREATED, never as UPDATED.",
        "The element's own default is so for many resources.",
        "Set createdDateField to the field that holds the creation date, where the records have one.",
    ),
    "id-field-empty": Code(
        "warning",
        "No id field is named, so events carry no object id.",
        "The element's default leaves it blank for some resources.",
        "Set idField to the field that holds the record's id, mostly id.",
    ),
    "url-missing": Code(
        "error",
        "The resource has no URL, so there is nothing to poll.",
        "It was left out or blanked.",
        "Enter a URL such as /hubs/crm/contacts?where=lastUpdated>'${gmtDate:...}'.",
    ),
    "other-hub": Code(
        "info",
        "The URL names another hub than the instance's. The platform does not look at it.",
        "The entry was copied from another element.",
        "Write the instance's own hub, so that readers are not misled.",
    ),
    "other-object": Code(
        "warning",
        "The URL fetches another object than the resource is named after.",
        "The entry was copied and only half adapted; sometimes it is meant.",
        "Make URL and name agree, unless it is meant.",
    ),
    "object-unknown": Code(
        "error",
        "The element has no such object to fetch.",
        "It is misspelt, or belongs to another element.",
        "Take one of the element's objects.",
    ),
    "field-unknown": Code(
        "error",
        "The records do not have this id or date field, so no event or one without a date comes of them.",
        "It is misspelt, or belongs to another object.",
        "Take a field that the records have.",
    ),
    "no-last-poll": Code(
        "warning",
        "The URL does not ask for changes since the last poll, so every poll fetches everything.",
        "There is no where clause with ${gmtDate:...}, or the service has no such filter.",
        "Add a where clause on the date of the last change, if the object can be filtered by it.",
    ),
    "placeholder-unfilled": Code(
        "error",
        "A blank in the URL was never filled in.",
        "The element's default leaves it to whoever creates the instance.",
        "Put the value that is meant in its place.",
    ),
    "template-refused": Code(
        "error",
        "A ${...} in the URL is nothing that the platform fills in.",
        "It is misspelt, not closed, or has no format.",
        "Write ${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'} or another of the platform's descriptors.",
    ),
    "descriptor-case": Code(
        "warning",
        "A descriptor is written in another case than the platform's own.",
        "Some elements' defaults are so; it is not sure that it is filled in.",
        "Use the platform's spelling.",
    ),
    "pattern-refused": Code(
        "error",
        "Java refuses the date pattern, so the poll or the reading of dates fails.",
        "Text without single quotes (T for 'T'), a letter that does not exist, a quote that is not closed.",
        "Correct the pattern; text stands in single quotes.",
    ),
    "zone-unknown": Code(
        "warning",
        "The time zone does not exist; Java takes GMT for it without a word.",
        "An abbreviation that Java does not know, such as a summer time.",
        "Write an offset (GMT-8:00) or a name (America/Los_Angeles).",
    ),
    "zone-contradiction": Code(
        "warning",
        "The format writes Z, which means GMT, but the zone is another one: dates are off by the difference.",
        "The zone was set to local time without changing the format.",
        "Use GMT, or a format without 'Z'.",
    ),
    "date-not-gmt": Code(
        "info",
        "${date:...} is written in the server's zone and marked Z, as if it were GMT.",
        "The server's zone is GMT in production, so it works there and is off elsewhere.",
        "Write gmtDate in place of date.",
    ),
    "delay-too-long": Code(
        "warning",
        "The poll delay is longer than the polling interval, so changes are told repeatedly.",
        "pollDelay counts seconds, the interval minutes.",
        "Make the delay shorter than the interval.",
    ),
    "page-size": Code(
        "warning",
        "The page size is over the platform's limit of 2000 records.",
        "It was raised to fetch everything at once; the platform pages anyway.",
        "Set it to 2000 or less.",
    ),
    "setting-odd": Code(
        "warning",
        "A setting of the resource has a value of another kind than the platform expects.",
        "A text where a number, or a number where true or false is expected.",
        "Write a value of the kind that the finding names.",
    ),
    "where-unreadable": Code(
        "error",
        "The where clause cannot be read.",
        "A quote or parenthesis is missing, or an operator does not exist.",
        "Correct it at the place that the finding names.",
    ),
}

WHERE: dict[str, Code] = {
    "where-ignored": Code(
        "warning",
        "The filter is not passed on, so everything comes back.",
        "The element's call for this object takes no where.",
        "Filter the records afterwards.",
    ),
    "or-trap": Code(
        "warning",
        "Every AND in the filter becomes OR, so far more records come back than meant.",
        "The element's translation does so wherever the letters or stand in the clause: organization, Corp.",
        "Filter by a field and value without these letters, such as an id.",
    ),
    "parentheses-lost": Code(
        "warning",
        "Parentheses in the filter are lost.",
        "The element's translation does not carry them over.",
        "Make one request for each part.",
    ),
    "comma-text": Code(
        "warning",
        "A text with a comma reaches ConnectWise without quotes, which refuses it or finds nothing.",
        "The element's translation leaves the quotes out.",
        "Filter by another field, or with LIKE and % in place of the comma.",
    ),
    "phone-number": Code(
        "warning",
        "A phone number loses its dashes.",
        "The element's translation takes ddd-ddd-dddd for one.",
        "Expect the number without dashes, or use LIKE.",
    ),
    "quote-in-text": Code(
        "warning",
        "A quote inside a text ends the text early.",
        "The element's translation does not escape it.",
        "Filter by another field, or with LIKE and % in place of the quote.",
    ),
    "digits-text": Code(
        "warning",
        "A text of digits is sent as a number.",
        "The element's translation leaves the quotes out.",
        "Filter by another field where the field holds text.",
    ),
}
