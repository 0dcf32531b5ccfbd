"""What of a PDF's dictionaries is needed to draw its pages. Whatever is not in these tables is left out of a copy."""

from __future__ import annotations

from typing import Final

_KEYS: Final = """
    Type Subtype Pages Kids Count Parent Resources MediaBox CropBox Rotate UserUnit Contents Group Length Filter
    DecodeParms Predictor Colors Columns EarlyChange K EndOfLine EncodedByteAlign Rows EndOfBlock BlackIs1
    DamagedRowsBeforeError JBIG2Globals ColorTransform ExtGState ColorSpace Pattern Shading XObject Font FormType
    BBox Matrix S CS I Width Height BitsPerComponent Intent ImageMask Mask Decode Interpolate SMask SMaskInData
    Matte LW LC LJ ML D RI OP op OPM BG BG2 UCR UCR2 TR TR2 FL SM SA BM CA ca AIS TK G BC FunctionType Domain Range
    Size BitsPerSample Order Encode C0 C1 N Functions Bounds ShadingType Background AntiAlias Coords Function Extend
    BitsPerCoordinate BitsPerFlag VerticesPerRow PatternType PaintType TilingType XStep YStep WhitePoint BlackPoint
    Gamma Alternate BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts
    CIDSystemInfo Registry Ordering Supplement DW W DW2 W2 CIDToGIDMap FontBBox FontMatrix CharProcs BaseEncoding
    Differences FontName FontStretch FontWeight Flags ItalicAngle Ascent Descent Leading CapHeight XHeight StemV
    StemH AvgWidth MaxWidth MissingWidth FontFile FontFile2 FontFile3 Length1 Length2 Length3 WMode UseCMap
"""
KEYS: Final = frozenset("/" + name for name in _KEYS.split())

_NAMES: Final = """
    Catalog Pages Page XObject Image Form Group Transparency Luminosity Alpha Mask ExtGState Pattern Font
    FontDescriptor Encoding CMap Identity None Default All FlateDecode LZWDecode ASCIIHexDecode ASCII85Decode
    RunLengthDecode CCITTFaxDecode DCTDecode JPXDecode JBIG2Decode Fl LZW AHx A85 RL CCF DCT DeviceGray DeviceRGB
    DeviceCMYK CalGray CalRGB Lab ICCBased Indexed Separation DeviceN G RGB CMYK I Cyan Magenta Yellow Black Red
    Green Blue Gray AbsoluteColorimetric RelativeColorimetric Saturation Perceptual Normal Compatible Multiply
    Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight SoftLight Difference Exclusion Hue Color Type0
    Type1 MMType1 Type3 TrueType CIDFontType0 CIDFontType2 Type1C CIDFontType0C OpenType StandardEncoding
    MacRomanEncoding WinAnsiEncoding MacExpertEncoding PDFDocEncoding Symbol ZapfDingbats UltraCondensed
    ExtraCondensed Condensed SemiCondensed SemiExpanded Expanded ExtraExpanded UltraExpanded
"""
NAMES: Final = frozenset("/" + name for name in _NAMES.split())
"""Names that mean something to whoever draws a page; others are somebody's words."""

RESOURCES: Final = ("/ColorSpace", "/ExtGState", "/Font", "/Pattern", "/Shading", "/XObject")
"""Kinds of resources, which are called by names that the document chooses."""

SPECIAL: Final = frozenset(
    {"/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/Pattern", "/DefaultGray", "/DefaultRGB", "/DefaultCMYK",
     "/G", "/RGB", "/CMYK", "/I", "/Indexed"}
)  # fmt: skip
"""Names of colour spaces that are not chosen."""

ORDERINGS: Final = frozenset({"Identity", "Japan1", "Japan2", "GB1", "CNS1", "Korea1", "KR", "UCS"})

OPERANDS: Final = {
    **dict.fromkeys(
        ("q", "Q", "h", "W", "W*", "n", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "BT", "ET", "T*"), 0
    ),
    **dict.fromkeys(("w", "J", "j", "M", "i", "g", "G", "Tc", "Tw", "Tz", "TL", "Tr", "Ts", "ri", "gs", "cs", "CS"), 1),
    **dict.fromkeys(("Tj", "TJ", "'", "sh", "Do"), 1),
    **dict.fromkeys(("d", "m", "l", "Td", "TD", "Tf", "d0"), 2),
    **dict.fromkeys(("rg", "RG", '"'), 3),
    **dict.fromkeys(("v", "y", "re", "k", "K"), 4),
    **dict.fromkeys(("c", "cm", "Tm", "d1"), 6),
    **dict.fromkeys(("sc", "SC", "scn", "SCN"), -1),
}
"""How many operands each drawing instruction takes; -1: as many as the colour space has. Others are left out."""

SHOWING: Final = frozenset({"Tj", "TJ", "'", '"'})
PAINTING: Final = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*"})
NAMED_BY: Final = {"Tf": "/Font", "Do": "/XObject", "gs": "/ExtGState", "sh": "/Shading", "cs": "/ColorSpace",
                   "CS": "/ColorSpace", "scn": "/Pattern", "SCN": "/Pattern"}  # fmt: skip
"""Which kind of resource an instruction names."""
