"""A PDF that draws with everything that PDFs draw with, and places in it where a name can be planted unseen."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageCms

from tests.documents import telling_jpeg

TEXT = "A method that tells full feeders from busy ones."
SIZE = (300, 200)


def rich_pdf(path: Path, *, change: Callable[[Pdf, pikepdf.Page], None] | None = None, content: str = "") -> Path:
    """One page with text, a form in a form, a pattern, a letter of its own, a soft mask, a colour profile, an image."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=SIZE)
        page.Resources = pdf.make_indirect(
            Dictionary(
                Font=Dictionary(F1=font(), T3=pdf.make_indirect(own_letters(pdf))),
                XObject=Dictionary(Outer=form_in_form(pdf), Photo=photograph(pdf)),
                Pattern=Dictionary(P1=tiles(pdf)),
                ExtGState=Dictionary(G1=soft_mask(pdf), Plain=Dictionary(Type=Name.ExtGState, ca=1)),
                ColorSpace=Dictionary(C1=Array([Name.ICCBased, profile_stream(pdf)]), Ink=ink(pdf, "/Petrol")),
            )
        )
        page.Contents = pdf.make_stream(
            f"BT /F1 8 Tf 20 150 Td ({TEXT}) Tj ET q /Outer Do Q q /Pattern cs /P1 scn 150 20 40 40 re f Q "
            "q /G1 gs 0 0.3 0.4 rg 200 20 40 40 re f Q q /C1 cs 0.2 0.5 0.4 scn 250 20 30 30 re f Q "
            "q /Ink cs 0.8 scn 250 60 30 30 re f Q BT /T3 12 Tf 20 120 Td (a) Tj ET "
            f"q 60 0 0 40 20 20 cm /Photo Do Q {content}".encode("latin-1")
        )
        if change:
            change(pdf, page)
        pdf.save(path)
    return path


def font(name: str = "/Helvetica") -> Dictionary:
    return Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name(name))


def form_in_form(pdf: Pdf) -> Any:
    inner = pdf.make_stream(b"0.4 0.2 0 rg 90 20 20 20 re f")
    inner.Type, inner.Subtype, inner.BBox = Name.XObject, Name.Form, Array([0, 0, 300, 200])
    outer = pdf.make_stream(b"0 0.5 0.2 rg 90 50 20 20 re f /Inner Do")
    outer.Type, outer.Subtype, outer.BBox = Name.XObject, Name.Form, Array([0, 0, 300, 200])
    outer.Resources = Dictionary(XObject=Dictionary(Inner=inner))
    return outer


def tiles(pdf: Pdf) -> Any:
    pattern = pdf.make_stream(b"0.7 0 0.2 rg 0 0 5 5 re f")
    pattern.Type, pattern.PatternType, pattern.PaintType, pattern.TilingType = Name.Pattern, 1, 1, 1
    pattern.BBox, pattern.XStep, pattern.YStep = Array([0, 0, 10, 10]), 10, 10
    pattern.Resources = Dictionary()
    return pattern


def own_letters(pdf: Pdf) -> Any:
    letter = pdf.make_stream(b"1000 0 0 0 750 750 d1 0 0 750 750 re f")
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=Array([0, 0, 750, 750]),
        FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
        CharProcs=Dictionary(square=letter),
        Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.square])),
        FirstChar=97,
        LastChar=97,
        Widths=Array([1000]),
        Resources=Dictionary(),
    )


def soft_mask(pdf: Pdf) -> Any:
    group = pdf.make_stream(b"0.5 g 200 20 20 40 re f")
    group.Type, group.Subtype, group.BBox = Name.XObject, Name.Form, Array([0, 0, 300, 200])
    group.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
    return Dictionary(Type=Name.ExtGState, SMask=Dictionary(Type=Name.Mask, S=Name.Luminosity, G=group))


def ink(pdf: Pdf, name: str) -> Any:
    tint = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([0, 0, 0, 0]), C1=Array([0.8, 0.2, 0.1, 0.3]), N=1)
    return Array([Name.Separation, Name(name), Name.DeviceCMYK, tint])


