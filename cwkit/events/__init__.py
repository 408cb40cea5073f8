"""Java date patterns, poller configuration, classification, notifications and signatures."""

from cwkit.events.classification import classify, field_value, record_dates, simulate
from cwkit.events.java_date_parsing import parse_date
from cwkit.events.java_dates import check_pattern, format_date
from cwkit.events.poll_preview import Explanation, explain_resource, refresh_interval
from cwkit.events.poll_url import (
    DESCRIPTORS,
    Placeholder,
    PollUrl,
    check_template,
    placeholders,
    render,
    split_url,
)
from cwkit.events.poller import PollerConfiguration, PollerDifference, poller_differences
from cwkit.events.poller_resource import PollerResource, errors_in
from cwkit.events.time_zones import check_zone
from cwkit.events.timeline import Timeline, plot_timeline, timeline_summary
from cwkit.events.webhook_receiver import (
    ID_HEADER,
    SIGNATURE_HEADER,
    Notification,
    Receiver,
    SignatureCheck,
    sign,
    verify_signature,
)

__all__ = [
    "DESCRIPTORS",
    "ID_HEADER",
    "SIGNATURE_HEADER",
    "Explanation",
    "Notification",
    "Placeholder",
    "PollUrl",
    "PollerConfiguration",
    "PollerDifference",
    "PollerResource",
    "Receiver",
    "SignatureCheck",
    "Timeline",
    "check_pattern",
    "check_template",
    "check_zone",
    "classify",
    "errors_in",
    "explain_resource",
    "field_value",
    "format_date",
    "parse_date",
    "placeholders",
    "plot_timeline",
    "poller_differences",
    "record_dates",
    "refresh_interval",
    "render",
    "sign",
    "simulate",
    "split_url",
    "timeline_summary",
    "verify_signature",
]
