"""An exported entry as one page to read, which needs nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final
from urllib.parse import quote

STYLE: Final = (
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#10191d}"
    "h1{line-height:1.2}h2{margin-top:2.5rem;border-top:1px solid #b9c4c9;padding-top:1rem}"
    "p{white-space:pre-wrap}small{color:#43525a}"
)


def page_of(said: Mapping[str, Any]) -> str:
    """The page of what the JSON beside it says."""
    parts = [
        f"<h1>{escape(said['organisation'])}</h1>",
        f"<p>{escape(said['prize'])}, {escape(said['stage'])}: {escape(said['state'])}</p>",
        "<h2>Team</h2><ul>",
        *(f"<li>{escape(_member(each))}</li>" for each in said["team"]),
        "</ul>",
    ]
    if said["eligibility"]:
        parts += ["<h2>Who may enter</h2>", *_answers(said["eligibility"])]
    for version in reversed(said["submitted"]):
        facts = f"{version['submitted_at']}, receipt {version['receipt']}, rules version {version['rules']}"
        parts += [f"<h2>Submitted, version {version['number']}</h2>", f"<small>{escape(facts)}</small>"]
        parts += _answers(version["answers"])
    parts += ["<h2>The draft as it stands</h2>", *_answers(said["draft"])]
    if outcome := said["outcome"]:
        parts += ["<h2>Outcome</h2>", _text(f"{outcome['outcome']}. {outcome['reason']}")]
        if outcome["scores"]:
            parts += ["<h2>Your scores</h2><ul>", *(f"<li>{escape(_score(each))}</li>" for each in outcome["scores"])]
            parts.append("</ul>")
        if outcome["comments"]:
            parts += ["<h2>What the judges wrote to you</h2>", *(_text(comment) for comment in outcome["comments"])]
        if appeal := outcome["appeal"]:
            answer = f"{appeal['became'].capitalize()}. {appeal['reason']}".strip()
            parts += ["<h2>Your appeal</h2>", _text(appeal["text"]), _text(answer)]
    title = escape(f"{said['organisation']}, {said['prize']}")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
    return (
        f'<!doctype html><html lang="en"><head>{head}<style>{STYLE}</style></head><body>{"".join(parts)}</body></html>'
    )


def _member(member: Mapping[str, Any]) -> str:
    return f"{member['name']}, {member['email']}{', leads' if member['leads'] else ''}"


def _score(score: Mapping[str, Any]) -> str:
    if score["mean"] is None:
        return f"{score['name']}: not told, since fewer than two judges scored it"
    differ = "" if score["spread"] is None else f"; judges differ by {score['spread']:.1f} (standard deviation)"
    return f"{score['name']}: {score['mean']:.1f}, the mean of {score['judges']} judges{differ}"


def _answers(answers: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for answer in answers:
        yield f"<h3>{escape(answer['question'])}</h3>"
        yield _text(answer["answer"] or ("" if answer.get("files") else "No answer."))
        for file in answer.get("files", ()):
            yield f'<p><a href="{quote(file["path"])}">{escape(file["name"])}</a></p>'


def _text(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""
