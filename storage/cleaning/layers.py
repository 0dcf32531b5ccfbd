"""Which layers of a PDF are shown. What is hidden does not travel, so that nobody can switch it on."""

from __future__ import annotations

from typing import Any, Final

import pikepdf

SHOWN: Final = "/LaurelShown"
"""The mark on a layer while its document is being copied."""

DEEPEST: Final = 20


def mark_layers(pdf: pikepdf.Pdf) -> None:
    """Write onto each layer whether a reader would show it when the document is opened."""
    properties = pdf.Root.get("/OCProperties")
    if not isinstance(properties, pikepdf.Dictionary):
        return
    default = properties.get("/D")
    config: Any = default if isinstance(default, pikepdf.Dictionary) else {}
    on, off = ({group.objgen for group in _groups(config.get(key))} for key in ("/ON", "/OFF"))
    base = config.get("/BaseState") != pikepdf.Name.OFF
    for group in _groups(properties.get("/OCGs")):
        shown = (base or group.objgen in on) and group.objgen not in off
        group[SHOWN] = _by_usage(config, group, shown)


def is_shown(layer: Any, depth: int = 0) -> bool:
    """Whether what belongs to a layer, or to a rule about layers, is drawn."""
    if not isinstance(layer, pikepdf.Dictionary) or depth > DEEPEST:
        return True
    if layer.get("/Type") != pikepdf.Name.OCMD:
        return bool(layer.get(SHOWN, True))
    if isinstance(rule := layer.get("/VE"), pikepdf.Array):
        return _follows(rule, depth + 1)
    groups = layer.get("/OCGs")
    members = [is_shown(group, depth + 1) for group in _groups(groups)]
    if not members:
        return True
    policy = str(layer.get("/P", "/AnyOn"))
    return {"/AllOn": all(members), "/AnyOff": not all(members), "/AllOff": not any(members)}.get(policy, any(members))


def _groups(groups: Any) -> list[Any]:
    if isinstance(groups, pikepdf.Array):
        return [group for group in groups if isinstance(group, pikepdf.Dictionary)]
    return [groups] if isinstance(groups, pikepdf.Dictionary) else []


def _by_usage(config: Any, group: Any, shown: bool) -> bool:
    """Layers can be shown or hidden on screens and on paper by themselves."""
    usage = group.get("/Usage")
    view = usage.get("/View") if isinstance(usage, pikepdf.Dictionary) else None
    if not isinstance(view, pikepdf.Dictionary) or "/ViewState" not in view:
        return shown
    for rule in config.get("/AS", ()):
        if isinstance(rule, pikepdf.Dictionary) and rule.get("/Event") == pikepdf.Name.View:
            members = {member.objgen for member in _groups(rule.get("/OCGs"))}
            if group.objgen in members:
                return bool(view.ViewState != pikepdf.Name.OFF)
    return shown


def _follows(rule: Any, depth: int) -> bool:
    if depth > DEEPEST or not isinstance(rule, pikepdf.Array) or not len(rule):
        return is_shown(rule, depth) if isinstance(rule, pikepdf.Dictionary) else True
    parts = [_follows(part, depth + 1) for part in list(rule)[1:]]
    operator = str(rule[0])
    if operator == "/Not":
        return not all(parts)
    return any(parts) if operator == "/Or" else all(parts)
