"""Makes small files in HDF5's newer form, and forged ones that once brought a reader down.

    pip install h5py==3.14.0 numpy && python3 make_fixtures.py

newer.weights.h5 is whole. Of the others each has a few bytes changed, and the checksum over them
made right again:

many_links.weights.h5     a group says that it has 8,388,617 members rather than 9, and libhdf5 sorts
                          names that are nowhere
far_integers.weights.h5   two arrays of integers whose places are so far out that sums of them overflow
circle.weights.h5         three groups are the root again, so that each step has three times the paths
"""
import os
import struct
import h5py
import numpy as np

folder = os.path.dirname(os.path.abspath(__file__))


def lookup3(data):
    """Bob Jenkins's hash of 2006, which is HDF5's checksum."""
    m = 0xFFFFFFFF
    rot = lambda v, k: ((v << k) | (v >> (32 - k))) & m
    a = b = c = (0xDEADBEEF + len(data)) & m
    while len(data) > 12:
        x, y, z = struct.unpack("<III", data[:12])
        a, b, c, data = (a + x) & m, (b + y) & m, (c + z) & m, data[12:]
        a = (a - c) & m; a ^= rot(c, 4); c = (c + b) & m
        b = (b - a) & m; b ^= rot(a, 6); a = (a + c) & m
        c = (c - b) & m; c ^= rot(b, 8); b = (b + a) & m
        a = (a - c) & m; a ^= rot(c, 16); c = (c + b) & m
        b = (b - a) & m; b ^= rot(a, 19); a = (a + c) & m
        c = (c - b) & m; c ^= rot(b, 4); b = (b + a) & m
    if not data:
        return c
    x, y, z = struct.unpack("<III", data.ljust(12, b"\0"))
    a, b, c = (a + x) & m, (b + y) & m, (c + z) & m
    c ^= b; c = (c - rot(b, 14)) & m
    a ^= c; a = (a - rot(c, 11)) & m
    b ^= a; b = (b - rot(a, 25)) & m
    c ^= b; c = (c - rot(b, 16)) & m
    a ^= c; a = (a - rot(c, 4)) & m
    b ^= a; b = (b - rot(a, 14)) & m
    c ^= b; c = (c - rot(b, 24)) & m
    return c


def path(name):
    return os.path.join(folder, name + ".weights.h5")


def write(name, fill):
    with h5py.File(path(name), "w", libver="latest") as file:
        fill(file)


def forge(name, place, new):
    """Changes bytes, and the checksum of the structure that they are in."""
    data = bytearray(open(path(name), "rb").read())
    starts = [i for i in range(place) if data[i:i + 4] in (b"OHDR", b"BTHD", b"OCHK")]
    start = starts[-1]
    end = next(e for e in range(max(place + len(new), start + 8), len(data))
               if data[e:e + 4] == struct.pack("<I", lookup3(bytes(data[start:e]))))
    data[place:place + len(new)] = new
    data[end:end + 4] = struct.pack("<I", lookup3(bytes(data[start:end])))
    open(path(name), "wb").write(data)


def find(name, mark):
    data = open(path(name), "rb").read()
    assert data.count(mark) == 1, (name, data.count(mark))
    return data.index(mark)


def dense(file):
    variables = file.create_group("layers/dense/vars")
    variables.create_dataset("0", data=np.arange(6, dtype="f4").reshape(2, 3))
    variables.create_dataset("1", data=np.arange(3, dtype="f4"))


def many_links(file):
    for index in range(9):
        file.create_group(f"layers/l{index}")


def integers(file):
    variables = file.create_group("layers/dense/vars")
    variables.create_dataset("0", data=np.arange(100, dtype="i2"))
    variables.create_dataset("1", data=np.arange(100, dtype="i2"))


def circle(file):
    for name in "abc":
        file.create_group(f"layers/{name}")


def address(name, group):
    with h5py.File(path(name)) as file:
        return struct.pack("<Q", h5py.h5o.get_info(file[group].id).addr)


write("newer", dense)

write("many_links", many_links)
place = find("many_links", b"BTHD")
forge("many_links", place + 26, struct.pack("<Q", 2**23 + 9))

write("far_integers", integers)
for variable, place in [("0", 2**63 - 100), ("1", 2**63 - 50)]:
    with h5py.File(path("far_integers")) as file:
        offset = file[f"layers/dense/vars/{variable}"].id.get_offset()
    forge("far_integers", find("far_integers", struct.pack("<QQ", offset, 200)),
          struct.pack("<Q", place))

write("circle", circle)
root = address("circle", "/")
for name in "abc":
    mark = b"\x01" + name.encode() + address("circle", f"layers/{name}")
    forge("circle", find("circle", mark) + 2, root)
