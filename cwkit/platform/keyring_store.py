"""Secrets in the operating system's keyring; there is never a plain file of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cwkit.errors import SecretUnavailable
from cwkit.redaction import Secret, as_secret, frameless

if TYPE_CHECKING:
    from cwkit.instances import Instance

__all__ = ["load_token", "read", "remove", "save", "save_token"]

CHOICES = (
    "Set up a keyring (on Linux: GNOME Keyring or KWallet, with `pip install secretstorage`; Windows and "
    "macOS have one), or put the secrets into the environment variables CWKIT_BASE_URL, CWKIT_USER_SECRET "
    "and CWKIT_ORGANIZATION_SECRET, or type them each time: cwkit keeps no secret in a file."
)


@frameless
def save(service: str, user: str, secret: Secret) -> None:
    """Keep a secret. Raises ``SecretUnavailable`` where there is no keyring."""
    _done(lambda keyring: keyring.set_password(service, user, secret.reveal()), "saved in")


@frameless
def read(service: str, user: str) -> Secret | None:
    """Return a secret, or ``None`` where none is kept. Raises ``SecretUnavailable`` without a keyring."""
    found = _done(lambda keyring: _wrapped(keyring.get_password(service, user)), "read from")
    return found if isinstance(found, Secret) else None


def remove(service: str, user: str) -> None:
    """Forget a secret; nothing happens where none is kept."""
    if read(service, user) is not None:
        _done(lambda keyring: keyring.delete_password(service, user), "removed from")


def save_token(instance: Instance) -> None:
    """Keep the token of an instance, under the service ``cwkit token`` and the instance's id.

    Raises ``SecretUnavailable`` where there is no token or no keyring.
    """
    if not instance.token or instance.id is None:
        raise SecretUnavailable(
            "This instance has no token at hand.", fix="Read it with platform.instances.get(id) first."
        )
    save("cwkit token", str(instance.id), instance.token)


@frameless
def load_token(instance_id: int | str) -> Secret:
    """Return the token that was kept for an instance. Raises ``SecretUnavailable`` where there is none."""
    found = read("cwkit token", str(instance_id))
    if found is None:
        raise SecretUnavailable(
            f"The keyring holds no token of the instance {instance_id}.",
            fix=f"Read it from the platform: platform.instances.get({instance_id!r}).token.",
        )
    return found


def _wrapped(text: str | None) -> Secret | None:
    return None if text is None else as_secret(text)


def _done(task: Any, what: str) -> Any:
    import keyring
    from keyring.errors import NoKeyringError

    try:
        return task(keyring)
    except NoKeyringError:
        reason = "this system has none that can be used"
    except Exception as problem:  # noqa: BLE001 - backends raise what they like; their frames hold the secret
        reason = type(problem).__name__
    raise SecretUnavailable(f"A secret could not be {what} the keyring: {reason}.", fix=CHOICES)
