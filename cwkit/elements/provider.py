"""The request that an element makes of the service behind it, for the elements of which it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

__all__ = ["TranslationWarning", "VendorRequest", "vendor_known", "vendor_request"]


@dataclass(frozen=True, slots=True)
class TranslationWarning:
    """Where a translation changes what a filter means: a stable ``code``, what happens, what to do."""

    code: str
    message: str
    fix: str

    def __str__(self) -> str:
        return f"{self.message} {self.fix}"


@dataclass(frozen=True, slots=True)
class VendorRequest:
    """What the service behind an element is asked.

    ``path`` goes under the instance's base address; ``parameters`` are not yet encoded; ``headers`` are
    the names of the headers, with the value where it is no secret and the same for every instance.
    """

    method: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    warnings: tuple[TranslationWarning, ...] = ()

    @property
    def url(self) -> str:
        """Path and query for reading, without any encoding."""
        query = "&".join(f"{name}={value}" for name, value in self.parameters.items())
        return f"{self.path}?{query}" if query else self.path

    @property
    def encoded_url(self) -> str:
        """Path and query as they are sent."""
        query = "&".join(
            f"{quote(name, safe='')}={quote(value.encode('utf-8', 'replace'), safe='')}"
            for name, value in self.parameters.items()
        )
        path = quote(self.path.encode("utf-8", "replace"), safe="/")
        return f"{path}?{query}" if query else path


def vendor_request(
    element_key: str | None, method: str, hub_path: str, query: Mapping[str, str] | None = None
) -> VendorRequest | None:
    """Return what the service is asked when ``method`` is called on a path such as ``/hubs/crm/contacts``.

    ``query`` holds the decoded parameters of the hub call. ``None`` for an element whose requests are not
    known, and for a path that the element does not have. Raises ``FilterError`` for a ``where`` that
    cannot be read.
    """
    known = _known()
    return known[element_key](method, hub_path, query or {}) if element_key in known else None


def _known() -> dict[str, Callable[[str, str, Mapping[str, str]], VendorRequest | None]]:
    from cwkit.elements.connectwise import CRM, hub_requests

    return {CRM: hub_requests.vendor_request}


def vendor_known(element_key: str | None) -> bool:
    """Say whether the requests of an element to the service behind it are known."""
    return element_key in _known()
