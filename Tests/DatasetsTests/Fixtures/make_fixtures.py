"""Writes the pictures and the answers that the tests compare with.

    python make_fixtures.py

jpeg.txt, png.txt   name, the file in hexadecimal digits, width, height, the RGB that Pillow reads
resize.txt          width and height of `noise`, new width and height, digest of Pillow's result
crop.txt            width and height of `noise`, side, digest of the ImageNet evaluation's square

Made with Pillow 13.0.0 (libjpeg-turbo 3.2.0) and NumPy 2.4.
"""

import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
MASK = (1 << 64) - 1


def noise(width, height):
    """The upper bytes of a linear congruential generator; the tests make the same."""
    state, values = width * 1000 + height, bytearray()
    for _ in range(width * height * 3):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        values.append(state >> 56)
    return Image.frombytes("RGB", (width, height), bytes(values))


def digest(image):
    """FNV-1a, 64 bits."""
    value = 0xCBF29CE484222325
    for byte in image.tobytes():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return f"{value:016x}"


def smooth(width, height, channels):
    """Slopes with a little noise: what JPEG is made for."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [
        128 + 100 * np.sin(x / (5 + c) + c) * np.cos(y / (7 - c)) for c in range(channels)
    ]
    texture = np.random.default_rng(1).uniform(-12, 12, (height, width, channels))
    return np.clip(np.stack(planes, -1) + texture, 0, 255).astype(np.uint8)


# ---- JPEG ----


def jpeg(mode, width=19, height=13, **options):
    pixels = smooth(width, height, {"L": 1, "RGB": 3, "CMYK": 4}[mode])
    buffer = io.BytesIO()
    image = Image.fromarray(pixels[..., 0] if mode == "L" else pixels, mode)
    image.save(buffer, "JPEG", **{"quality": 80, "optimize": True, **options})
    return buffer.getvalue()


def ycck():
    """CMYK whose Adobe segment says that it is coded as luma, chroma and key."""
    data = bytearray(jpeg("CMYK"))
    data[data.index(b"Adobe") + 11] = 2
    return bytes(data)


JPEGS = {
    "444": jpeg("RGB", subsampling="4:4:4"),
    "422": jpeg("RGB", subsampling="4:2:2"),
    "420": jpeg("RGB", subsampling="4:2:0"),
    "420 of one pixel": jpeg("RGB", 1, 1, subsampling="4:2:0"),
    "420 of one column": jpeg("RGB", 1, 17, subsampling="4:2:0"),
    "420 of one row": jpeg("RGB", 33, 1, subsampling="4:2:0"),
    "progressive": jpeg("RGB", progressive=True),
    "progressive grey": jpeg("L", progressive=True),
    "restart markers": jpeg("RGB", restart_marker_blocks=1),
    "fixed Huffman tables": jpeg("RGB", optimize=False),
    "grey": jpeg("L"),
    "RGB without luma": jpeg("RGB", keep_rgb=True),
    "CMYK": jpeg("CMYK"),
    "YCCK": ycck(),
}

# ---- PNG ----


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, depth):
    """The rows of `[H, W, C]` samples as bytes."""
    if depth == 16:
        return [row.astype(">u2").tobytes() for row in samples]
    if depth == 8:
        return [row.astype(np.uint8).tobytes() for row in samples]
    rows = []
    for row in samples:
        bits = "".join(f"{value:0{depth}b}" for value in row.ravel())
        bits += "0" * (-len(bits) % 8)
        rows.append(bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)))
    return rows


def filtered(rows, distance):
    """Every row after another filter in turn: none, sub, up, average, Paeth."""
    result, above = b"", bytes(len(rows[0])) if rows else b""
    for y, row in enumerate(rows):
        kind, coded = y % 5, bytearray()
        for i, value in enumerate(row):
            a = row[i - distance] if i >= distance else 0
            b = above[i]
            c = above[i - distance] if i >= distance else 0
            p = a + b - c
            paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            coded.append((value - [0, a, b, (a + b) // 2, paeth][kind]) & 255)
        result += bytes([kind]) + bytes(coded)
        above = row
    return result


def png(color_type, depth, interlaced=False, transparency=None, width=9, height=11):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color_type]
    rng = np.random.default_rng(color_type * 100 + depth)
    count = 1 << depth
    samples = rng.integers(0, count, (height, width, channels))
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [
            (0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
            (1, 0, 2, 1),
        ]  # fmt: skip
    data = b""
    for y, x, down, right in passes:
        part = samples[y::down, x::right]
        if part.size:
            data += filtered(packed(part, depth), max(1, channels * depth // 8))
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, int(interlaced))
    result = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    result += chunk(b"tEXt", b"Title\0noise")
    if color_type == 3:
        result += chunk(b"PLTE", rng.integers(0, 256, 3 * count).astype(np.uint8).tobytes())
    if transparency:
        result += chunk(b"tRNS", transparency)
    half = len(data) // 2
    compressed = zlib.compress(data)
    for part in (compressed[:half], compressed[half:]):
        result += chunk(b"IDAT", part)
    return result + chunk(b"IEND", b"")


KINDS = {0: "grey", 2: "RGB", 3: "palette", 4: "grey and alpha", 6: "RGBA"}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PNGS = {
    f"{KINDS[kind]} {depth}{' interlaced' if interlaced else ''}": png(
        kind, depth, interlaced, width=5 if kind == 3 else 9
    )
    for kind, depths in DEPTHS.items()
    for depth in depths
    for interlaced in (False, True)
    if depth != 8 or kind != 3 or not interlaced
} | {
    "one pixel interlaced": png(2, 8, True, width=1, height=1),
    "palette with transparency": png(3, 2, transparency=b"\x00\x80"),
    "grey with a transparent level": png(0, 4, transparency=b"\x00\x03"),
    "RGB with a transparent colour": png(2, 8, transparency=bytes(6)),
}


def rgb(data):
    image = Image.open(io.BytesIO(data))
    if image.mode == "I;16":
        # Pillow would clip at 255; the upper byte is what it keeps of 16-bit colours.
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return image.convert("RGB")


def write_pictures(name, pictures):
    with open(HERE / name, "w") as file:
        for label, data in pictures.items():
            image = rgb(data)
            print(label, data.hex(), *image.size, image.tobytes().hex(), sep="\t", file=file)


# ---- Resizing ----

RESIZES = [
    (1, 1, 1, 1), (1, 1, 5, 3), (2, 2, 1, 1), (3, 2, 2, 3), (7, 5, 7, 5), (7, 5, 14, 10),
    (7, 5, 7, 9), (7, 5, 3, 5), (40, 30, 20, 15), (40, 30, 13, 7), (40, 30, 41, 29),
    (40, 30, 97, 61), (31, 57, 224, 3), (31, 57, 1, 1), (90, 70, 60, 47), (64, 64, 37, 63),
    (13, 200, 13, 17), (200, 3, 19, 50), (61, 43, 122, 20), (100, 75, 99, 74),
]  # fmt: skip
CROPS = [
    (40, 30, 28), (30, 40, 28), (33, 33, 28), (28, 28, 28), (28, 29, 28), (61, 47, 32),
    (90, 31, 21), (17, 64, 23), (5, 9, 35), (300, 4, 14), (50, 41, 1), (71, 38, 29),
]  # fmt: skip


def image_net_crop(image, side):
    width, height = image.size
    if (width, height) == (side, side):
        return image
    shorter = int(side * 256 / 224 + 0.5)
    longer = int(shorter * max(width, height) / min(width, height))
    size = (shorter, longer) if width < height else (longer, shorter)
    image = image.resize(size, Image.Resampling.BILINEAR)
    x, y = (int(round((extent - side) / 2.0)) for extent in size)
    return image.crop((x, y, x + side, y + side))


if __name__ == "__main__":
    write_pictures("jpeg.txt", JPEGS)
    write_pictures("png.txt", PNGS)
    with open(HERE / "resize.txt", "w") as file:
        for width, height, *size in RESIZES:
            image = noise(width, height).resize(size, Image.Resampling.BILINEAR)
            print(width, height, *size, digest(image), file=file)
    with open(HERE / "crop.txt", "w") as file:
        for width, height, side in CROPS:
            print(width, height, side, digest(image_net_crop(noise(width, height), side)), file=file)
