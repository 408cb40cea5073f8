"""``platform.instances``: create, list, read, change, delete, enable and disable instances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cwkit import provisioning
from cwkit.elements import Element, configuration_text
from cwkit.errors import InputError, NotFound
from cwkit.instances import Instance
from cwkit.platform import many
from cwkit.platform.call import Call, Outcome
from cwkit.platform.creation import Creator, guarded, prepare
from cwkit.platform.elements import Elements
from cwkit.platform.instance_calls import instance_path, items, listed, property_value
from cwkit.platform.sheet_check import check_sheet
from cwkit.platform.transport import Transport
from cwkit.provisioning.sheet import read_sheet
from cwkit.redaction import Secret, as_secret, frameless, is_secret

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Instances"]

_Rows = list[Mapping[str, Any]]


class Instances:
    """The instances of the platform that the profile's secrets may see."""

    creator: Creator

    def __init__(self, transport: Transport, elements: Elements) -> None:
        self._transport = transport
        self._elements = elements

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

        Misspelt keys and values with one possible meaning are repaired; ``notes`` of the instance tells
        which. The request carries a mark among its tags (``cwkit-...``), by which it is found again if
        its answer is lost (docs/provisioning.md). Raises ``FieldErrors`` before anything is sent where
        the platform would refuse a value for sure, ``UnknownElement``, the platform's refusal, and
        ``CreationUnsettled`` where nobody can say yet whether it was created: then nothing is sent again.
        """
        element = self._elements.get(element_key)
        configuration = guarded(element, configuration)
        return self.creator.create(prepare(element, name, configuration, tags))

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
    ) -> pd.DataFrame:
        """Create one instance for each row of a sheet, each exactly once.

        ``rows``: a DataFrame, the path of a CSV or Excel file, or a list of dicts, with the columns of
        :func:`cwkit.template`; a secret may be written ``env:NAME`` or ``keyring:SERVICE/USER``.
        ``concurrency`` are sent at a time, ``rate_limit`` a second; ``element_key`` stands where a row
        names no element; ``dry_run`` sends nothing; ``progress`` shows a bar (``None``: where a person
        looks on). All rows are checked first: raises ``SheetErrors``
        where one is wrong, and nothing is sent. Run again after an interruption, it goes on where it
        stopped: a row is known by everything in it but its secrets.

        Returns one row each: index ``row`` (the row number of the file, or the DataFrame's index);
        columns ``name``, ``element``, ``state`` (``ready`` and ``wrong`` in a dry run; ``done``,
        ``failed``, ``unknown``, or ``sent`` where another run is at it), ``instance_id``, ``message``,
        ``notes`` and ``mark``. It holds no secret; ``get(instance_id)`` has the token.
        """
        checked = check_sheet(
            read_sheet(rows), self._transport.profile, self._elements.get, element_key=element_key
        )
        if not dry_run:
            many.refuse_wrong(checked)
        sound = [row for row in checked if not row.problems]
        known = self.creator.ledger.by_fingerprint(row.fingerprint for row in sound)
        standing = many.tags_by_id(self.list()) if known else {}
        before = many.standing_before(self.creator, sound, standing, known, concurrency)
        results = {id(row): before[row.fingerprint] for row in sound if row.fingerprint in before}
        if not dry_run:
            todo = [row for row in sound if row.fingerprint not in before]
            made = many.create_all(
                self.creator, todo, concurrency=concurrency, rate_limit=rate_limit, progress=progress
            )
            results |= {id(result.checked): result for result in made}
        return many.result_table(checked, results)

    def settle(self) -> pd.DataFrame:
        """Look again for every creation of this profile that is not settled; never sends anything.

        Returns one row each: index ``mark``; columns ``name``, ``element``, ``state`` (``done``,
        ``unknown`` or ``absent``), ``instance_id`` and ``note``.
        """
        import pandas as pd

        profile = self._transport.profile
        creator = self.creator
        settled = provisioning.settle(
            creator.ledger,
            creator.look,
            base_url=profile.base_url,
            profile=profile.name,
            waits=creator.waits,
        )
        rows = [
            (s.entry.mark, s.entry.creation.name, s.entry.creation.element, s.state, s.instance_id, s.note)
            for s in settled
        ]
        columns = ["mark", "name", "element", "state", "instance_id", "note"]
        return pd.DataFrame(rows, columns=columns).set_index("mark")

    def list(self, tags: Iterable[str] = (), search: str | None = None) -> list[Instance]:
        """Return the instances that carry all of ``tags`` and match the text ``search``; all pages.

        A search that finds nothing gives an empty list, though the platform answers 404 to it (platform
        facts, section 3). Lists may leave out the token; :meth:`get` has it.
        """
        wanted = [tags] if isinstance(tags, str) else [str(tag) for tag in tags]
        params = [("tags[]", tag) for tag in wanted]
        params += [("searchText", search)] if search else []
        found = [Instance.from_response(item) for item in listed(self._transport, "/instances", params)]
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

        Returns the instance as the platform then tells it.
        """
        body: dict[str, Any] = {"name": name, "tags": None if tags is None else [str(t) for t in tags]}
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
            "tags": [str(tag) for tag in tags],
            "configuration": self._values(instance_id, configuration, self._elements.get(element_key)),
        }
        flag = [("reAuthenticate", "true" if reauthenticate else "false")]
        return self._changed(
            Call("PUT", instance_path(instance_id), flag, body, "create", safe=True), instance_id
        )

    def delete(self, instance_id: int | str | Instance) -> None:
        """Delete an instance; its token works no more. Raises ``NotFound`` where there is none.

        Where the answer to the deletion is lost, the instance being gone afterwards is the answer.
        """
        outcome = self._transport.once(Call("DELETE", instance_path(instance_id), kind="write"))
        if outcome.kind in ("lost", "not_reached"):
            outcome = self._transport.outcome(
                Call("DELETE", instance_path(instance_id), kind="write", safe=True)
            )
            if isinstance(outcome.error, NotFound):
                return
        self._raise(outcome, instance_id)

    def enable(self, instance_id: int | str | Instance) -> None:
        """Enable an instance."""
        self._switch("PUT", instance_id)

    def disable(self, instance_id: int | str | Instance) -> None:
        """Disable an instance; its hub calls then answer 403 (platform facts, section 3)."""
        self._switch("DELETE", instance_id)

    def _switch(self, method: str, instance_id: int | str | Instance) -> None:
        call = Call(method, f"{instance_path(instance_id)}/enabled", kind="write", safe=True)
        self._raise(self._transport.outcome(call), instance_id)

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
        self._raise(
            self._transport.outcome(Call("PATCH", path, body=body, kind="write", safe=True)), instance_id
        )

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
        self._raise(outcome, instance_id)
        complete = isinstance(outcome.data, Mapping) and outcome.data.get("id") is not None
        return self._instance(outcome, instance_id) if complete else self.get(instance_id)

    def _instance(self, outcome: Outcome, instance_id: int | str | Instance) -> Instance:
        self._raise(outcome, instance_id)
        return Instance.from_response(outcome.data if isinstance(outcome.data, Mapping) else {})

    def _raise(self, outcome: Outcome, instance_id: int | str | Instance) -> None:
        error = outcome.error
        if isinstance(error, NotFound):
            shown = getattr(instance_id, "id", instance_id)
            profile = self._transport.profile
            error.message = f"There is no instance {shown} at {profile.base_url}: {error.message}"
            error.fix = (
                f"Check the id; platform.instances.list() shows the instances that the profile "
                f"{profile.name!r} may see. It may have been deleted, or belong to another environment."
            )
        if error is not None:
            raise error
