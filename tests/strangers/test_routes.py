"""What our own addresses answer to anything at all: in words, never with an error of ours, and without harm."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from accounts.sessions import COOKIE
from pages.components import autosave, downloads, tus
from pages.edge import health
from pages.public import routes as public
from tests.server import RunningLaurel
from tests.strangers.house import House, Watched, at_home, changed, content, signed_in, watched

EXAMPLES: Final = min(settings().max_examples // 5, 200)
AT_ALL: Final = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
ANSWERED_WITHIN: Final = 20.0

ROUTES: Final = (
    *health.routes(lambda: True),
    *public.ROUTES,
    *public.SIGNED_IN_ROUTES,
    *autosave.ROUTES,
    *tus.ROUTES,
    *downloads.ROUTES,
)
WAYS: Final = sorted({(route.path, method) for route in ROUTES for method in route.methods or ()})

TRICKS: Final = (
    "",
    " ",
    "an\u202edna",
    "\u2066inside\u2069",
    "a\x00b",
    "\x1b[31m",
    "../../etc/passwd",
    "..\\..\\windows",
    "a\r\nX-Injected: yes",
    "%0d%0aX-Injected:%20yes",
    "//evil.test",
    "https://evil.test/",
    "/\\evil.test",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "'\" or 1=1 --",
    "{{7*7}}",
    "null",
    "NaN",
    "-1",
    "9" * 400,
    "1e999",
    "x" * 3000,
    "🦫" * 200,
    "\ud83d",
    "grace@example.org",
    "erin-next-door@erin-next-door.example",
    "grace@" + "a" * 300 + ".org",
)
FIELDS: Final = ("email", "password", "next", "form_token", "link_email", "name", "code", "role", "accepts", "question")
TEXTS = st.sampled_from(TRICKS) | st.text(max_size=60)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@dataclass(frozen=True)
class Request:
    path: dict[str, str]
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    claimed: int | None
    """The length that is claimed where it is not the body's."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: str
    body: str


def forms() -> st.SearchStrategy[bytes]:
    fields = st.lists(st.tuples(st.sampled_from(FIELDS), TEXTS), max_size=8)
    encoded = fields.map(lambda pairs: urlencode(pairs, errors="surrogatepass").encode())
    return encoded | fields.map(_multipart)


