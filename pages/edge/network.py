"""Where on the network a request comes from, as far as it can be known."""

from __future__ import annotations

import ipaddress

from starlette.datastructures import Headers
from starlette.types import Scope

from settings import get_settings

FORWARDED = "x-forwarded-for"
UNKNOWN = "unknown"
ONE_HOUSEHOLD = 64
"""Bits of an IPv6 address that a provider gives to one customer, who can choose the rest at will."""


def network_of(scope: Scope) -> str:
    """The address that attempts are counted for: who connects, or what the installation's own proxies say.

    Each proxy adds whom it was asked by at the end of ``X-Forwarded-For``; what stands before that came from outside
    and may be invented.
    """
    trusted = get_settings().trusted_proxies
    client = scope.get("client")
    connected = client[0] if client else UNKNOWN
    if not trusted:
        return _one_network(connected)
    said = ",".join(Headers(scope=scope).getlist(FORWARDED)).split(",")
    said = [one.strip() for one in said if one.strip()]
    return _one_network(said[-trusted] if len(said) >= trusted else said[0] if said else connected)


def _one_network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return UNKNOWN
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, ONE_HOUSEHOLD), strict=False))
    return str(found)
