"""Documents for tests: PDFs that name their makers everywhere, and plain ones."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
from PIL import Image


def telling_jpeg(name: str) -> bytes:
    """A photograph whose EXIF and comment name somebody."""
    image = Image.effect_noise((320, 200), 60).convert("RGB")
    exif = image.getexif()
    exif[0x013B] = name  # Artist
    exif[0x8298] = f"(c) {name}"  # Copyright
    exif[0x010E] = f"Taken by {name}"  # ImageDescription
    written = BytesIO()
    image.save(written, "JPEG", quality=85, exif=exif, comment=f"by {name}".encode())
    return written.getvalue()


def telling_pdf(path: Path, name: str, *, text: str = "A method that tells full feeders from busy ones.") -> Path:
    """A PDF that names ``name`` in its information, XMP, an embedded photograph, an attachment, an outline and a link.

    Its visible text does not.
    """
    with pikepdf.new() as pdf:
        photo = pikepdf.Stream(
            pdf,
            telling_jpeg(name),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=320,
            Height=200,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.DCTDecode,
        )
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        for number in (1, 2):
            page = pdf.add_blank_page(page_size=(595, 842))
            page.Resources = pikepdf.Dictionary(
                Font=pikepdf.Dictionary(F1=font), XObject=pikepdf.Dictionary(Photo=photo)
            )
            words = f"BT /F1 14 Tf 60 760 Td ({text}) Tj ET BT /F1 11 Tf 60 60 Td (Page {number}) Tj ET"
            page.Contents = pdf.make_stream(f"{words} q 320 0 0 200 60 500 cm /Photo Do Q".encode())
            page.PieceInfo = pikepdf.Dictionary(Editor=pikepdf.Dictionary(Private=pikepdf.String(name)))
            link = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Link,
                Rect=pikepdf.Array([60, 700, 200, 720]),
                T=pikepdf.String(name),
                A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(f"https://{_domain(name)}/team")),
            )
            page.Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(link)]))
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(f"Presented by {name}", 0))
        pdf.attachments["team.txt"] = f"We are {name}".encode()
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = [name]
            metadata["dc:title"] = f"{name}: our entry"
        pdf.docinfo["/Author"] = name
        pdf.docinfo["/Company"] = name
        pdf.save(path)
    return path


def _domain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum()) + ".example"
