"""Java date patterns, poller configuration, classification, notifications and signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwkit.lazy import loader

# Loaded on first use, for some of these bring pandas and Babel along.
_NAMES = {
    "DESCRIPTORS": "templates",
    "Explanation": "explanation",
    "ID_HEADER": "signatures",
    "Notification": "receiver",
    "Placeholder": "templates",
    "PollUrl": "urls",
    "PollerConfiguration": "poller",
    "PollerDifference": "differences",
    "PollerResource": "poller_resource",
    "Receiver": "receiver",
    "SIGNATURE_HEADER": "signatures",
    "Timeline": "timeline",
    "check_pattern": "patterns",
    "check_template": "templates",
    "check_zone": "zones",
    "classify": "classification",
    "errors_in": "resource_errors",
    "explain_resource": "explanation",
    "field_value": "classification",
    "format_date": "dates",
    "parse_date": "date_parsing",
    "placeholders": "templates",
    "poller_differences": "differences",
    "plot_timeline": "timeline",
    "record_dates": "classification",
    "refresh_interval": "explanation",
    "render": "templates",
    "sign": "signatures",
    "simulate": "simulation",
    "split_url": "urls",
    "timeline_summary": "timeline",
    "verify_signature": "signatures",
}

__all__ = sorted(_NAMES)

if TYPE_CHECKING:
    from cwkit.events.classification import classify as classify
    from cwkit.events.classification import field_value as field_value
    from cwkit.events.classification import record_dates as record_dates
    from cwkit.events.date_parsing import parse_date as parse_date
    from cwkit.events.dates import format_date as format_date
    from cwkit.events.differences import PollerDifference as PollerDifference
    from cwkit.events.differences import poller_differences as poller_differences
    from cwkit.events.explanation import Explanation as Explanation
    from cwkit.events.explanation import explain_resource as explain_resource
    from cwkit.events.explanation import refresh_interval as refresh_interval
    from cwkit.events.patterns import check_pattern as check_pattern
    from cwkit.events.poller import PollerConfiguration as PollerConfiguration
    from cwkit.events.poller_resource import PollerResource as PollerResource
    from cwkit.events.receiver import Notification as Notification
    from cwkit.events.receiver import Receiver as Receiver
    from cwkit.events.resource_errors import errors_in as errors_in
    from cwkit.events.signatures import ID_HEADER as ID_HEADER
    from cwkit.events.signatures import SIGNATURE_HEADER as SIGNATURE_HEADER
    from cwkit.events.signatures import sign as sign
    from cwkit.events.signatures import verify_signature as verify_signature
    from cwkit.events.simulation import simulate as simulate
    from cwkit.events.templates import DESCRIPTORS as DESCRIPTORS
    from cwkit.events.templates import Placeholder as Placeholder
    from cwkit.events.templates import check_template as check_template
    from cwkit.events.templates import placeholders as placeholders
    from cwkit.events.templates import render as render
    from cwkit.events.timeline import Timeline as Timeline
    from cwkit.events.timeline import plot_timeline as plot_timeline
    from cwkit.events.timeline import timeline_summary as timeline_summary
    from cwkit.events.urls import PollUrl as PollUrl
    from cwkit.events.urls import split_url as split_url
    from cwkit.events.zones import check_zone as check_zone


__getattr__ = loader(__name__, _NAMES)


def __dir__() -> list[str]:
    return __all__
