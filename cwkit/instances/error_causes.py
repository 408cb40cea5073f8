"""What errors of the platform and of the network mean: patterns and statuses, with causes in order."""

from __future__ import annotations

__all__ = ["BY_STATUS", "BY_TEXT", "IMPLIED", "UNKNOWN"]

Causes = tuple[tuple[str, str], ...]

BY_TEXT: tuple[tuple[str, Causes], ...] = (
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate|PKIX path|self[- ]signed|SSLError|SSL:|tls handshake",
        (
            (
                "A proxy or virus scanner between here and there replaces the certificate with its own.",
                "Ask IT for its root certificate, and name it in SSL_CERT_FILE.",
            ),
            (
                "The certificate has expired, or is for another host name.",
                "Open the address in a browser and look at the certificate; compare the host names.",
            ),
            ("The clock of this computer is wrong.", "Compare it with a clock on the internet."),
        ),
    ),
    (
        r"\b407\b|ProxyError|proxy auth|tunnel connection failed|proxyconnect",
        (
            (
                "The company's proxy wants a user name and password, or refuses the address.",
                "Set HTTPS_PROXY with them, or ask IT to allow the host.",
            ),
            (
                "HTTPS_PROXY names a proxy that is not there any more.",
                "Print the variable; unset it, and try once more.",
            ),
        ),
    ),
    (
        r"getaddrinfo|name or service not known|nodename nor servname|could not resolve|UnknownHost"
        r"|NXDOMAIN|name resolution|no such host|name not resolved",
        (
            ("The host name is misspelt.", "Compare it letter by letter with the one in the documentation."),
            (
                "This computer has no way to the internet, or a VPN is off.",
                "Open any other site; switch the VPN on.",
            ),
        ),
    ),
    (
        r"connection refused|ECONNREFUSED|WinError 10061|actively refused",
        (
            (
                "Nothing listens at this address and port.",
                "Check host and port; a local platform has to be running.",
            ),
            ("A firewall refuses the connection.", "Ask IT to allow the host."),
        ),
    ),
    (
        r"timed? ?out|Timeout|ETIMEDOUT",
        (
            (
                "The service behind the platform is slow; creating an instance may take many seconds.",
                "Look whether it was done after all, before doing it again: two creations make two.",
            ),
            ("A firewall drops the connection without a word.", "Try from another network."),
        ),
    ),
    (
        r"<!doctype html|<html",
        (
            (
                "Something that is not the platform answered: a login page, a proxy, a wrong address.",
                "The base URL ends in /elements/api-v2; open it without a proxy.",
            ),
        ),
    ),
    (
        r"illegal pattern character|unterminated quote|unparseable date|DateTimeParse",
        (
            (
                "A date pattern of the poller is not one that Java takes, or does not fit the records.",
                "Paste the instance into cwkit.read_instance and look at its findings.",
            ),
        ),
    ),
)
"""A pattern in the text, and its probable causes, whatever the status."""

BY_STATUS: dict[int, Causes] = {
    400: (
        (
            "A required value is missing, or its key is misspelt: upper and lower case count.",
            "Paste the request into cwkit.read_request and look at its findings.",
        ),
        ("A value is too long or of another kind.", "Compare it with the element's fields."),
        ("The body is not valid JSON.", "Paste it into a JSON checker; watch for typographic quotes."),
    ),
    401: (
        (
            "User and organization secret are swapped, or one of them is wrong.",
            "Copy both again from the platform's own page (the user menu), each into its own place.",
        ),
        (
            "A secret was copied with quotes, spaces or a line end.",
            "It ends in = or a letter; nothing may stand around it.",
        ),
        (
            "The secrets are of another environment (US, EU, staging) than the base URL.",
            "Secrets of one environment are not known to another; compare the host.",
        ),
        (
            "The instance's token is wrong, or the instance was deleted.",
            "List the instances with User and Organization alone; a deleted one is not there.",
        ),
    ),
    403: (
        ("The instance is disabled.", "Look at disabled in GET /instances/{id}; enable it again."),
        (
            "The account behind it lacks the right for this call.",
            "Try the same with the service itself, under the same account.",
        ),
    ),
    404: (
        (
            "It was a search, and nothing matched: the platform answers 404 for that.",
            "Ask without the tags or search text; cwkit gives an empty list.",
        ),
        (
            "The id is of another environment or account.",
            "List what these secrets can see; compare the host.",
        ),
        ("It was deleted.", "List the instances."),
        ("The path is misspelt.", "It begins with /elements/api-v2."),
    ),
    405: (("The path does not take this method.", "Compare method and path with the documentation."),),
    406: (("The Accept header asks for what this call does not give.", "Send Accept: application/json."),),
    409: (
        ("Something of this name or kind exists already.", "Look for it, and use or delete that one."),
        ("Two changes were made at once.", "Fetch it again, and repeat the change."),
    ),
    415: (("The body is not declared as JSON.", "Send Content-Type: application/json."),),
    429: (
        ("Too many calls in a short time.", "Wait as long as Retry-After says, then go on more slowly."),
        (
            "A poller with a short interval uses the limit up.",
            "Set event.poller.refresh_interval to 15 or more.",
        ),
    ),
    500: (
        ("The platform failed.", "Try once more later; then give the request id to support."),
        (
            "A value that the element does not expect, in a date or a number.",
            "Repeat the call with fewer values, to find the one.",
        ),
    ),
    502: (
        (
            "The service behind the platform refused or failed: its own message is the one to read.",
            "Look up the provider's message below; try the same with the service itself.",
        ),
        ("Its credentials were changed.", "Check them at the source: cwkit.connectwise_check(values)."),
        ("It is down for maintenance.", "Look at its status page, and try again later."),
    ),
    503: (("The platform is not available for the moment.", "Wait a few minutes, and try again."),),
    504: (
        (
            "The service behind the platform took too long.",
            "Ask for less at once (pageSize, a narrower filter), and try again.",
        ),
    ),
}
"""The probable causes of a status, in order (platform facts, section 1)."""

IMPLIED: tuple[tuple[str, int], ...] = (
    (r"invalid (?:\w+ ){0,2}(?:token|secret|credentials)|unauthori[sz]ed|not authenticated", 401),
    (r"\bis disabled|forbidden|not allowed|permission", 403),
    (r"too many (?:calls|requests)|rate limit|throttl", 429),
    (r"unsupported media|content[- ]type", 415),
    (r"already exists|conflict", 409),
    (r"not found|no \w+ found|does not exist|could not find", 404),
    (
        r"is missing|missing required|is required|must (?:be|not|have)|bad request|malformed",
        400,
    ),
    (r"provider", 502),
    (r"internal (?:server )?error|unexpected error", 500),
)
"""The status that a message means where it tells none; the first that fits."""

UNKNOWN: Causes = (
    (
        "Nothing is known of this message.",
        "Give the whole of it, with the request id, to the platform's support.",
    ),
)
