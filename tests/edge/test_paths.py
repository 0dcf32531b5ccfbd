from __future__ import annotations

import pytest

from pages.edge.paths import canonical, is_below, is_own_address, is_plain, way_back


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_STCORE/Metrics/",
        "/_stcore/metrics;v=1",
        "/_stcore;v=1/metrics",
        "//_stcore///metrics",
        "/x/../_stcore/./metrics",
        "/%5Fstcore/metrics",
        "/%255Fstcore%252Fmetrics",
        "/_stcore\\metrics",
        "/_stcore/metrics?x",
        "/_stcore/metrics\0",
        "/_ｓtcore／metrics",
    ],
)
def test_every_spelling_of_an_address_is_read_alike(path: str) -> None:
    assert canonical(path) == "/_stcore/metrics"


@pytest.mark.parametrize(
    "path", ["//x", "/a//b", "/a/../b", "/a/..", "/./a", "/a\\b", "/a%2fb", "/a\nb", "/a\0", "a", "", "http://x/a"]
)
def test_an_address_that_could_mean_two_things_is_not_plain(path: str) -> None:
    assert not is_plain(path)


@pytest.mark.parametrize("path", ["/", "/prizes/clean-water", "/files/a.b..c", "/a/", "/a;b", "/100% sure", "/ä"])
def test_an_ordinary_address_is_plain(path: str) -> None:
    assert is_plain(path)


def test_a_folder_holds_itself_and_what_is_below_but_no_namesake() -> None:
    assert is_below("/media", "/media")
    assert is_below("/media/a", "/media")
    assert not is_below("/mediation", "/media")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "/%2fevil.test",
        "/%5cevil.test",
        "/\tevil",
        "/%09/evil",
        "evil",
        "",
        "/a/../..",
        "/ü",
        "/" + "a" * 2000,
        "javascript:alert(1)",
    ],
)
def test_an_address_that_leads_elsewhere_is_not_our_own(address: str) -> None:
    assert not is_own_address(address)


def test_the_way_back_keeps_the_query_and_is_one_value() -> None:
    assert way_back("/ranking", "stage=a%2Fb&top=3") == "/ranking%3Fstage%3Da%252Fb%26top%3D3"
    assert way_back("//evil.test") == "/"
