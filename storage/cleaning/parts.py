"""What hangs on a PDF's dictionaries: pictures, colour profiles and fonts, without words of their makers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import pikepdf

from storage.cleaning import fonts, jbig2, jpeg, jpeg2000
from storage.cleaning.allowed import NAMES, ORDERINGS
from storage.cleaning.icc import neutral_profile

SYMBOLS: Final = frozenset({"Symbol", "ZapfDingbats", "Wingdings", "Wingdings2", "Wingdings3", "Webdings", "MTExtra"})
"""Fonts whose letters are read by their name."""

FAMILIES: Final = re.compile(
    "(Helvetica|Arial|Times|Courier|Symbol|ZapfDingbats|Wingdings|Webdings|Calibri|Cambria|Verdana|Georgia|Tahoma|"
    "Trebuchet|Garamond|Palatino|BookAntiqua|Century|Consolas|Lucida|SegoeUI|Impact|ComicSans|Aptos|Roboto|OpenSans|"
    "NotoSans|NotoSerif|Liberation|DejaVu|SimSun|SimHei|MSGothic|MSMincho|MSung|MHei|STSong|HeiseiMin|HeiseiKakuGo|"
    "HYSMyeongJo|HYGothic|KozMin|KozGo|Batang|Gulim|MingLiU)"
)
"""Typefaces that everybody has, so that a document need not bring them along; their names tell nothing."""

_STYLE = re.compile("Bold|Italic|Oblique|Black|Light|Narrow|Condensed")
_CMAP = re.compile(r"/[A-Za-z0-9]{1,20}(-[A-Za-z0-9]{1,12}){0,3}-[HV]")
_COMMENT = re.compile(rb"%[^\r\n]*")
_TEXTS = re.compile(rb"\(((?:\\.|[^\\()])*)\)")
_CMAP_NAME = re.compile(rb"/CMapName\s*/[^\s/(){}<>\[\]%]+\s+def")

Neutral = Callable[[str], str]


def may_stand(value: Any, key: str) -> bool:
    """Whether a value is one that drawing can need under this key; others are somebody's words."""
    if isinstance(value, pikepdf.String):
        return key in ("/Registry", "/Ordering")
    if isinstance(value, pikepdf.Name):
        if key in ("/BaseFont", "/FontName"):
            return True
        return str(value) in NAMES or (key in ("/Encoding", "/UseCMap") and bool(_CMAP.fullmatch(str(value))))
    return True


def clean_array(array: Any, key: str, neutral: Neutral) -> None:
    """Take words out of a list: names of inks, attributes of colour spaces, and strings where none is needed."""
    space = str(array[0]) if len(array) and isinstance(array[0], pikepdf.Name) else ""
    if space in ("/Separation", "/DeviceN", "/Indexed", "/I"):
        while len(array) > 4:
            del array[len(array) - 1]
    if space == "/Separation" and len(array) > 1 and str(array[1]) not in NAMES:
        array[1] = pikepdf.Name(neutral(str(array[1])))
    if space == "/DeviceN" and len(array) > 1 and isinstance(array[1], pikepdf.Array):
        inks = [str(ink) for ink in array[1]]
        array[1] = pikepdf.Array([pikepdf.Name(ink if ink in NAMES else neutral(ink)) for ink in inks])
    letters = key == "/Differences"
    for at in reversed(range(len(array))):
        part = array[at]
        needed = (
            space in ("/Indexed", "/I") and at == 3
            if isinstance(part, pikepdf.String)
            else letters or str(part) in NAMES or (space in ("/Separation", "/DeviceN") and at == 1)
        )
        if isinstance(part, pikepdf.String | pikepdf.Name) and not needed:
            del array[at]


def clean_stream(stream: Any) -> None:
    """Rewrite a picture, a colour profile or a calculation without words."""
    if stream.get("/Subtype") == pikepdf.Name.Image:
        _clean_image(stream)
    elif stream.get("/FunctionType") == 4:
        stream.write(_COMMENT.sub(b" ", stream.read_bytes()))
    elif "/N" in stream and "/Type" not in stream and "/FunctionType" not in stream:
        stream.write(neutral_profile(stream.read_bytes()) or b"")


