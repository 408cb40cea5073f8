"""Profile: both secrets kept masked, and what pasting adds taken away."""

import copy
import dataclasses
import pickle

import pytest

from cwkit import Secret
from cwkit.errors import ProfileError
from cwkit.platform import Profile


def test_a_profile_shows_no_secret():
    profile = Profile("mine", "us", "abc/DEF+1=", Secret("xyz/GHI+2="))
    shown = repr(profile) + str(profile) + repr(dataclasses.asdict(profile)) + f"{profile}"
    assert "abc" not in shown
    assert "xyz" not in shown
    assert "mine" in shown


def test_a_profile_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Profile("mine", "us", "abc", "def").name = "other"


def test_pasting_marks_are_taken_from_secrets():
    profile = Profile("mine", "us", ' "User abc/DEF+1=",\n', "Organization xyz=\u200b")
    assert (profile.user_secret.reveal(), profile.organization_secret.reveal()) == ("abc/DEF+1=", "xyz=")


@pytest.mark.parametrize("wrong", ["", "  ", None, "two words", "sécret", "a,b", "line\nbreak"])
def test_a_secret_that_no_header_can_hold_is_refused_without_showing_it(wrong):
    with pytest.raises(ProfileError) as caught:
        Profile("mine", "us", "fine", wrong)
    assert "organization secret" in str(caught.value)
    assert not wrong or not wrong.strip() or wrong not in str(caught.value)


def test_copies_keep_the_secret_and_pickles_do_not():
    profile = Profile("mine", "us", "abc/DEF+1=", "xyz")
    assert copy.deepcopy(profile) == profile
    assert b"abc/DEF" not in pickle.dumps(profile)
