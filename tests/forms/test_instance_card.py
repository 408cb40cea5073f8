"""InstanceCard: what was created, and a token that is handed out only when it is asked for."""

import pytest

from cwkit.errors import SecretUnavailable
from cwkit.forms import InstanceCard
from cwkit.platform.keyring_store import load_token
from cwkit.provisioning import new_creation_tag
from cwkit.redaction import MASK, Secret
from tests.forms.stand_in import TOKEN, browser_says, created, listen

CREATION_TAG = new_creation_tag()


def test_it_tells_what_was_created():
    card = InstanceCard(created(tags=["one", CREATION_TAG], createdDate="2026-01-05T09:00:00Z"))
    rows = dict(card.spec["rows"])
    assert rows["Id"] == "440001"
    assert rows["Element"] == "ConnectWise CRM REST (connectwisecrmrest)"
    assert rows["Tags"] == "one"
    assert rows["Creation tag"] == CREATION_TAG
    assert rows["Created"] == "2026-01-05T09:00:00Z"
    assert (card.spec["badge"], card.spec["masked"]) == ("valid", MASK)


@pytest.mark.parametrize(
    ("more", "badge"), [({"disabled": True}, "disabled"), ({"valid": False}, "not valid"), ({}, "valid")]
)
def test_its_badge_says_the_state(more, badge):
    assert InstanceCard(created(**more)).spec["badge"] == badge


def test_a_poller_is_a_next_step_only_where_there_is_one():
    def steps(key):
        return [step["code"] for step in InstanceCard(created(key)).spec["next"]]

    assert "form.instance.poller.table()" in steps("connectwisecrmrest")
    assert "form.instance.poller.table()" not in steps("connectwisehd")


def test_the_token_is_handed_out_only_on_show_and_copy(monkeypatch):
    card = InstanceCard(created())
    sent = listen(card, monkeypatch)
    browser_says(card, type="press", name="other")
    assert sent == []
    browser_says(card, type="press", name="show")
    browser_says(card, type="press", name="copy")
    assert sent == [
        {"type": "token", "purpose": "show", "text": TOKEN},
        {"type": "token", "purpose": "copy", "text": TOKEN},
    ]


def test_it_is_saved_to_the_keyring(monkeypatch):
    card = InstanceCard(created())
    sent = listen(card, monkeypatch)
    browser_says(card, type="press", name="save")
    assert sent[-1]["level"] == "note"
    assert load_token(440001) == Secret(TOKEN)


def test_without_a_keyring_the_choices_are_told(monkeypatch):
    def no_keyring(instance):
        raise SecretUnavailable("There is no keyring.", fix="Copy the token instead.")

    card = InstanceCard(created(), save=no_keyring)
    sent = listen(card, monkeypatch)
    browser_says(card, type="press", name="save")
    assert sent[-1]["level"] == "error"
    assert "Copy the token instead." in sent[-1]["text"]


def test_an_instance_without_a_token_offers_none(monkeypatch):
    card = InstanceCard(created(token=None))
    sent = listen(card, monkeypatch)
    browser_says(card, type="press", name="show")
    assert sent == []
    assert card.spec["masked"] == "not given"
    assert repr(card) == "<InstanceCard 440001>"
