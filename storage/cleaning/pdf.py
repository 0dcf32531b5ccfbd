"""PDF documents without what their makers' programs wrote into them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pikepdf

from storage.cleaning.allowed import KEYS, RESOURCES, SPECIAL
from storage.cleaning.drawing import Called, Names, redrawn
from storage.cleaning.layers import is_shown, mark_layers
from storage.cleaning.parts import clean_array, clean_font, clean_stream, may_stand
from storage.cleaning.types import Unreadable

MOST_PAGES: Final = 200
MOST_OBJECTS: Final = 200_000
DEEPEST: Final = 100
LOCKED: Final = "The document is protected by a password. Save it without one."
DAMAGED: Final = "The document is damaged and cannot be read. Save it again as a PDF."


def clean(source: Path, target: Path) -> int:
    """Write a copy of a PDF to ``target`` without anything but its pages; returns how many there are.

    The copy is a new document: there is no earlier revision, document information, outline, attachment, script, form,
    layer, structure or signature for anything to be left in, and no key that drawing does not need. Values of forms and
    drawings of annotations become part of the pages. Hidden layers and invisible words are left out. A password that
    only limits what may be done is no obstacle. The same source gives the same bytes.

    Raises
    ------
    Unreadable : it needs a password, is damaged or empty, or has more than 200 pages.
    """
    try:
        with pikepdf.open(source) as original, pikepdf.new() as copy:
            if not 0 < len(original.pages) <= MOST_PAGES:
                raise Unreadable(f"The document has no page, or more than {MOST_PAGES}.")
            mark_layers(original)
            _remove_hidden_annotations(original)
            _draw_form_values(original)
            original.flatten_annotations("screen")
            copy.pages.extend(original.pages)
            if len(copy.objects) > MOST_OBJECTS:
                raise Unreadable("The document is made of too many parts. Print it to a new PDF.")
            _Copy(copy).clean()
            copy.save(
                target,
                static_id=True,
                fix_metadata_version=False,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
                compress_streams=True,
                recompress_flate=True,
            )
            return len(copy.pages)
    except pikepdf.PasswordError as error:
        raise Unreadable(LOCKED) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Unreadable(DAMAGED) from error


def _remove_hidden_annotations(pdf: pikepdf.Pdf) -> None:
    """Drawings of annotations become part of the page, but not those of hidden layers."""
    for page in pdf.pages:
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, pikepdf.Array):
            kept = [each for each in annotations if isinstance(each, pikepdf.Dictionary) and is_shown(each.get("/OC"))]
            page.obj.Annots = pikepdf.Array(kept)


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


def _letters_called(font: Any) -> frozenset[str]:
    """The names of the letters that a font of drawn letters has codes for."""
    encoding = font.get("/Encoding")
    differences = encoding.get("/Differences") if isinstance(encoding, pikepdf.Dictionary) else None
    parts = list(differences) if isinstance(differences, pikepdf.Array) else []
    return frozenset(str(part) for part in parts if isinstance(part, pikepdf.Name))


def _copied(resources: Any) -> Any:
    """Resources for a form that uses those of the page around it: what one leaves out, the other may need."""
    kinds = (kind for kind in (*RESOURCES, "/Properties") if isinstance(resources.get(kind), pikepdf.Dictionary))
    return pikepdf.Dictionary({kind: pikepdf.Dictionary(dict(resources[kind])) for kind in kinds})


class _Copy:
    """A copy while it is being cleaned: first what is drawn and its resources, then every dictionary."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.names = Names()
        self.inline = 0
        self.redrawn: set[tuple[int, int]] = set()
        self.cleaned: set[tuple[int, int]] = set()
        self.resources: dict[tuple[int, int], Any] = {}
        self.called: dict[tuple[int, int], set[Called]] = {}

    def clean(self) -> None:
        pages = list(self.pdf.pages)
        for page in pages:
            resources = page.obj.get("/Resources")
            if not isinstance(resources, pikepdf.Dictionary):
                resources = pikepdf.Dictionary()
            page.obj.Resources = resources = self.pdf.make_indirect(resources)
            page.contents_coalesce()
            drawn = self._redraw(page, resources)
            page.obj.Contents = self.pdf.make_stream(drawn)
            self._drawn_with(resources, 0)
        self._rename()
        for key in list(self.pdf.Root.keys()):
            if key not in ("/Type", "/Pages"):
                del self.pdf.Root[key]
        for key in ("/Info", "/ID"):
            if key in self.pdf.trailer:
                del self.pdf.trailer[key]
        for thing in self.pdf.objects:
            self._keep_allowed(thing, "", 0)

    def _redraw(self, drawing: Any, resources: Any) -> bytes:
        drawn, called = redrawn(drawing, resources, self.names, lambda image: self._keep_image(image, resources))
        self.called.setdefault(resources.objgen, set()).update(called)
        return drawn

    def _keep_image(self, image: pikepdf.PdfInlineImage, resources: Any) -> str:
        """An image among the instructions becomes a resource like others. Its name cannot be one that is given."""
        self.inline += 1
        stream = self.pdf.make_stream(b"")
        for key, value in dict(image.obj).items():
            if key not in ("/Length", "/Filter", "/DecodeParms"):
                stream[key] = value
        space = image.obj.get("/ColorSpace")
        spaces = resources.get("/ColorSpace")
        if isinstance(space, pikepdf.Name) and isinstance(spaces, pikepdf.Dictionary) and str(space) in spaces:
            stream.ColorSpace = spaces[str(space)]
        packed: Any = image.obj
        stream.write(image.read_raw_bytes(), filter=packed.get("/Filter"), decode_parms=packed.get("/DecodeParms"))
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        if not isinstance(resources.get("/XObject"), pikepdf.Dictionary):
            resources.XObject = pikepdf.Dictionary()
        own = f"/ {self.inline}"
        resources.XObject[own] = stream
        return own

    def _drawn_with(self, resources: Any, depth: int) -> None:
        """Forms, patterns, letters and masks that a page draws with, and what these draw with."""
        if depth > DEEPEST:
            raise ValueError("forms inside forms without end")
        if resources.objgen in self.resources:
            return
        self.resources[resources.objgen] = resources
        for kind in RESOURCES:
            things = resources.get(kind)
            if isinstance(things, pikepdf.Dictionary):
                for name in sorted(things.keys()):
                    self._drawn_by(things[name], resources, depth)

    def _drawn_by(self, thing: Any, around: Any, depth: int) -> None:
        if isinstance(thing, pikepdf.Stream):
            if thing.get("/Subtype") == pikepdf.Name.Form or thing.get("/PatternType") == 1:
                self._redraw_stream(thing, around, depth)
            return
        if not isinstance(thing, pikepdf.Dictionary):
            return
        letters = thing.get("/CharProcs")
        if isinstance(letters, pikepdf.Dictionary) and self._is_new(thing):
            own = around
            if isinstance(thing.get("/Resources"), pikepdf.Dictionary):
                thing.Resources = own = self.pdf.make_indirect(thing.Resources)
            called = _letters_called(thing)
            thing.CharProcs = pikepdf.Dictionary(
                {name: letters[name] for name in sorted(letters.keys()) if name in called}
            )
            for letter in dict(thing.CharProcs).values():
                if isinstance(letter, pikepdf.Stream):
                    self._redraw_stream(letter, own, depth, shares=True)
            if own is not around:
                self._drawn_with(own, depth + 1)
        mask = thing.get("/SMask")
        if isinstance(mask, pikepdf.Dictionary) and isinstance(form := mask.get("/G"), pikepdf.Stream):
            self._redraw_stream(form, around, depth)
        if isinstance(state := thing.get("/ExtGState"), pikepdf.Dictionary):
            self._drawn_by(state, around, depth)

    def _redraw_stream(self, stream: Any, around: Any, depth: int, *, shares: bool = False) -> None:
        """``shares`` says that it draws with what is around it, as letters do."""
        if not self._is_new(stream):
            return
        own = stream.get("/Resources")
        if not isinstance(own, pikepdf.Dictionary):
            own = around if shares else _copied(around)
        if own is not around:
            stream.Resources = own = self.pdf.make_indirect(own)
        stream.write(self._redraw(stream, own))
        if own is not around:
            self._drawn_with(own, depth + 1)

    def _is_new(self, thing: Any) -> bool:
        if not thing.is_indirect:
            return True
        if thing.objgen in self.redrawn:
            return False
        self.redrawn.add(thing.objgen)
        return True

    def _rename(self) -> None:
        """Resources get their neutral names once everything that calls them has been read; the others go."""
        for place, resources in self.resources.items():
            called = self.called.get(place, set())
            for kind in RESOURCES:
                things = resources.get(kind)
                if isinstance(things, pikepdf.Dictionary):
                    kept = [name for name in sorted(things.keys()) if name in SPECIAL or (kind, name) in called]
                    resources[kind] = pikepdf.Dictionary({self.names.neutral(name): things[name] for name in kept})

    def _keep_allowed(self, thing: Any, key: str, depth: int) -> None:
        """Take out of an object, and out of everything directly inside it, what drawing does not need."""
        if depth > DEEPEST:
            raise ValueError("objects inside objects without end")
        if isinstance(thing, pikepdf.Array):
            clean_array(thing, key, self.names.neutral)
            for part in list(thing):
                self._keep_allowed_inside(part, key, depth)
        elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            if isinstance(thing, pikepdf.Stream):
                clean_stream(thing)
            if any(name in thing for name in ("/BaseFont", "/FontName", "/CharProcs")):
                clean_font(thing, self.names.neutral, self.cleaned)
            chosen = key in RESOURCES or key == "/CharProcs"
            for name in list(thing.keys()):
                part = thing[name]
                if name == "/Differences" and isinstance(part, pikepdf.Array) and part.is_indirect:
                    thing[name] = part = pikepdf.Array(list(part))
                if not may_stand(part, name) or not (chosen or name in KEYS):
                    del thing[name]
                else:
                    self._keep_allowed_inside(part, name, depth)

    def _keep_allowed_inside(self, part: Any, key: str, depth: int) -> None:
        if isinstance(part, pikepdf.Array | pikepdf.Dictionary) and not part.is_indirect:
            self._keep_allowed(part, key, depth + 1)
