"""The profiles of this user: where they come from, and keeping our own.

In order: the environment, our TOML file (its secrets in the keyring), then the files of two tools that
operators already have, which are only read.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwkit.errors import ProfileError, SecretUnavailable
from cwkit.platform import keyring_store
from cwkit.profile import Profile, tidy_base_url
from cwkit.redaction import MASK, Secret, as_secret, frameless

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Places", "add", "default", "load", "remove", "table"]

_SERVICE = "cwkit profile"
_KINDS = ("user", "organization")
_ADD = "Add a profile with `cwkit profile add NAME`"


@dataclass(frozen=True)
class Places:
    """The files that profiles are read from; others can be given for tests."""

    own: Path
    cectl: Path
    doctor: Path

    @classmethod
    def usual(cls) -> Places:
        """Return the places of this user: the config folder, ``~/.config/ce`` and ``~/.doctor``."""
        import platformdirs

        given = os.environ.get("CWKIT_CONFIG", "").strip()
        own = Path(given) if given else platformdirs.user_config_path("cwkit", appauthor=False)
        home = Path.home()
        return cls(
            own / "profiles.toml", home / ".config" / "ce" / "cectl.toml", home / ".doctor" / "config.json"
        )


@dataclass(frozen=True)
class _Found:
    """A profile as a source tells it; secrets are fetched only when it is used."""

    name: str
    base_url: str
    source: str
    secret: Callable[[str], Secret | None]

    def profile(self) -> Profile:
        secrets = [self.secret(kind) for kind in _KINDS]
        for kind, secret in zip(_KINDS, secrets, strict=True):
            if not secret:
                raise SecretUnavailable(
                    f"The {kind} secret of the profile {self.name!r} is missing in {self.source}.",
                    fix=f"Enter it again with `cwkit profile add {self.name}`. {keyring_store.CHOICES}",
                )
        user, organization = secrets
        return Profile(self.name, self.base_url, user or Secret(""), organization or Secret(""))


@frameless
def load(name: str, *, places: Places | None = None) -> Profile:
    """Return a profile by its name, or one that a base URL's short name and the environment make.

    Raises ``ProfileError`` where there is none, naming those that there are, and ``SecretUnavailable``
    where its secrets are not at hand.
    """
    found = _all(places or Places.usual())
    if name in found:
        return found[name].profile()
    known = ", ".join(sorted(found)) or "none yet"
    raise ProfileError(
        f"There is no profile of the name {name!r}.", fix=f"There are: {known}. {_ADD}, or take one of these."
    )


@frameless
def default(*, places: Places | None = None) -> Profile | None:
    """Return the profile to use where none is named, or ``None``.

    ``CWKIT_PROFILE`` names one; ``CWKIT_BASE_URL``, ``CWKIT_USER_SECRET`` and
    ``CWKIT_ORGANIZATION_SECRET`` make one; else the default of our file, or its only one.
    """
    places = places or Places.usual()
    if name := os.environ.get("CWKIT_PROFILE", "").strip():
        return load(name, places=places)
    if (found := _from_environment()) is not None:
        return found.profile()
    own = _own(places.own)
    chosen = str(_read_toml(places.own).get("default") or "")
    if chosen and chosen not in own:
        raise ProfileError(
            f"{places.own} names the default profile {chosen!r}, which it does not hold.",
            fix="Name one that is there under `default`, or add it with `cwkit profile add`.",
        )
    if not chosen and len(own) == 1:
        chosen = next(iter(own))
    return own[chosen].profile() if chosen else None


@frameless
def table(*, places: Places | None = None) -> pd.DataFrame:
    """Return all profiles. Index ``name``; columns ``base_url``, ``source``, ``default``, ``secrets``.

    ``secrets`` only says that there are some, in stars, or ``missing``.
    """
    import pandas as pd

    places = places or Places.usual()
    chosen = os.environ.get("CWKIT_PROFILE") or _read_toml(places.own).get("default")
    rows = [
        (found.name, found.base_url, found.source, found.name == chosen, _shown(found))
        for found in _all(places).values()
    ]
    return pd.DataFrame(rows, columns=["name", "base_url", "source", "default", "secrets"]).set_index("name")


@frameless
def add(profile: Profile, *, default: bool = False, places: Places | None = None) -> None:
    """Keep a profile: name and base URL in our file, both secrets in the keyring.

    Raises ``SecretUnavailable`` where there is no keyring; nothing is written then.
    """
    places = places or Places.usual()
    content = _read_toml(places.own)
    for kind, secret in zip(_KINDS, profile.secrets, strict=True):
        keyring_store.save(_SERVICE, f"{profile.name} {kind}", secret)
    kept = dict(content.get("profiles") or {})
    kept[profile.name] = {"base_url": profile.base_url}
    content = {**content, "profiles": kept}
    if default or len(kept) == 1:
        content["default"] = profile.name
    _write_toml(places.own, content)


@frameless
def remove(name: str, *, places: Places | None = None) -> None:
    """Forget a profile of ours and its secrets.

    Raises ``ProfileError`` for one that is not ours to remove, or not there.
    """
    places = places or Places.usual()
    content = _read_toml(places.own)
    kept = dict(content.get("profiles") or {})
    if name not in kept:
        elsewhere = _all(places).get(name)
        where = f"It comes from {elsewhere.source}; remove it there." if elsewhere else f"{_ADD} to have one."
        raise ProfileError(f"cwkit keeps no profile of the name {name!r}.", fix=where)
    for kind in _KINDS:
        keyring_store.remove(_SERVICE, f"{name} {kind}")
    del kept[name]
    content = {**content, "profiles": kept}
    if content.get("default") == name:
        del content["default"]
    _write_toml(places.own, content)


def _all(places: Places) -> dict[str, _Found]:
    sources = [_doctor(places.doctor), _cectl(places.cectl), _own(places.own)]
    merged = {name: found for source in sources for name, found in source.items()}
    environment = _from_environment()
    return merged | ({environment.name: environment} if environment else {})


def _from_environment() -> _Found | None:
    base_url = os.environ.get("CWKIT_BASE_URL", "").strip()
    if not base_url:
        given = [f"CWKIT_{kind.upper()}_SECRET" for kind in _KINDS]
        given = [name for name in given if os.environ.get(name)]
        if given:
            raise ProfileError(
                f"{given[0]} is set in the environment, but CWKIT_BASE_URL is not.",
                fix="Set all three: CWKIT_BASE_URL, CWKIT_USER_SECRET and CWKIT_ORGANIZATION_SECRET.",
            )
        return None

    def secret(kind: str) -> Secret | None:
        text = os.environ.get(f"CWKIT_{kind.upper()}_SECRET", "")
        return as_secret(text) if text else None

    return _Found("environment", tidy_base_url(base_url), "the environment (CWKIT_*)", secret)


def _own(path: Path) -> dict[str, _Found]:
    def entry(name: str, base_url: str) -> _Found:
        return _Found(name, base_url, str(path), lambda kind: keyring_store.read(_SERVICE, f"{name} {kind}"))

    rows = _mapping(_read_toml(path).get("profiles") or {}, path)
    return {name: entry(name, _base(row, "base_url", path, name)) for name, row in rows.items()}


def _cectl(path: Path) -> dict[str, _Found]:
    rows = {name: row for name, row in _read_toml(path).items() if isinstance(row, Mapping) and "base" in row}
    return {
        name: _Found(name, _base(row, "base", path, name), str(path), _texts(row, "user", "org"))
        for name, row in rows.items()
    }


def _doctor(path: Path) -> dict[str, _Found]:
    if not path.is_file():
        return {}
    content = _parsed(path, json.loads)
    rows = content if isinstance(content, list) else []
    named = {str(r["name"]): r for r in rows if isinstance(r, Mapping) and r.get("name") and r.get("baseUrl")}
    return {
        name: _Found(
            name, _base(row, "baseUrl", path, name), str(path), _texts(row, "userSecret", "orgSecret")
        )
        for name, row in named.items()
    }


def _texts(row: Mapping[str, Any], user: str, organization: str) -> Callable[[str], Secret | None]:
    keys = {"user": user, "organization": organization}
    kept = {kind: as_secret(str(row[key])) for kind, key in keys.items() if row.get(key)}
    return kept.get


def _base(row: Any, key: str, path: Path, name: str) -> str:
    text = row.get(key) if isinstance(row, Mapping) else None
    if not isinstance(text, str) or not text.strip():
        raise ProfileError(
            f"The profile {name!r} in {path} has no base URL.", fix=f"Write it there under `{key}`."
        )
    return tidy_base_url(text)


def _mapping(value: Any, path: Path) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise ProfileError(f"{path} holds no profiles where they belong.", fix="Write them as [profiles.NAME].")


def _read_toml(path: Path) -> dict[str, Any]:
    content = _parsed(path, tomllib.loads) if path.is_file() else {}
    return dict(content)


def _parsed(path: Path, parse: Callable[[str], Any]) -> Any:
    where = ""
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        reason = f"cannot be read ({type(problem).__name__})"
    except (ValueError, RecursionError) as problem:
        reason = "does not parse"
        where = _position(problem)
    raise ProfileError(
        f"The profile file {path} {reason}{where}.",
        fix="Correct the file there, or move it aside; `cwkit profile add` writes a new one.",
    )


def _position(problem: Exception) -> str:
    # The library's own message may quote the line, and with it a secret.
    if line := getattr(problem, "lineno", None):
        return f" at line {line}, column {getattr(problem, 'colno', 1)}"
    import re

    found = re.search(r"line (\d+), column (\d+)", str(problem))
    return f" at line {found[1]}, column {found[2]}" if found else ""


def _write_toml(path: Path, content: dict[str, Any]) -> None:
    import tomli_w

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(tomli_w.dumps(content), encoding="utf-8")
        fresh.replace(path)
        return
    except OSError as problem:
        reason = type(problem).__name__
    raise ProfileError(
        f"The profile file {path} cannot be written ({reason}).",
        fix="See that the folder is writable; CWKIT_CONFIG in the environment names another one.",
    )


def _shown(found: _Found) -> str:
    try:
        return MASK if all(found.secret(kind) for kind in _KINDS) else "missing"
    except SecretUnavailable:
        return "no keyring"