def _multipart(pairs: list[tuple[str, str]]) -> bytes:
    parts = [f'--line\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in pairs]
    return ("".join(parts) + "--line--\r\n").encode("utf-8", "surrogatepass")


def saves(house: House) -> st.SearchStrategy[bytes]:
    """What saves itself, well formed but for some of its parts."""
    good: dict[str, Any] = {
        "what": "answer",
        "entry_id": str(house.entering.entry_id),
        "question_key": str(house.entering.questions["method"]),
        "assignment_id": str(house.assignment_id),
        "reader": "panel",
        "text": "Mussels.",
        "base_version": 0,
        "tab": "a-tab-of-a-fuzzer",
        "save_number": 1,
    }
    changes = st.dictionaries(st.sampled_from(sorted(good)), VALUES, max_size=3)
    lost = st.sets(st.sampled_from(sorted(good)), max_size=1)
    whole = st.tuples(changes, lost).map(
        lambda both: json.dumps({name: value for name, value in {**good, **both[0]}.items() if name not in both[1]})
    )
    return (whole | VALUES.map(json.dumps) | st.just("[" * 100_000)).map(lambda text: text.encode())


def headers() -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    numbers = st.sampled_from(("0", "1", "-1", "9" * 30, "1e3", "٣", "0x10", "", "1048577", "NaN"))
    named = st.sampled_from(
        ("what answer", "what YW5zd2Vy", "filename Li4vLi4vZXRjL3Bhc3N3ZA==", "filename ////", "a b,c d,,", "é")
    )
    one = st.one_of(
        st.tuples(st.sampled_from(("Upload-Length", "Upload-Offset", "Upload-Defer-Length")), numbers),
        st.tuples(st.just("Upload-Metadata"), named | TEXTS),
        st.tuples(
            st.just("Upload-Checksum"), st.sampled_from(("sha1 x", "md5 AAAA", "sha256 ====", "sha1", "")) | TEXTS
        ),
        st.tuples(
            st.just("Range"),
            st.sampled_from(("bytes=0-", "bytes=-0", "bytes=9-1", "bytes=0-1,2-3", "x=1", "bytes=" + "9" * 40)),
        ),
        st.tuples(
            st.sampled_from(("Accept", "If-Range", "If-None-Match", "X-Forwarded-For", "Referer", "Cookie")), TEXTS
        ),
        st.tuples(
            st.just("Content-Type"),
            st.sampled_from(
                (
                    "application/x-www-form-urlencoded",
                    "multipart/form-data; boundary=line",
                    "multipart/form-data",
                    "application/json",
                    "application/offset+octet-stream",
                    "text/html; charset=utf-7",
                    "application/json; charset=utf-16",
                )
            ),
        ),
        st.tuples(st.just("Transfer-Encoding"), st.sampled_from(("chunked", "gzip", "identity"))),
    )
    return st.lists(one, max_size=5).map(tuple)


def requests(route: str, house: House) -> st.SearchStrategy[Request]:
    known = st.sampled_from(
        [
            str(one)
            for one in (
                house.entering.entry_id,
                house.judging.entry_id,
                house.assignment_id,
                house.entering.stage_id,
                house.judging.prize_id,
                house.entering.questions["document"],
            )
        ]
        + ["sign-in", "clean-rivers", "laurel.css", "1", "0", "99999999999999999999"]
    )
    parts = re.findall(r"\{(\w+)", route)
    bodies = st.binary(max_size=300) | forms() | saves(house)
    return st.builds(
        Request,
        path=st.fixed_dictionaries(dict.fromkeys(parts, known | TEXTS)),
        query=st.dictionaries(st.sampled_from((*FIELDS, "entry", "v")), TEXTS, max_size=2).map(
            lambda pairs: urlencode(pairs, errors="surrogatepass")
        ),
        headers=headers(),
        body=bodies,
        claimed=st.none() | st.none() | st.none() | st.sampled_from((0, 10**7, 10**12)),
    )


RANGE_NOT_SATISFIABLE: Final = 416
UNREAD: Final = 50_000
"""Bytes of a body beyond which an answer can be lost: a server that answers without having read it closes the line."""


def send(laurel: RunningLaurel, method: str, template: str, request: Request, cookie: str) -> Answer | None:
    """Send it byte by byte as it was made up, and read what comes; None when nothing can be expected."""
    path = re.sub(
        r"\{(\w+)[^}]*\}", lambda part: quote(request.path[part[1]], safe="/", errors="surrogatepass"), template
    )
    told = dict(request.headers)
    lines = [
        f"{method} {path}{'?' + request.query if request.query else ''} HTTP/1.1",
        f"Host: 127.0.0.1:{laurel.port}",
        f"Origin: {laurel.url}",
        "Connection: close",
    ]
    if cookie and "Cookie" not in told:
        lines.append(f"Cookie: {COOKIE}={cookie}")
    if "Transfer-Encoding" not in told:
        lines.append(f"Content-Length: {len(request.body) if request.claimed is None else request.claimed}")
    lines += [f"{name}: {value}" for name, value in request.headers]
    sent = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogatepass") + request.body
    with socket.create_connection(("127.0.0.1", laurel.port), timeout=ANSWERED_WITHIN) as line:
        line.sendall(sent)
        if request.claimed is not None or "Transfer-Encoding" in told:
            line.shutdown(socket.SHUT_WR)  # else the server waits for the rest
        came = b""
        try:
            while block := line.recv(65536):
                came += block
        except ConnectionResetError:  # what had come may be lost with it
            return None
    if not came:
        return None
    head, _, body = came.partition(b"\r\n\r\n")
    return Answer(int(head.split()[1]), head.decode("latin-1"), body.decode("utf-8", "replace"))


def what_is_wrong(answer: Answer, method: str, house: House, who: str) -> Iterator[str]:
    lowered = answer.headers.lower()
    if answer.status >= 500:
        yield f"answered {answer.status}"
    if re.search("^x-injected", lowered, re.MULTILINE):
        yield "let a header in"
    place = re.search(r"^location: (.*)$", answer.headers, re.IGNORECASE | re.MULTILINE)
    if place and not re.match(r"(\.\.)?/(?![/\\])", place[1]):
        yield f"leads away to {place[1]}"
    if any(word in answer.body for word in ("Traceback", 'File "/', "sqlalchemy", "pydantic", "site-packages")):
        yield "shows its inside"
    if "<script>alert(1)" in answer.body:
        yield "takes what was sent for a page"
    others = {"judge", "entrant"} - {who}
    if any(mark.decode() in answer.body for other in others for mark in house.marks_of(other)):
        yield "shows what is somebody else's"
    silent = method == "HEAD" or answer.status == RANGE_NOT_SATISFIABLE  # asked by programs alone
    if answer.status >= 400 and not silent and not re.search(r"[a-z]{3,} [a-z]{2,}", answer.body):
        yield "says nothing in words"
    if "x-content-type-options: nosniff" not in lowered and not _is_the_web_servers(answer):
        yield "lacks headers"


def _is_the_web_servers(answer: Answer) -> bool:
    """What is no HTTP is answered before anything of ours hears of it: "Invalid HTTP request received."."""
    return answer.status == 400 and "x-request-id" not in answer.headers.lower()


@pytest.fixture(scope="module")
def open_to_tries(house: House) -> Iterator[Watched]:
    """A server that counts attempts by what is said in X-Forwarded-For, so that not every one is the eleventh."""
    with watched(house.folder, LAUREL_TRUSTED_PROXIES="1") as running:
        yield running


@pytest.fixture
def cookie(house: House) -> str:
    """Of a browser that was not used before: one of the addresses signs it out."""
    with at_home(house.folder):
        return signed_in(house.entrant)[0][COOKIE]


@pytest.mark.hypothesis
@pytest.mark.parametrize(("route", "method"), WAYS, ids=[f"{method} {route}" for route, method in WAYS])
def test_whatever_is_sent_is_answered_in_words(
    route: str, method: str, open_to_tries: Watched, house: House, cookie: str
) -> None:
    @AT_ALL
    @given(requests(route, house), st.booleans())
    def answered(request: Request, at_home: bool) -> None:
        who = "entrant" if at_home else "nobody"
        answer = send(open_to_tries.laurel, method, route, request, cookie if at_home else "")
        if answer is None:
            given_up = request.claimed is not None or "Transfer-Encoding" in dict(request.headers)
            assert given_up or len(request.body) > UNREAD
            return
        assert list(what_is_wrong(answer, method, house, who)) == []

    answered()


LARGE: Final = 10_000_000


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/link", "/receipt", "/autosave", "/uploads"])
def test_ten_megabytes_are_refused_in_words(path: str, open_to_tries: Watched, house: House, cookie: str) -> None:
    form = (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "text/html"))
    with at_home(house.folder):
        before = content()
        answer = send(open_to_tries.laurel, "POST", path, Request({}, "", form, b"code=" + b"x" * LARGE, None), cookie)
        assert changed(before, content()) == {}
    assert answer is not None
    assert (answer.status, bool(re.search("too large|too long|no usable", answer.body))) == (422, True)


def test_afterwards_nothing_was_an_error_and_nothing_of_anybody_else_has_changed(
    open_to_tries: Watched, house: House
) -> None:
    assert open_to_tries.unexpected() == []