def clean_font(font: Any, neutral: Neutral, done: set[tuple[int, int]]) -> None:
    """Give a font, or its description, a neutral name where its letters come along; and clean what comes along."""
    for key in ("/BaseFont", "/FontName"):
        if isinstance(name := font.get(key), pikepdf.Name):
            font[key] = pikepdf.Name(_font_name(str(name), neutral, brought=_is_brought(font)))
    for key in ("/FontFile", "/FontFile2", "/FontFile3"):
        if isinstance(file := font.get(key), pikepdf.Stream) and file.objgen not in done:
            done.add(file.objgen)
            file.write(fonts.without_names(file.read_bytes()))
    for key in ("/ToUnicode", "/Encoding"):
        if isinstance(table := font.get(key), pikepdf.Stream) and table.objgen not in done:
            done.add(table.objgen)
            table.write(_quiet_table(table.read_bytes()))
    order = font.get("/CIDSystemInfo")
    if isinstance(order, pikepdf.Dictionary) and str(order.get("/Ordering", "")) not in ORDERINGS:
        order.Ordering = pikepdf.String("Identity")
    if isinstance(order, pikepdf.Dictionary):
        order.Registry = pikepdf.String("Adobe")


def _is_brought(font: Any) -> bool:
    descendants = font.get("/DescendantFonts")
    if isinstance(descendants, pikepdf.Array):
        return any(_is_brought(each) for each in descendants if isinstance(each, pikepdf.Dictionary))
    description = font.get("/FontDescriptor", font)
    return isinstance(description, pikepdf.Dictionary) and any(
        key in description for key in ("/FontFile", "/FontFile2", "/FontFile3")
    )


def _font_name(name: str, neutral: Neutral, *, brought: bool) -> str:
    plain = re.sub(r"^/([A-Z]{6}\+)?", "", name)
    if plain in SYMBOLS or (not brought and FAMILIES.match(plain) and len(plain) < 40):
        return f"/{plain}"
    style = "".join(_STYLE.findall(plain)[:3])
    return f"{neutral(name)}-{style}" if style else neutral(name)


def _quiet_table(table: bytes) -> bytes:
    """A table of letters without comments, texts and its own name."""

    def known(found: re.Match[bytes]) -> bytes:
        return found[0] if found[1].decode("latin-1") in (*ORDERINGS, "Adobe") else b"(Identity)"

    return _CMAP_NAME.sub(b"/CMapName /Table def", _TEXTS.sub(known, _COMMENT.sub(b" ", table)))


def photograph_in(image: Any) -> tuple[str, bytes, Any]:
    """How a picture is compressed, its bytes without whatever they are wrapped in, and its parameters; or "" and none.

    Only compressions that can carry words of their own are told.
    """
    filters = image.get("/Filter")
    chain = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)] if filters else []
    kind = {"/DCT": "/DCTDecode"}.get(chain[-1], chain[-1]) if chain else ""
    if kind not in ("/DCTDecode", "/JPXDecode", "/JBIG2Decode"):
        return "", b"", None
    parameters = image.get("/DecodeParms")
    each = list(parameters) if isinstance(parameters, pikepdf.Array) else [parameters] * len(chain)
    raw = _unwrapped(image, chain[:-1], each[: len(chain) - 1]) if len(chain) > 1 else image.read_raw_bytes()
    return kind, raw, each[-1] if each and isinstance(each[-1], pikepdf.Dictionary) else None


def _clean_image(image: Any) -> None:
    """Rewrite a compressed picture without what its camera or program wrote."""
    kind, raw, parameters = photograph_in(image)
    if kind == "/JBIG2Decode":
        if parameters is not None and isinstance(common := parameters.get("/JBIG2Globals"), pikepdf.Stream):
            common.write(jbig2.without_comments(common.read_bytes()))
        image.write(jbig2.without_comments(raw), filter=pikepdf.Name(kind), decode_parms=parameters)
    elif kind:
        strip = jpeg.without_metadata if kind == "/DCTDecode" else jpeg2000.without_metadata
        image.write(strip(raw), filter=pikepdf.Name(kind), decode_parms=parameters)


def _unwrapped(image: Any, chain: list[str], parameters: list[Any]) -> bytes:
    with pikepdf.new() as unwrapping:
        wrapped = pikepdf.Stream(unwrapping, image.read_raw_bytes())
        wrapped.Filter = pikepdf.Array([pikepdf.Name(name) for name in chain])
        if any(isinstance(each, pikepdf.Dictionary) for each in parameters):
            wrapped.DecodeParms = pikepdf.Array(
                [
                    pikepdf.Dictionary({key: each[key] for key in each.keys()})  # noqa: SIM118
                    if isinstance(each, pikepdf.Dictionary)
                    else pikepdf.Dictionary()
                    for each in parameters
                ]
            )
        return bytes(wrapped.read_bytes())
