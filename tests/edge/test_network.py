from __future__ import annotations

import pytest

from pages.edge.network import network_of
from settings import get_settings
from tests.edge.asgi import Pairs

PROXY, CLIENT, INVENTED = "10.0.0.1", "203.0.113.9", "198.51.100.1"


def network(monkeypatch: pytest.MonkeyPatch, proxies: int, *forwarded: str, connected: str | None = PROXY) -> str:
    monkeypatch.setenv("LAUREL_TRUSTED_PROXIES", str(proxies))
    get_settings.cache_clear()
    headers: Pairs = [("x-forwarded-for", one) for one in forwarded]
    return network_of(
        {
            "type": "http",
            "headers": [(name.encode(), value.encode()) for name, value in headers],
            "client": (connected, 1) if connected else None,
        }
    )


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, (), PROXY),
        (0, (INVENTED,), PROXY),
        (1, (CLIENT,), CLIENT),
        (1, (f"{INVENTED}, {CLIENT}",), CLIENT),
        (1, (INVENTED, CLIENT), CLIENT),
        (2, (f"{INVENTED}, {CLIENT}, 10.0.0.2",), CLIENT),
        (2, (CLIENT,), CLIENT),
        (1, (), PROXY),
        (1, ("rubbish",), "unknown"),
    ],
)
def test_the_header_is_believed_as_far_as_there_are_proxies_of_ones_own(
    monkeypatch: pytest.MonkeyPatch, proxies: int, forwarded: tuple[str, ...], address: str
) -> None:
    assert network(monkeypatch, proxies, *forwarded) == address


@pytest.mark.parametrize(
    ("connected", "address"),
    [
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::4", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", CLIENT),
        ("[2001:db8::1]", "2001:db8::/64"),
        (None, "unknown"),
    ],
)
def test_a_household_counts_as_one(monkeypatch: pytest.MonkeyPatch, connected: str | None, address: str) -> None:
    assert network(monkeypatch, 0, connected=connected) == address
