"""A page that is drawn once and answered with often."""

from __future__ import annotations

import re

from pages.public.rendering import answer, drawn


def test_each_answer_has_a_form_token_of_its_own() -> None:
    page = drawn("receipt.html", code="", checked=False, found=False)

    first, second = (bytes(answer(page).body).decode() for _ in range(2))

    [one] = set(re.findall('name="form_token" value="([^"]+)"', first))
    [other] = set(re.findall('name="form_token" value="([^"]+)"', second))
    assert one != other
    assert first.replace(one, "") == second.replace(other, "")
