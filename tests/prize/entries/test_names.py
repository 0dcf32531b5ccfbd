"""Names are found in what entrants write, however they are written, and everyday words are left alone."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prize.entries.identities import Identities, own_domain
from prize.entries.names import Tells, find_names

TEAM = Identities(
    people=("Erin Marsh", "José Núñez-Olmo", "Li Ng"),
    addresses=("erin@windworks.example", "jose.nunez@gmail.com"),
    domains=("windworks.example",),
    organisations=("Wind Works Ltd", "Ember"),
)


def found(text: str) -> set[tuple[str, str]]:
    return {(hit.tells.value, hit.name) for hit in find_names(text, "answer", TEAM)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("As erin marsh wrote in her thesis", "Erin Marsh"),
        ("as MARSH, ERIN wrote", "Erin Marsh"),
        ("as E. Marsh wrote", "Erin Marsh"),
        ("as Erin\nMarsh wrote", "Erin Marsh"),
        ("as E r i n  M a r s h wrote", "Erin Marsh"),
        ("as Er\u00adin Mar\u200bsh wrote", "Erin Marsh"),
        ("as Ｅｒｉｎ Ｍａｒｓｈ wrote", "Erin Marsh"),
        ("as Jose Nunez Olmo wrote", "José Núñez-Olmo"),
        ("as José Núñez‐Olmo wrote", "José Núñez-Olmo"),
        ("as Li Ng wrote", "Li Ng"),
    ],
)
def test_a_person_is_found_however_the_name_is_written(text: str, name: str) -> None:
    assert found(text) == {("person", name)}


@pytest.mark.parametrize(
    "text", ["WindWorks", "wind works", "Wind-\nworks", "WIND  WORKS Limited", "w i n d w o r k s", "Wind_Works"]
)
def test_an_organisation_is_found_however_the_name_is_written(text: str) -> None:
    assert found(f"We at {text} measured it.") == {("organisation", "Wind Works Ltd")}


@pytest.mark.parametrize("text", ["Mill of the Upper Valley", "the mill of the upper valley", "Mill of Upper Valley"])
def test_an_organisation_is_found_with_and_without_its_articles(text: str) -> None:
    team = Identities(people=(), addresses=(), domains=(), organisations=("The Mill of the Upper Valley",))

    assert [hit.name for hit in find_names(f"We at {text} measured it.", "answer", team)] == list(team.organisations)


@pytest.mark.parametrize(
    "text",
    ["write to erin@windworks.example", "write to ERIN (at) windworks (dot) example", "erin at windworks.example"],
)
def test_an_address_is_found_with_its_domain(text: str) -> None:
    assert found(text) >= {("mail address", "erin@windworks.example"), ("domain", "windworks.example")}


def test_an_address_at_a_public_provider_is_found_and_the_provider_is_not() -> None:
    assert found("jose.nunez@gmail.com") == {("mail address", "jose.nunez@gmail.com")}


@pytest.mark.parametrize(
    "text", ["see https://www.windworks.example/about", "see WINDWORKS.EXAMPLE", "data@windworks.example"]
)
def test_a_domain_of_their_own_is_found_in_addresses_and_links(text: str) -> None:
    assert ("domain", "windworks.example") in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "The marsh holds water, and an ember glows.",
        "Wind works best in winter storms off the coast"[5:],
        "Winds work; the windworkshop is closed.",
        "Write to us at gmail.com.",
        "The angle of the Ngoni harp.",
        "Erinnern und vergessen.",
        "",
    ],
)
def test_everyday_words_are_no_hit(text: str) -> None:
    assert found(text) == set()


def test_a_surname_and_an_organisation_of_one_word_count_where_they_begin_with_a_capital() -> None:
    assert found("Marsh showed it. So did Ember.") == {("person", "Erin Marsh"), ("organisation", "Ember")}


def test_a_hit_says_where_how_often_and_among_which_words() -> None:
    (hit,) = find_names("x " * 50 + "Wind Works built it." + " y" * 50 + " Wind Works.", "page 3", TEAM)

    assert (hit.tells, hit.name, hit.place, hit.count) == (Tells.ORGANISATION, "Wind Works Ltd", "page 3", 2)
    assert hit.excerpt.startswith("…")
    assert hit.excerpt.endswith("…")
    assert "Wind Works built it." in hit.excerpt
    assert len(hit.excerpt) < 120


@given(st.text(), st.text(), st.sampled_from(["Erin Marsh", "wind works", "erin@windworks.example"]))
def test_a_name_is_found_between_any_other_words(before: str, after: str, name: str) -> None:
    assert found(f"{before} . {name} . {after}")


@given(st.text(alphabet=string.ascii_lowercase + " \n", max_size=300))
def test_nothing_is_found_where_no_part_of_a_name_stands(text: str) -> None:
    if not any(
        part in text.replace(" ", "").replace("\n", "") for part in ("marsh", "nunez", "ng", "works", "windworks")
    ):
        assert found(text) == set()


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("a@cs.ox.ac.uk", "ox.ac.uk"),
        ("a@OX.ac.uk", "ox.ac.uk"),
        ("a@mail.windworks.example", "windworks.example"),
        ("a@gmail.com", ""),
        ("a@googlemail.com", ""),
        ("a@ac.uk", ""),
        ("a@localhost", ""),
        ("", ""),
    ],
)
def test_a_domain_is_an_organisations_own_or_none(address: str, domain: str) -> None:
    assert own_domain(address) == domain
