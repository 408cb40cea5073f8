"""What ConnectWise's own errors mean: its words, the probable causes in order, the check for each."""

from __future__ import annotations

__all__ = ["CAUSES"]

CAUSES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        r"validate that you are using the correct WSDL path|CompanyApi\.asmx|\bWSDL\b",
        (
            (
                "ConnectWise moved its WSDL path in an upgrade, and the instance still has the old one.",
                "Log in to ConnectWise and look at the address of the page: its version "
                "(https://.../v2017_2/ConnectWise.aspx) belongs into helpdesk.connectwise.wsdl.path as "
                "/v2017_2/apis/2.0/.",
            ),
            (
                "The server URL is not that of the ConnectWise site.",
                "Compare helpdesk.connectwise.server.url with the address you log in at, api- in front.",
            ),
        ),
    ),
    (
        r"client[\s_-]?id.{0,40}(?:required|missing|invalid|register)|ClientIdRequired"
        r"|registered clientId",
        (
            (
                "The client ID is missing, or not registered with ConnectWise.",
                "Compare connectwise.clientid with the integration at ConnectWise's developer network; since "
                "August 2019 every call needs one.",
            ),
        ),
    ),
    (
        r"UserNotAuthenticated",
        (
            (
                "The security role of the API member does not allow this call.",
                "In ConnectWise, open System, Members, API Members, and give the member a role that may read "
                "company contacts.",
            ),
            (
                "Public and private key are of another pair.",
                "Make a new pair, and enter both.",
            ),
        ),
    ),
    (
        r"cannot find company|company (?:could not be|was not|is not) (?:found|known)"
        r"|company.{0,20}invalid|invalid.{0,20}company",
        (
            (
                "The company name is not the one that one logs in with.",
                "Enter the name from ConnectWise's login page, not the company's display name.",
            ),
            (
                "The company lives on another site.",
                "Open https://<site>/login/companyinfo/<company>: SiteUrl there is the right host "
                "(cwkit.connectwise_check does this).",
            ),
        ),
    ),
    (
        r"public key|private key|key pair|cannot log in|invalid (?:user|login|credentials)"
        r"|username or password",
        (
            (
                "Public and private key, or user name and password, are wrong, swapped or of two pairs.",
                "Make a new key pair in ConnectWise (My Account, API Keys) and enter both; the private key "
                "is shown once.",
            ),
            (
                "Spaces or a line end were copied along.",
                "Enter each value again, by itself.",
            ),
            (
                "The member was made inactive.",
                "Look it up in ConnectWise under System, Members.",
            ),
        ),
    ),
    (
        r"conditions?\b.{0,60}(?:invalid|error|not valid|could not|unable)"
        r"|(?:invalid|error).{0,40}conditions?\b",
        (
            (
                "The filter reached ConnectWise in a form that it does not take.",
                "Look at what becomes of it: poller.requests() shows the conditions; a text with a comma "
                "loses its quotes.",
            ),
        ),
    ),
)
"""A pattern in the text, and its probable causes with the check for each (platform facts, section 6)."""
