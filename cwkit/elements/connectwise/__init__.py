"""All knowledge special to ConnectWise: its keys and how they get misspelt, its addresses, its checks."""

from cwkit.elements.connectwise.fields import (
    CRM,
    HELPDESK,
    REST_PATH,
    SITES,
    WSDL_DEFAULT,
    base_url_for,
    repaired_keys,
    right_key,
    rule_for,
    together,
    values_beside,
)
from cwkit.elements.connectwise.sites import Site, SiteChoices, site_choices

__all__ = [
    "CRM",
    "HELPDESK",
    "REST_PATH",
    "SITES",
    "WSDL_DEFAULT",
    "Site",
    "SiteChoices",
    "base_url_for",
    "repaired_keys",
    "right_key",
    "rule_for",
    "site_choices",
    "together",
    "values_beside",
]
