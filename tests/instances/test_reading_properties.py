"""Whatever the text, reading ends in a result or its own error; whatever the values, none is changed."""

from __future__ import annotations

import json
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from cwkit.errors import ReadError
from cwkit.instances import Instance, read_instance, report
from cwkit.redaction import reveal
from tests.spellings import spellings

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
keys = st.text("abcdefgh.", min_size=1, max_size=20)
values = st.one_of(texts, st.none())
answers = st.fixed_dictionaries(
    {
        "id": st.integers(1, 10**6),
        "name": texts,
        "valid": st.booleans(),
        "tags": st.lists(texts, max_size=3),
        "configuration": st.dictionaries(keys, values, max_size=8),
    }
)


def plain(instance: Instance) -> dict[str, str | None]:
    return {key: reveal(value) for key, value in instance.configuration.items()}


@settings(max_examples=150, deadline=None)
@given(answers, st.sampled_from([None, 1, 4]))
def test_valid_json_is_read_as_it_is(answer, indent):
    instance = read_instance(json.dumps(answer, indent=indent, ensure_ascii=False))
    assert plain(instance) == answer["configuration"]
    assert (instance.id, instance.name, instance.tags) == (answer["id"], answer["name"], answer["tags"])
    assert instance.notes == []


@settings(max_examples=150, deadline=None)
@given(answers)
def test_a_python_dict_is_read_as_it_is(answer):
    assert plain(read_instance(repr(answer))) == answer["configuration"]


@settings(max_examples=200, deadline=None)
@given(st.text('{}[]":,\'\\ \n.…xé0"configuration"', max_size=300))
def test_any_text_ends_in_a_result_or_a_clear_error(text):
    with suppress(ReadError):
        read_instance(text).findings()


secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=24)


@settings(max_examples=100, deadline=None)
@given(secrets.map(lambda text: f"S3k{text}!9"))
def test_a_planted_secret_is_in_nothing_that_is_shown(secret):
    values = {"helpdesk.connectwise.password": secret, "my.token": secret, "note": f"see {secret}"}
    element = {"key": "connectwisehd"}
    instance = read_instance({"id": 1, "token": secret, "element": element, "configuration": values})
    del instance.configuration["note"]
    shown = f"{instance!r}{instance.model_dump_json()}{instance.findings().to_json()}"
    shown += instance.configuration_table()._repr_html_() + str(report(instance))
    assert [form for form in spellings(secret) if form in shown] == []
