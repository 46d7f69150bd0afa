"""Writes the tables of letters, BitmapFont+Small.swift and BitmapFont+Large.swift.

The letters are those of the fixed fonts of X11 in their Unicode versions, which are in the public
domain. Debian's package xfonts-base holds them:

    apt-get download xfonts-base && dpkg-deb -x xfonts-base_*.deb x
    python3 make_fonts.py x/usr/share/fonts/X11/misc ..
"""

import gzip
import struct
import sys

FONTS = [("Small", "small", "8x13B", 8, 13), ("Large", "large", "10x20", 10, 20)]

# ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic, and of the general marks those that are common.
WANTED = (
    list(range(0x20, 0x7F)) + list(range(0xA0, 0x180)) + list(range(0x370, 0x460))
    + list(range(0x2010, 0x2027)) + [0x2030, 0x2039, 0x203A, 0x20AC, 0x2116, 0x2122]
    + [0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265]
)

ACCELERATORS, METRICS, BITMAPS, ENCODINGS = 1 << 1, 1 << 2, 1 << 3, 1 << 5


def read(path):
    """Reads a font in X11's portable compiled format: code point -> (metrics, rows of pixels)."""
    data = gzip.open(path).read()
    assert data[:4] == b"\1fcp"
    (count,) = struct.unpack_from("<I", data, 4)
    tables = {}
    for index in range(count):
        kind, layout, size, offset = struct.unpack_from("<IIII", data, 8 + 16 * index)
        tables[kind] = (layout, offset)

    def start(kind):
        layout, offset = tables[kind]
        (same,) = struct.unpack_from("<I", data, offset)
        assert same == layout
        return layout, ">" if layout & 4 else "<", offset + 4

    layout, order, at = start(ACCELERATORS)
    ascent, descent = struct.unpack_from(order + "ii", data, at + 8)

    layout, order, at = start(METRICS)
    metrics = []
    if layout & 0x100:  # compressed: a byte each, 128 is zero
        (count,) = struct.unpack_from(order + "H", data, at)
        for index in range(count):
            values = struct.unpack_from("5B", data, at + 2 + 5 * index)
            metrics.append([value - 0x80 for value in values])
    else:
        (count,) = struct.unpack_from(order + "I", data, at)
        for index in range(count):
            metrics.append(list(struct.unpack_from(order + "5h", data, at + 4 + 12 * index)))

    layout, order, at = start(BITMAPS)
    (count,) = struct.unpack_from(order + "I", data, at)
    offsets = struct.unpack_from(f"{order}{count}I", data, at + 4)
    pixels = at + 4 + 4 * count + 16
    row_padding = 1 << (layout & 3)
    assert layout & 8, "the most significant bit is the leftmost"
    unit = 1 << ((layout >> 4) & 3)
    assert unit == 1 or layout & 4, "bytes are in the order of the pixels"

    layout, order, at = start(ENCODINGS)
    first2, last2, first1, last1, _ = struct.unpack_from(order + "5H", data, at)
    glyphs = {}
    for high in range(first1, last1 + 1):
        for low in range(first2, last2 + 1):
            place = (high - first1) * (last2 - first2 + 1) + low - first2
            (index,) = struct.unpack_from(order + "H", data, at + 10 + 2 * place)
            if index == 0xFFFF:
                continue
            left, right, advance, up, down = metrics[index]
            width, height = right - left, up + down
            stride = (width + 7) // 8
            stride = (stride + row_padding - 1) // row_padding * row_padding
            rows = []
            for y in range(height):
                begin = pixels + offsets[index] + y * stride
                bits = int.from_bytes(data[begin : begin + stride], "big")
                rows.append(bits >> (8 * stride - width))
            glyphs[high << 8 | low] = (left, width, advance, up, rows)
    return ascent, descent, glyphs


def table(path, width, height):
    """The lines of a table: a code point, and a row of pixels in as many digits as it needs."""
    ascent, descent, glyphs = read(path)
    assert ascent + descent == height
    digits = (width + 3) // 4
    lines = []
    for code in WANTED:
        if code not in glyphs:
            continue
        left, glyph_width, advance, up, rows = glyphs[code]
        assert advance == width, hex(code)
        cell = [0] * height
        for y, bits in enumerate(rows):
            shift = width - left - glyph_width
            cell[ascent - up + y] = bits << shift if shift >= 0 else bits >> -shift
        assert all(0 <= row < 1 << width for row in cell), hex(code)
        lines.append(f"{code:04X} " + "".join(f"{row:0{digits}X}" for row in cell))
    return ascent, lines


for type_name, name, file, width, height in FONTS:
    ascent, lines = table(f"{sys.argv[1]}/{file}.pcf.gz", width, height)
    text = "\n".join("      " + line for line in lines)
    with open(f"{sys.argv[2]}/BitmapFont+{type_name}.swift", "w") as output:
        output.write(
            f"""extension BitmapFont {{
  /// The letters of {width}×{height} pixels of X11's fixed fonts (misc-fixed, {file}).
  ///
  /// Written by Drawing.docc/make_fonts.py: a code point a line, and for each row of pixels, from
  /// the top, {(width + 3) // 4} hexadecimal digits, of which the lowest bit is the rightmost pixel.
  static let {name} = BitmapFont(
    width: {width}, height: {height}, ascent: {ascent},
    table: \"\"\"
{text}
      \"\"\")
}}
"""
        )
    print(file, ascent, len(lines), "characters")
