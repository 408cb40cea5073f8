"""Where profiles come from, in which order, and where their secrets are kept."""

import json

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from cwkit.errors import ProfileError, SecretUnavailable
from cwkit.platform import Profile, profiles
from cwkit.platform.profiles import Places


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "cwkit" / "profiles.toml", tmp_path / "cectl.toml", tmp_path / "config.json")


MINE = Profile("mine", "eu", "user-secret-1", "organization-secret-1")


def test_a_profile_is_kept_and_found_again_with_no_secret_in_the_file(places):
    profiles.add(MINE, places=places)
    assert profiles.load("mine", places=places) == MINE
    assert "secret-1" not in places.own.read_text(encoding="utf-8")
    assert profiles.default(places=places) == MINE


def test_a_second_profile_leaves_the_default_alone_unless_told(places):
    profiles.add(MINE, places=places)
    profiles.add(Profile("other", "us", "u", "o"), places=places)
    assert profiles.default(places=places).name == "mine"
    profiles.add(Profile("other", "us", "u", "o"), default=True, places=places)
    assert profiles.default(places=places).name == "other"


def test_removing_takes_the_secrets_along(places, memory_keyring):
    profiles.add(MINE, places=places)
    profiles.remove("mine", places=places)
    assert memory_keyring.kept == {}
    assert profiles.default(places=places) is None
    with pytest.raises(ProfileError, match="no profile of the name 'mine'"):
        profiles.load("mine", places=places)


def test_without_a_keyring_nothing_is_written_and_the_choices_are_told(places):
    keyring.set_keyring(NoKeyring())
    with pytest.raises(SecretUnavailable) as caught:
        profiles.add(MINE, places=places)
    assert "CWKIT_USER_SECRET" in caught.value.fix
    assert "secret-1" not in str(caught.value)
    assert not places.own.exists()


def test_a_profile_whose_secrets_are_gone_says_how_to_enter_them(places, memory_keyring):
    profiles.add(MINE, places=places)
    memory_keyring.kept.clear()
    with pytest.raises(SecretUnavailable, match="user secret of the profile 'mine' is missing"):
        profiles.load("mine", places=places)
    assert profiles.table(places=places).loc["mine", "secrets"] == "missing"


def test_profiles_of_other_tools_are_read_and_never_changed(places):
    places.cectl.write_text('[theirs]\nbase = "api.cloud-elements.com"\nuser = "u-1"\norg = "o-1"\n')
    rows = [
        {
            "name": "doc",
            "baseUrl": "https://staging.cloud-elements.com",
            "userSecret": "u-2",
            "orgSecret": "o-2",
        }
    ]
    places.doctor.write_text(json.dumps(rows))
    assert profiles.load("theirs", places=places).user_secret.reveal() == "u-1"
    assert profiles.load("doc", places=places).base_url.startswith("https://staging.")
    assert profiles.default(places=places) is None
    with pytest.raises(ProfileError, match="remove it there"):
        profiles.remove("theirs", places=places)
    shown = profiles.table(places=places).to_string()
    assert "u-1" not in shown
    assert set(profiles.table(places=places).index) == {"theirs", "doc"}


def test_our_file_comes_before_those_of_other_tools(places):
    places.cectl.write_text('[mine]\nbase = "us"\nuser = "u-1"\norg = "o-1"\n')
    profiles.add(MINE, places=places)
    assert profiles.load("mine", places=places).base_url == MINE.base_url


def test_the_environment_comes_before_the_files(places, monkeypatch):
    profiles.add(MINE, places=places)
    monkeypatch.setenv("CWKIT_BASE_URL", "us")
    monkeypatch.setenv("CWKIT_USER_SECRET", "u-3")
    monkeypatch.setenv("CWKIT_ORGANIZATION_SECRET", "o-3")
    assert profiles.default(places=places).user_secret.reveal() == "u-3"
    monkeypatch.setenv("CWKIT_PROFILE", "mine")
    assert profiles.default(places=places) == MINE


def test_an_environment_without_its_secret_says_which(places, monkeypatch):
    monkeypatch.setenv("CWKIT_BASE_URL", "us")
    monkeypatch.setenv("CWKIT_USER_SECRET", "u-3")
    with pytest.raises(SecretUnavailable, match="organization secret of the profile 'environment'"):
        profiles.default(places=places)


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("own", 'default = "x\nuser = "hunter22"', "line 1"),
        ("cectl", "[a]\nuser = hunter22", "line 2"),
        ("doctor", '[{"name": "a", "userSecret": "hunter22",,}]', "line 1, column 41"),
    ],
)
def test_a_file_that_does_not_parse_is_named_with_the_place_and_without_its_text(places, file, text, place):
    path = getattr(places, file)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as caught:
        profiles.load("a", places=places)
    assert str(path) in str(caught.value)
    assert place in str(caught.value)
    assert "hunter22" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_default_that_is_not_there_is_told(places):
    places.own.parent.mkdir()
    places.own.write_text('default = "gone"\n', encoding="utf-8")
    with pytest.raises(ProfileError, match="'gone'"):
        profiles.default(places=places)


def test_secrets_in_the_environment_without_a_base_url_are_not_passed_over(places, monkeypatch):
    monkeypatch.setenv("CWKIT_USER_SECRET", "u-3")
    with pytest.raises(ProfileError, match="CWKIT_BASE_URL is not"):
        profiles.default(places=places)
