"""Every code that a finding can have: how grave it is, what it means, where it comes from, what to do."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["AREAS", "CODES", "Code"]


class Code(NamedTuple):
    """What is known of a code, whatever the value it was found at."""

    severity: Literal["error", "warning", "info"]
    meaning: str
    cause: str
    fix: str


_CONFIGURATION = {
    "missing": Code(
        "error",
        "A required value is missing or blank.",
        "It was left out of the request, or its key is misspelt so that the value went nowhere.",
        "Enter the value under exactly this key.",
    ),
    "placeholder": Code(
        "error",
        "A placeholder of a template or of the documentation still stands in the value.",
        "The example was sent without typing one's own value over it.",
        "Type the real value over it.",
    ),
    "blanked-out": Code(
        "info",
        "The value was blanked out before the text was pasted, so it cannot be checked.",
        "Whoever sent the text put x's, stars or <...> over it.",
        "Ask for it if the value is in doubt.",
    ),
    "key-misspelt": Code(
        "error",
        "A key is not written as the element writes it; upper and lower case count.",
        "It was typed from memory or copied from documentation that spells it differently.",
        "Use the element's own spelling.",
    ),
    "key-of-other-element": Code(
        "error",
        "The key belongs to the other ConnectWise element.",
        "The request was written after the documentation of the other element.",
        "Use this element's key, or create an instance of the other element.",
    ),
    "key-unknown": Code(
        "info",
        "The element does not list this key; the platform keeps it, but nothing is known to read it.",
        "An older or newer version of the element, a key of one's own, or a misspelling beyond recognition.",
        "Leave it, unless it was meant to have an effect: then look the right key up.",
    ),
    "given-twice": Code(
        "error",
        "One value is given under two spellings, and they differ.",
        "A corrected key was added without taking the wrong one out.",
        "Leave the misspelt one out.",
    ),
    "too-long": Code(
        "error",
        "The value is longer than the platform takes.",
        "Often a whole address was pasted where a part of it belongs.",
        "Shorten it.",
    ),
    "not-a-boolean": Code(
        "error",
        "The value is neither true nor false.",
        "A word or a number was entered for a switch.",
        "Write true or false.",
    ),
    "not-an-option": Code(
        "error",
        "The value is none of the choices that the field has.",
        "A label was entered in place of its value, or the choices have changed.",
        "Take one of the choices.",
    ),
    "value-untidy": Code(
        "warning",
        "The value holds something that pasting added: spaces, quotes, braces, a line end.",
        "It was copied with its surroundings. The platform takes it as it is, and signing in fails.",
        "Enter the value by itself.",
    ),
    "url-form": Code(
        "error",
        "The value is not the address of a ConnectWise site.",
        "Something else was pasted, or the address was cut.",
        "Enter the address of the site, such as https://api-na.myconnectwise.net.",
    ),
    "url-login": Code(
        "error",
        "The address holds a user name or password.",
        "It was copied from a tool that writes them there.",
        "Take them out of the address.",
    ),
    "url-repairable": Code(
        "warning",
        "The address is recognisable but not in the form that works: scheme, api-, path, angle brackets.",
        "It was copied from the browser or typed from memory.",
        "Write it as the finding shows.",
    ),
    "url-old-host": Code(
        "warning",
        "The host is written under a domain where ConnectWise's interface does not answer.",
        "The address of the web page, or one from before a move, was used.",
        "Use the host under myconnectwise.net that the finding shows.",
    ),
    "wsdl-form": Code(
        "error",
        "The value is not a WSDL path.",
        "The path appears only in the address after login, and is easily mistaken.",
        "Log in to ConnectWise, copy the whole address of the page, and take /<version>/apis/2.0/ from it.",
    ),
    "wsdl-version": Code(
        "warning",
        "The WSDL path names another version than the site.",
        "ConnectWise was upgraded and moved the path. Calls answer: validate that you are using the correct "
        "WSDL path.",
        "Change helpdesk.connectwise.wsdl.path to the site's version.",
    ),
    "company-form": Code(
        "error",
        "The company is not the name that one logs in with.",
        "An address, or company and public key joined by a plus sign, was pasted.",
        "Enter the company name from the login page.",
    ),
    "client-id-form": Code(
        "error",
        "The client ID is not one.",
        "A key or a name was entered in its place. Since August 2019 ConnectWise refuses calls without one.",
        "Copy it from the integration at ConnectWise's developer network.",
    ),
    "key-form": Code(
        "error",
        "The key holds spaces or more than itself.",
        "Company, public and private key were pasted together, or a line end came along.",
        "Copy the key again, by itself.",
    ),
    "keys-equal": Code(
        "warning",
        "Public and private key are the same.",
        "The same field was copied twice.",
        "Copy the private key again; ConnectWise shows it once, when the pair is made.",
    ),
    "secret-in-clear": Code(
        "warning",
        "A secret stands in the text in clear.",
        "The platform echoed it, or it was pasted with the request. Everyone who saw the text can use it.",
        "Change it at its source, enter the new one, and take it out of the ticket.",
    ),
}

_INSTANCE = {
    "not-valid": Code(
        "error",
        "The platform marks the instance as not valid: its credentials were refused when last checked.",
        "A password or key was changed, or the account was locked.",
        "Enter the credentials again with a PUT or PATCH that authenticates again.",
    ),
    "disabled": Code(
        "error",
        "The instance is disabled: calls through it answer 403, and its events stand still.",
        "Someone switched it off, or the platform did after too many failures.",
        "Enable it: PUT /instances/{id}/enabled.",
    ),
    "element-inactive": Code(
        "error",
        "The element of the instance is not active.",
        "It was withdrawn from the catalog.",
        "Create an instance of the element that took its place.",
    ),
    "element-deleted": Code(
        "error",
        "The element of the instance is deleted.",
        "It was removed from the catalog; instances of it answer only for a while.",
        "Create an instance of the element that took its place.",
    ),
    "trace-logging": Code(
        "warning",
        "Trace logging is on: requests and answers, customers' data included, are kept in logs.",
        "It was switched on to look into something, and left on.",
        "Switch it off when it is not needed any more.",
    ),
}

_EVENTS = {
    "events-off": Code(
        "info",
        "Events are switched off, so nothing is polled and nobody is told of changes.",
        "It is the default.",
        "Set event.notification.enabled to true, with a callback, if changes are to be told.",
    ),
    "no-callback": Code(
        "error",
        "Events are on, but there is no address to send them to.",
        "The callback was left out, or still has its default, the text false.",
        "Enter the callback's address, or switch events off.",
    ),
    "callback-false": Code(
        "info",
        "The callback is the text false, which is this element's default and no address.",
        "It was never set.",
        "Enter an https address before switching events on.",
    ),
    "callback-form": Code(
        "error",
        "The callback is not an address.",
        "A name or a path was entered.",
        "Enter an address that begins with https:// and can be reached from the internet.",
    ),
    "callback-login": Code(
        "warning",
        "The callback holds a user name or password.",
        "Authentication was written into the address, where logs show it.",
        "Enter it under event.notification.basic.username and .password.",
    ),
    "callback-http": Code(
        "warning",
        "The callback is not encrypted.",
        "The address begins with http://.",
        "Use an https:// address: events carry customers' data.",
    ),
    "callback-local": Code(
        "error",
        "The callback is this machine or a private network, which the platform cannot reach.",
        "An address for trying things out was left in.",
        "Enter an address that can be reached from the internet.",
    ),
    "callback-unused": Code(
        "warning",
        "There is a callback, but events are switched off.",
        "One of the two settings was forgotten.",
        "Set event.notification.enabled to true, or take the callback out.",
    ),
    "events-disagree": Code(
        "warning",
        "eventsEnabled and event.notification.enabled say different things.",
        "One was changed without the other.",
        "Set event.notification.enabled again; the platform then brings both together.",
    ),
    "no-signature-key": Code(
        "warning",
        "Notifications are not signed, so the receiver cannot tell real ones from forged ones.",
        "event.notification.signature.key was left blank.",
        "Set a long random signature key, and check the signature where notifications arrive.",
    ),
    "no-password": Code(
        "error",
        "There is a user name for the callback without its password.",
        "One of the two was forgotten.",
        "Enter both, or neither.",
    ),
    "poller-missing": Code(
        "error",
        "Events are on and the element polls, but no resource is set up to be polled.",
        "event.poller.configuration was blanked.",
        "Take the element's default again, and adapt it.",
    ),
    "interval": Code(
        "error",
        "The polling interval is not a whole number of minutes above zero.",
        "Seconds, a word or a fraction was entered.",
        "Enter whole minutes; 15 is usual.",
    ),
    "interval-unsuitable": Code(
        "warning",
        "The polling interval is unusually short or long.",
        "Under 5 minutes the service's call limit is used up by polling; beyond a day events come very late.",
        "15 minutes are usual.",
    ),
}

_POLLER = {
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

_WHERE = {
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

AREAS: dict[str, dict[str, Code]] = {
    "Configuration": _CONFIGURATION,
    "Instance": _INSTANCE,
    "Events": _EVENTS,
    "Poller": _POLLER,
    "Filters on ConnectWise CRM REST": _WHERE,
}
"""The codes by what they are about."""

CODES: dict[str, Code] = {code: about for area in AREAS.values() for code, about in area.items()}
"""Every code of a finding."""
