"""``platform.instances``: create, list, read, change, delete, enable and disable instances."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cwkit import provisioning
from cwkit.elements import Element, configuration_text
from cwkit.errors import InputError, NotFound, NotThePlatform
from cwkit.instances import Instance
from cwkit.platform import create_many, settlement
from cwkit.platform.call import Call, Outcome
from cwkit.platform.creation import Creator, guarded, prepare
from cwkit.platform.elements import Elements
from cwkit.platform.error_mapping import is_uncertain, write_error
from cwkit.platform.instance_calls import (
    instance_path,
    is_absent,
    items,
    listed,
    not_proven,
    property_value,
)
from cwkit.platform.sheet_check import check_sheet
from cwkit.platform.transport import Transport
from cwkit.provisioning import CreationPolicy, Ledger
from cwkit.provisioning.sheet import read_sheet
from cwkit.redaction import Secret, as_secret, frameless, is_secret

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Instances"]

_Rows = list[Mapping[str, Any]]


class Instances:
    """The instances of the platform that the profile's secrets may see."""

    def __init__(
        self,
        transport: Transport,
        elements: Elements,
        ledger: Callable[[], Ledger],
        policy: CreationPolicy = provisioning.CREATION_POLICY,
    ) -> None:
        self._transport = transport
        self._elements = elements
        self._creator = Creator(transport, ledger, policy, search=self._complete_list, get=self.get)

    @frameless
    def create(
        self,
        element_key: str,
        *,
        name: str,
        configuration: Mapping[str, Any],
        tags: Sequence[str] = (),
    ) -> Instance:
        """Create an instance exactly once, and return it with its token.

        Misspelt keys and values with one possible meaning are repaired; ``notes`` of the instance lists
        them. The request has a creation tag among its tags (``cwkit-...``), by which the instance is found
        if the response is lost (docs/provisioning.md). Raises ``FieldErrors`` before anything is sent where
        the platform would certainly refuse a value, ``UnknownElement``, the platform's refusal, and
        ``CreationUnsettled`` where it is not known whether it was created: then nothing is sent again, also
        not by calling this again.
        """
        element = self._elements.get(element_key)
        configuration = guarded(element, configuration)
        return self._creator.create(prepare(element, name, configuration, tags))

    @frameless
    def create_many(
        self,
        rows: Any,
        *,
        concurrency: int = 8,
        rate_limit: float | None = None,
        dry_run: bool = False,
        progress: bool | None = None,
        element_key: str = "",
        create_existing: bool = False,
    ) -> pd.DataFrame:
        """Create one instance for each row of a sheet, each exactly once.

        ``rows``: a DataFrame, the path of a CSV or Excel file, or a list of dicts, with the columns of
        :func:`cwkit.template`; a secret may be written ``env:NAME`` or ``keyring:SERVICE/USER``.
        ``concurrency`` are sent at a time, ``rate_limit`` a second; ``element_key`` is used where a row
        names no element; ``dry_run`` sends nothing; ``progress`` shows a bar (``None``: in notebooks and
        terminals). All rows are checked first: raises ``SheetErrors`` where one is wrong, and nothing is
        sent. A row whose element and name are on the platform already is shown as ``exists`` and not
        created, unless ``create_existing``. Run again after an interruption, it continues where it
        stopped: a row is recognised by everything in it but its secrets.

        Returns one row each: index ``row`` (the row number of the file, or the DataFrame's index);
        columns ``name``, ``element``, ``state`` (``ready`` and ``wrong`` in a dry run; ``done``,
        ``exists``, ``failed``, ``unknown``, ``given up``, or ``sent`` where another run is at it),
        ``instance_id``, ``message``, ``notes`` and ``creation_tag``. It contains no secret;
        ``get(instance_id)`` has the token.
        """
        checked = check_sheet(
            read_sheet(rows), self._creator.base_url, self._elements.get, element_key=element_key
        )
        if not dry_run:
            create_many.refuse_wrong(checked)
        sound = [row for row in checked if not row.problems]
        before = create_many.known_before(self._creator, sound, self._complete_list, create_existing)
        results = {id(row): before[row.fingerprint] for row in sound if row.fingerprint in before}
        if not dry_run:
            todo = [row for row in sound if row.fingerprint not in before]
            made = create_many.create_all(
                self._creator, todo, concurrency=concurrency, rate_limit=rate_limit, progress=progress
            )
            results |= {id(result.checked): result for result in made}
        return create_many.result_table(checked, results)

    def settle(
        self,
        *,
        adopt: Mapping[str, int | str] | None = None,
        send_again: Iterable[str] = (),
        give_up: Iterable[str] = (),
    ) -> pd.DataFrame:
        """Look again for every creation of this profile that is not settled; never sends anything.

        A person may decide, by creation tag: ``adopt`` takes an instance (by its id) as the one that was
        created; ``send_again`` lets the creation be made anew, by creating it or running its sheet again;
        ``give_up`` leaves it for good. Raises ``InputError`` for a tag that the ledger does not have, and
        ``NotFound`` where the adopted instance does not exist.

        Returns one row each: index ``creation_tag``; columns ``name``, ``element``, ``state`` (``done``,
        ``unknown``, ``absent``, ``given up``), ``instance_id``, ``candidates`` (ids of instances of the same
        element and name without the tag), ``sent`` (UTC), ``attempts``, ``request_id``, ``error`` and
        ``note``, which says what to do. Two instances under one creation tag are listed as well.
        """
        return settlement.settle(
            self._creator, self._complete_list, self.get, adopt or {}, send_again, give_up
        )

    def _complete_list(self, params: Sequence[tuple[str, str]] = ()) -> builtins.list[Instance]:
        """Return all instances that the platform lists for ``params``; raises where the list is not whole."""
        found = []
        for item in listed(self._transport, "/instances", params):
            instance = Instance.from_response(item) if isinstance(item, Mapping) else None
            if instance is None or instance.id is None:
                raise NotThePlatform(
                    "The list of instances has an entry without an id, so it is not known what is there.",
                    fix="Try again. If it happens again, give it to the platform's support.",
                )
            found.append(instance)
        return found

    def list(self, tags: Iterable[str] = (), search: str | None = None) -> list[Instance]:
        """Return the instances that carry all of ``tags`` and match the text ``search``; all pages.

        A search that finds nothing gives an empty list, though the platform responds with 404 (platform
        facts, section 3). A list that is not complete is an error. Lists may leave out the token;
        :meth:`get` has it.
        """
        wanted = [tags] if isinstance(tags, str) else [str(tag) for tag in tags]
        params = [("tags[]", tag) for tag in wanted]
        params += [("searchText", search)] if search else []
        items = listed(self._transport, "/instances", params)
        found = [Instance.from_response(item) for item in items if isinstance(item, Mapping)]
        return [instance for instance in found if set(wanted) <= set(instance.tags)]

    def get(self, instance_id: int | str | Instance) -> Instance:
        """Return one instance, with its token. Password values come back masked.

        Raises ``NotFound`` where there is no such instance under the profile's secrets.
        """
        outcome = self._transport.outcome(Call("GET", instance_path(instance_id)))
        return self._instance(outcome, instance_id)

    @frameless
    def update(
        self,
        instance_id: int | str | Instance,
        *,
        name: str | None = None,
        tags: Sequence[str] | None = None,
        configuration: Mapping[str, Any] | None = None,
    ) -> Instance:
        """Change parts of an instance (``PATCH``); what is ``None`` stays. ``tags`` replace the old ones.

        Returns the instance as the platform then shows it; ``AnswerLost`` where it is not known whether it
        was changed.
        """
        body: dict[str, Any] = {"name": name, "tags": None if tags is None else _tag_list(tags)}
        body["configuration"] = None if configuration is None else self._values(instance_id, configuration)
        body = {key: value for key, value in body.items() if value is not None}
        if not body:
            raise InputError(
                "There is nothing to change.", fix="Give a name, tags or configuration values to change."
            )
        call = Call("PATCH", instance_path(instance_id), body=body, kind="write", safe=True)
        return self._changed(call, instance_id)

    @frameless
    def replace(
        self,
        instance_id: int | str | Instance,
        *,
        name: str,
        configuration: Mapping[str, Any],
        tags: Sequence[str] = (),
        reauthenticate: bool = True,
    ) -> Instance:
        """Replace an instance as a whole (``PUT``), passwords included.

        ``reauthenticate``: the platform tries the credentials before it takes them.
        """
        element_key = self.get(instance_id).element_key
        body = {
            "element": {"key": element_key},
            "name": name,
            "tags": _tag_list(tags),
            "configuration": self._values(instance_id, configuration, self._elements.get(element_key)),
        }
        flag = [("reAuthenticate", "true" if reauthenticate else "false")]
        return self._changed(
            Call("PUT", instance_path(instance_id), flag, body, "create", safe=True), instance_id
        )

    def delete(self, instance_id: int | str | Instance) -> None:
        """Delete an instance; its token works no more. Raises ``NotFound`` where there is none.

        Where the response is lost it is sent again, for that does the same; then the platform's own 404
        says that it is done. ``AnswerLost`` where that stays unknown.
        """
        call = Call("DELETE", instance_path(instance_id), kind="write")
        outcome = self._transport.once(call)
        if is_uncertain(outcome):
            outcome = self._transport.outcome(replace(call, safe=True))
            if is_absent(outcome.error):
                outcome = Outcome("answered", 200)
        self._raise_write(call, outcome, instance_id)
        shown = getattr(instance_id, "id", instance_id)
        self._creator.ledger.deleted(self._creator.base_url, str(shown).strip())

    def enable(self, instance_id: int | str | Instance) -> None:
        """Enable an instance. ``AnswerLost`` where it is not known whether it was."""
        self._switch("PUT", instance_id)

    def disable(self, instance_id: int | str | Instance) -> None:
        """Disable an instance; its hub calls are then refused with 403 (platform facts, section 3)."""
        self._switch("DELETE", instance_id)

    def _switch(self, method: str, instance_id: int | str | Instance) -> None:
        call = Call(method, f"{instance_path(instance_id)}/enabled", kind="write", safe=True)
        self._raise_write(call, self._transport.outcome(call), instance_id)

    def configuration(self, instance_id: int | str | Instance) -> dict[str, str | Secret | None]:
        """Return the configuration values by key, secrets wrapped."""
        return {str(row.get("key")): property_value(row) for row in self._configuration_rows(instance_id)}

    @frameless
    def set_configuration(self, instance_id: int | str | Instance, key: str, value: Any) -> None:
        """Set one configuration value by its key, and leave the others as they are.

        Raises ``InputError`` where the instance has no such key.
        """
        rows = {str(row.get("key")): row for row in self._configuration_rows(instance_id)}
        if key not in rows:
            raise InputError(
                f"The instance has no configuration value {key!r}.",
                fix=f"Take one of: {', '.join(sorted(rows))}.",
                field=key,
            )
        text = value if value is None or isinstance(value, Secret) else configuration_text(value)
        if isinstance(text, str) and is_secret(key):
            text = as_secret(text)
        body = {**rows[key], "propertyValue": text}
        path = f"{instance_path(instance_id)}/configuration/{quote(str(rows[key].get('id', '')), safe='')}"
        call = Call("PATCH", path, body=body, kind="write", safe=True)
        self._raise_write(call, self._transport.outcome(call), instance_id)

    def _configuration_rows(self, instance_id: int | str | Instance) -> _Rows:
        outcome = self._transport.outcome(Call("GET", f"{instance_path(instance_id)}/configuration"))
        self._raise(outcome, instance_id)
        return [row for row in items(outcome.data) if isinstance(row, Mapping) and row.get("key")]

    def _values(
        self,
        instance_id: int | str | Instance,
        configuration: Mapping[str, Any],
        element: Element | None = None,
    ) -> dict[str, Any]:
        if element is None:
            known = instance_id if isinstance(instance_id, Instance) else self.get(instance_id)
            element = known.definition
        texts = {
            key: v if isinstance(v, Secret) else configuration_text(v) for key, v in configuration.items()
        }
        return {
            key: as_secret(text) if isinstance(text, str) and element.is_secret(key) else text
            for key, text in texts.items()
        }

    def _changed(self, call: Call, instance_id: int | str | Instance) -> Instance:
        outcome = self._transport.outcome(call)
        self._raise_write(call, outcome, instance_id)
        complete = isinstance(outcome.data, Mapping) and outcome.data.get("id") is not None
        return self._instance(outcome, instance_id) if complete else self.get(instance_id)

    def _instance(self, outcome: Outcome, instance_id: int | str | Instance) -> Instance:
        self._raise(outcome, instance_id)
        if not isinstance(outcome.data, Mapping) or outcome.data.get("id") in (None, ""):
            raise NotThePlatform(
                f"The response about {getattr(instance_id, 'id', instance_id)} contains no instance.",
                fix="Try again. If it happens again, give it to the platform's support.",
            )
        return Instance.from_response(outcome.data)

    def _raise_write(self, call: Call, outcome: Outcome, instance_id: int | str | Instance) -> None:
        if outcome.error is not None and is_uncertain(outcome):
            shown = getattr(instance_id, "id", instance_id)
            look = f"platform.instances.get({shown!r}) shows whether it was done: look before you repeat it."
            raise write_error(call, outcome, look)
        self._raise(outcome, instance_id)

    def _raise(self, outcome: Outcome, instance_id: int | str | Instance) -> None:
        error, profile = outcome.error, self._transport.profile
        if isinstance(error, NotFound) and not is_absent(error):
            raise not_proven(error, profile.base_url)
        if isinstance(error, NotFound):
            shown = getattr(instance_id, "id", instance_id)
            error.message = f"There is no instance {shown} at {profile.base_url}: {error.message}"
            error.fix = (
                f"Check the id; platform.instances.list() shows the instances that the profile "
                f"{profile.name!r} may see. It may have been deleted, or belong to another environment."
            )
        if error is not None:
            raise error


def _tag_list(tags: Sequence[str]) -> list[str]:
    """Return tags as a list; a text alone is one tag, not its letters."""
    return [tags] if isinstance(tags, str) else [str(tag) for tag in tags]
