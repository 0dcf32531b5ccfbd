"""PDF documents without what their makers' programs wrote into them, and their pages as images and text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2

from storage.cleaning.jpeg import without_metadata
from storage.cleaning.types import Unreadable

MOST_PAGES = 200
DPI = 130
LARGEST_SIDE = 3000

TELLING = (
    "/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/AA", "/A", "/AF", "/Annots", "/B", "/ID", "/PZ",
    "/SeparationInfo", "/StructParents", "/StructParent", "/OPI", "/Measure", "/PtData", "/Trans", "/Dur", "/Tabs",
)  # fmt: skip
"""Keys that hold who made a thing, when and with what, or that act; taken out of every dictionary."""


@dataclass(frozen=True)
class Page:
    """A page as judges read it: an image as WebP, and its text."""

    image: bytes
    text: str


def clean(source: Path, target: Path) -> int:
    """Write a copy of a PDF to ``target`` without anything but its pages; returns how many there are.

    The copy is a new document: there is no earlier revision, document information, outline, attachment, script, form
    or signature for anything to be left in. Values of forms and drawings of annotations become part of the pages.
    The same source gives the same bytes.

    Raises
    ------
    Unreadable : it is encrypted, damaged, empty, or has more than 200 pages.
    """
    try:
        with pikepdf.open(source) as original, pikepdf.new() as copy:
            if original.is_encrypted:
                raise Unreadable("The document is protected by a password. Save it without one.")
            if not 0 < len(original.pages) <= MOST_PAGES:
                raise Unreadable(f"The document has no page, or more than {MOST_PAGES}.")
            _draw_form_values(original)
            original.flatten_annotations()
            _name_layers_neutrally(original)
            layers = original.Root.get("/OCProperties")
            copy.pages.extend(original.pages)
            if layers is not None:
                copy.Root.OCProperties = copy.copy_foreign(original.make_indirect(layers))
            for thing in copy.objects:
                _strip(thing)
            for page in copy.pages:
                page.contents_coalesce()
                page.obj.Contents = copy.make_stream(_quiet(page))
                page.remove_unreferenced_resources()
            if "/Info" in copy.trailer:
                del copy.trailer["/Info"]
            copy.save(
                target,
                static_id=True,
                fix_metadata_version=False,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                recompress_flate=True,
            )
            return len(copy.pages)
    except pikepdf.PasswordError as error:
        raise Unreadable("The document is protected by a password. Save it without one.") from error
    except (pikepdf.PdfError, ValueError, RecursionError) as error:
        raise Unreadable("The document is damaged and cannot be read. Save it again as a PDF.") from error


def pages_of(document: Path) -> Iterator[Page]:
    """The pages of a clean PDF, one after another."""
    pdf = pypdfium2.PdfDocument(document)
    try:
        for number in range(len(pdf)):
            page = pdf[number]
            scale = min(DPI / 72, LARGEST_SIDE / max(*page.get_size(), 1))
            image = page.render(scale=scale).to_pil().convert("RGB")
            written = BytesIO()
            image.save(written, "WEBP", quality=80, method=2)
            yield Page(written.getvalue(), page.get_textpage().get_text_bounded())
            page.close()
    finally:
        pdf.close()


def _name_layers_neutrally(pdf: pikepdf.Pdf) -> None:
    """Layers are named by people; whether one is shown has to stay as it is."""
    layers = pdf.Root.get("/OCProperties")
    if not isinstance(layers, pikepdf.Dictionary):
        return
    for number, group in enumerate(layers.get("/OCGs", pikepdf.Array()), start=1):
        if isinstance(group, pikepdf.Dictionary):
            group.Name = pikepdf.String(f"Layer {number}")
            for key in ("/Usage", "/Intent"):
                if key in group:
                    del group[key]
    for configuration in (layers.get("/D"), *layers.get("/Configs", pikepdf.Array())):
        if isinstance(configuration, pikepdf.Dictionary):
            for key in ("/Name", "/Creator", "/Order"):
                if key in configuration:
                    del configuration[key]


def _draw_form_values(pdf: pikepdf.Pdf) -> None:
    """Have values of forms drawn where their document leaves that to its reader, so that flattening keeps them."""
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary):
        widgets = (
            thing
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Subtype") == pikepdf.Name.Widget
        )
        if any("/AP" not in widget for widget in widgets):
            form.NeedAppearances = True
    pdf.generate_appearance_streams()


def _quiet(drawing: pikepdf.Page | pikepdf.Object) -> bytes:
    """The instructions of a page or form without comments, and without words that are spoken but not drawn.

    Marked content keeps its place and, where it belongs to a layer, its layer; everything else about it goes.
    """
    kept: list[pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage] = []
    for instruction in pikepdf.parse_content_stream(drawing):
        operator = str(instruction.operator)
        if operator in ("BDC", "BMC", "DP", "MP") and not _is_layer(instruction):
            plain = "BMC" if operator in ("BDC", "BMC") else "MP"
            instruction = pikepdf.ContentStreamInstruction([pikepdf.Name.Span], pikepdf.Operator(plain))
        kept.append(instruction)
    return pikepdf.unparse_content_stream(kept)


def _is_layer(instruction: pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage) -> bool:
    operands = list(instruction.operands)
    return len(operands) == 2 and operands[0] == pikepdf.Name.OC and isinstance(operands[1], pikepdf.Name)


def _without_exif(image: pikepdf.Stream) -> None:
    """Rewrite a JPEG, whatever its bytes are wrapped in, without what its camera wrote."""
    filters = image.get("/Filter")
    chain = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    if not chain or chain[-1] != pikepdf.Name.DCTDecode:
        return
    raw = image.read_raw_bytes()
    if len(chain) > 1:
        parameters = image.get("/DecodeParms")
        with pikepdf.new() as unwrapping:
            wrapped = pikepdf.Stream(unwrapping, raw)
            wrapped.Filter = pikepdf.Array([pikepdf.Name(str(name)) for name in chain[:-1]])
            if isinstance(parameters, pikepdf.Array):
                wrapped.DecodeParms = unwrapping.copy_foreign(pikepdf.Array(list(parameters)[:-1]))
            raw = wrapped.read_bytes()
    image.write(without_metadata(raw), filter=pikepdf.Name.DCTDecode)


def _strip(thing: pikepdf.Object) -> None:
    """Take telling keys out of an object and everything directly inside it, and EXIF out of its JPEG data."""
    if isinstance(thing, pikepdf.Stream):
        _strip_dictionary(thing)
        _without_exif(thing)
        if thing.get("/Subtype") == pikepdf.Name.Form or thing.get("/PatternType") == 1:
            thing.write(_quiet(thing))
    elif isinstance(thing, pikepdf.Dictionary):
        _strip_dictionary(thing)
    elif isinstance(thing, pikepdf.Array):
        for part in thing:
            if isinstance(part, pikepdf.Object) and not part.is_indirect:
                _strip(part)


def _strip_dictionary(thing: pikepdf.Object) -> None:
    if thing.get("/Type") in (pikepdf.Name.Font, pikepdf.Name.XObject) and "/Name" in thing:
        del thing["/Name"]
    layers = thing.get("/Properties")
    if isinstance(layers, pikepdf.Dictionary):
        for name in list(layers.keys()):
            if layers[name].get("/Type") not in (pikepdf.Name.OCG, pikepdf.Name.OCMD):
                del layers[name]
    for key in list(thing.keys()):
        if key in TELLING:
            del thing[key]
            continue
        part = thing[key]
        if isinstance(part, pikepdf.Object) and not part.is_indirect:
            _strip(part)