def profile(describes: str = "") -> bytes:
    """A colour profile, as programs embed it; with a description of one's own where it is given."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    if describes:
        wide = describes.encode("utf-16-be")
        at = data.find("sRGB".encode("utf-16-be"))
        data[at : at + len(wide)] = wide
    return bytes(data)


def profile_stream(pdf: Pdf, describes: str = "") -> Any:
    stream = pdf.make_stream(profile(describes))
    stream.N, stream.Alternate = 3, Name.DeviceRGB
    return stream


def photograph(pdf: Pdf, data: bytes | None = None, filters: Any = None) -> Any:
    if data is None:
        written = BytesIO()
        Image.linear_gradient("L").resize((320, 200)).convert("RGB").save(written, "JPEG", quality=85)
        data = written.getvalue()
    stream = pdf.make_stream(b"")
    stream.write(data, filter=filters or Name.DCTDecode)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height, stream.ColorSpace, stream.BitsPerComponent = 320, 200, Name.DeviceRGB, 8
    return stream


def telling_jpeg2000(name: str) -> bytes:
    """A JPEG 2000 image with a box of XML, an identifier's box, and a comment among its pixels."""
    written = BytesIO()
    Image.linear_gradient("L").resize((320, 200)).convert("RGB").save(written, "JPEG2000", comment=f"by {name}")
    image = written.getvalue()
    words = f"<x>{name}</x>".encode()
    boxes = b"".join(
        (len(content) + 8).to_bytes(4, "big") + kind + content
        for kind, content in ((b"xml ", words), (b"uuid", bytes(16) + words))
    )
    at = image.find(b"jp2c") - 4
    return image[:at] + boxes + image[at:]


def jbig2_page() -> bytes:
    """The smallest picture that JBIG2 knows: a page without anything on it."""
    information = (32).to_bytes(4, "big") + (32).to_bytes(4, "big") + bytes(8) + b"\x00" + b"\x00\x00"
    return bytes([0, 0, 0, 0, 48, 0, 1]) + len(information).to_bytes(4, "big") + information


def jbig2_comment(words: bytes) -> bytes:
    content = b"\x20\x00\x00\x00" + b"Author\x00" + words + b"\x00\x00"
    return bytes([0, 0, 0, 1, 62, 0, 1]) + len(content).to_bytes(4, "big") + content


Change = Callable[[Pdf, pikepdf.Page], None]


def places(name: str) -> dict[str, tuple[str, Change | None]]:
    """Where a name can stand without being seen: words added to what is drawn, or a change of the document."""
    squeezed = "/" + name.replace(" ", "")

    def on(what: Callable[[Pdf, pikepdf.Page], Any], **keys: Any) -> Change:
        def change(pdf: Pdf, page: pikepdf.Page) -> None:
            thing = what(pdf, page)
            for key, value in keys.items():
                thing[f"/{key}"] = value() if callable(value) else value

        return change

    def page_of(_: Pdf, page: pikepdf.Page) -> Any:
        return page.obj

    def resource(kind: str, called: str) -> Callable[[Pdf, pikepdf.Page], Any]:
        return lambda pdf, page: page.Resources[kind][called]

    def swap(kind: str, called: str, make: Callable[[Pdf], Any]) -> Change:
        def change(pdf: Pdf, page: pikepdf.Page) -> None:
            page.Resources[kind][called] = make(pdf)

        return change

    def extra_image(make: Callable[[Pdf], Any]) -> Change:
        def change(pdf: Pdf, page: pikepdf.Page) -> None:
            page.Resources.XObject.Photo = make(pdf)

        return change

    def forms(pdf: Pdf, page: pikepdf.Page) -> None:
        template = pdf.make_stream(f"<xdp><author>{name}</author></xdp>".encode())
        pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=Array([String("template"), template]))

    def tree(pdf: Pdf, page: pikepdf.Page) -> None:
        element = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, T=String(name), Alt=String(name)))
        pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=element)
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        page.obj.StructParents = 0

    def attached_by_annotation(pdf: Pdf, page: pikepdf.Page) -> None:
        file = pdf.make_stream(name.encode())
        spec = Dictionary(Type=Name.Filespec, F=String(f"{name}.txt"), EF=Dictionary(F=file))
        for subtype in (Name.FileAttachment, Name.RichMedia, Name.Screen):
            page.obj.Annots = Array(
                [Dictionary(Type=Name.Annot, Subtype=subtype, Rect=Array([0, 0, 0, 0]), FS=spec, T=String(name))]
            )

    def catalog(pdf: Pdf, page: pikepdf.Page) -> None:
        pdf.Root.Lang = String(name)
        pdf.Root.ViewerPreferences = Dictionary(Owner=String(name))
        pdf.Root.PageLabels = Dictionary(Nums=Array([0, Dictionary(P=String(f"{name} "))]))
        pdf.Root.Dests = Dictionary({squeezed: Array([page.obj, Name.Fit])})
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String(name), Dictionary(JS=String(name))])))
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{name}')"))
        pdf.Root.OutputIntents = Array([Dictionary(S=Name.GTS_PDFX, Info=String(name))])
        pdf.Root.URI = Dictionary(Base=String(f"https://{squeezed[1:].lower()}.example"))
        pdf.Root.Collection = Dictionary(D=String(name))
        pdf.Root.Perms = Dictionary(DocMDP=Dictionary(Type=Name.Sig, Name=String(name), Reason=String(name)))

    def renamed(pdf: Pdf, page: pikepdf.Page) -> None:
        page.Resources.XObject[squeezed] = page.Resources.XObject.Outer
        del page.Resources.XObject["/Outer"]
        page.Contents = pdf.make_stream(page.Contents.read_bytes().replace(b"/Outer", squeezed.encode()))

    def layer(pdf: Pdf, page: pikepdf.Page) -> None:
        group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(name)))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(OFF=Array([group]), Name=String(name)))
        page.Resources.Properties = Dictionary(L1=group)

    def table(pdf: Pdf, page: pikepdf.Page) -> None:
        cmap = f"%%Title: ({name})\nbegincmap /CMapName {squeezed} def 1 begincodespacerange <00> <ff> "
        cmap += "endcodespacerange endcmap"
        page.Resources.Font.F1.ToUnicode = pdf.make_stream(cmap.encode())

    def calculation(pdf: Pdf, page: pikepdf.Page) -> None:
        function = pdf.make_stream(f"{{ % {name}\n 0 exch 0 exch 0 exch }}".encode())
        function.FunctionType, function.Domain = 4, Array([0, 1])
        function.Range = Array([0, 1, 0, 1, 0, 1, 0, 1])
        page.Resources.ColorSpace.Unused = Array([Name.Separation, Name.Spot, Name.DeviceCMYK, function])

    def earlier(pdf: Pdf, page: pikepdf.Page) -> None:
        pdf.docinfo["/Author"] = name
        pdf.docinfo["/Custom"] = name

    inline = f"q 10 0 0 10 280 180 cm BI /W 1 /H 1 /CS /G /BPC 8 /Owner ({name}) ID \x80 EI Q"
    return {
        "a comment among what is drawn": (f"\n% drawn by {name}\n", None),
        "a text for screen readers": (f"/Span <</ActualText ({name})>> BDC EMC", None),
        "an instruction that nobody knows": (f"BX ({name}) AcornOp EX", None),
        "an operand too many": (f"({name}) 1 w", None),
        "words in invisible ink": (f"BT 3 Tr /F1 8 Tf 20 90 Td ({name}) Tj ET", None),
        "words on a hidden layer": (f"/OC /L1 BDC BT /F1 8 Tf 20 90 Td ({name}) Tj ET EMC", layer),
        "an image among what is drawn": (inline, None),
        "the page": ("", on(page_of, Private=String(name), PieceInfo=Dictionary(A=String(name)), Tabs=Name(squeezed))),
        "a form": ("", on(resource("/XObject", "/Outer"), Owner=String(name), LastModified=String(name))),
        "a form's metadata": (
            "", lambda pdf, page: page.Resources.XObject.Outer.__setattr__(
                "Metadata", pdf.make_stream(f"<x>{name}</x>".encode())
            ),
        ),
        "a pattern": ("", on(resource("/Pattern", "/P1"), Title=String(name))),
        "a graphics state": ("", on(resource("/ExtGState", "/G1"), Name=Name(squeezed), Note=String(name))),
        "a soft mask": ("", on(lambda _, page: page.Resources.ExtGState.G1.SMask.G, Metadata=lambda: String(name))),
        "a font's name": ("", on(resource("/Font", "/F1"), Name=Name(squeezed), Designer=String(name))),
        "letters of one's own": ("", on(resource("/Font", "/T3"), Name=Name(squeezed), Vendor=String(name))),
        "a letter's table": ("", table),
        "an image's keys": ("", on(resource("/XObject", "/Photo"), Name=Name(squeezed), Caption=String(name))),
        "a photograph": ("", extra_image(lambda pdf: photograph(pdf, telling_jpeg(name)))),
        "a photograph that is packed twice": ("", extra_image(
            lambda pdf: photograph(pdf, zlib.compress(telling_jpeg(name)), Array([Name.FlateDecode, Name.DCTDecode]))
        )),
        "a JPEG 2000 image": ("", extra_image(lambda pdf: photograph(pdf, telling_jpeg2000(name), Name.JPXDecode))),
        "a colour profile": ("", swap(
            "/ColorSpace", "/C1", lambda pdf: Array([Name.ICCBased, profile_stream(pdf, name)])
        )),
        "the name of an ink": ("", swap("/ColorSpace", "/Ink", lambda pdf: ink(pdf, squeezed))),
        "a calculation": ("", calculation),
        "the name of a resource": ("", renamed),
        "an XFA form": ("", forms),
        "the structure tree": ("", tree),
        "a file on an annotation": ("", attached_by_annotation),
        "the catalogue": ("", catalog),
        "the document information": ("", earlier),
    }  # fmt: skip
