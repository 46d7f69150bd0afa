"""Makes kinds.h5 and newer.h5: every kind of attribute and data set that the reader knows.

    pip install h5py numpy && python3 make_fixtures.py

What is in them stands as literals in the tests. Both files hold no times, so that they come out the
same each time.
"""
import os
import h5py
import numpy as np

folder = os.path.dirname(os.path.abspath(__file__))


def attribute(group, name, strings, length=None, padding=h5py.h5t.STR_NULLTERM, utf8=False):
    """An attribute of strings of a fixed length, padded in the given way."""
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(length)
    kind.set_strpad(padding)
    kind.set_cset(h5py.h5t.CSET_UTF8 if utf8 else h5py.h5t.CSET_ASCII)
    filler = b" " if padding == h5py.h5t.STR_SPACEPAD else b"\0"
    data = b"".join(s.encode().ljust(length, filler) for s in strings)
    space = h5py.h5s.create_simple((len(strings),))
    a = h5py.h5a.create(group.id, name.encode(), kind, space)
    a.write(np.frombuffer(data, dtype=f"S{length}"), kind)


def attributes(group):
    group.attrs["variable scalar"] = "tensorflow"
    group.attrs["variable list"] = ["conv1", "größe", ""]
    group.attrs.create("variable ascii", ["a", "bc"], dtype=h5py.string_dtype("ascii"))
    attribute(group, "null terminated", ["ab", "c"], 4)
    attribute(group, "null padded", ["abcd", "e"], 4, h5py.h5t.STR_NULLPAD)
    attribute(group, "space padded", ["ab", "c d"], 4, h5py.h5t.STR_SPACEPAD)
    attribute(group, "fixed utf8", ["größe"], 8, h5py.h5t.STR_NULLPAD, utf8=True)
    group.attrs["fixed scalar"] = np.bytes_("2.1.6")
    group.attrs["empty floats"] = np.zeros(0)
    group.attrs["empty strings"] = h5py.Empty(h5py.string_dtype())
    group.attrs["integer"] = np.int64(-7)
    group.attrs["small integers"] = np.array([1, 255], "u1")
    group.attrs["big-endian floats"] = np.array([0.5, -2], ">f4")


def datasets(group):
    ramp = np.arange(12).reshape(3, 4)
    for kind in ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8", "<i8", "i1", ">u2"]:
        group.create_dataset(f"types/{kind[1:] if kind[0] == '<' else kind}", data=(ramp - 3).astype(kind))
    bfloat16 = ((ramp - 3).astype("<f4").view("<u4") >> 16).astype("<u2")
    group.create_dataset("types/bfloat16", data=bfloat16.view("V2"))
    group.create_dataset("types/text", data=["a"], dtype=h5py.string_dtype())
    group.create_dataset("types/complex", data=np.zeros(2, "c8"))
    odd = h5py.h5t.IEEE_F32LE.copy()
    odd.set_ebias(126)
    h5py.h5d.create(group["types"].id, b"unusual float", odd, h5py.h5s.create_simple((4,))).write(
        h5py.h5s.ALL, h5py.h5s.ALL, np.ones(4, "f4"))

    group.create_dataset("shapes/scalar", data=np.float32(2.5))
    group.create_dataset("shapes/empty", data=np.zeros((0, 3), "f4"))
    group.create_dataset("shapes/none", data=h5py.Empty("f4"))
    group.create_dataset("shapes/unwritten", shape=(4,), dtype="f4")

    # Blocks that do not divide the shape.
    image = np.arange(35, dtype="f4").reshape(5, 7)
    group.create_dataset("packed/plain", data=image, chunks=(2, 3))
    group.create_dataset("packed/gzip", data=image, chunks=(2, 3), compression="gzip")
    group.create_dataset("packed/all", data=image, chunks=(2, 3), compression="gzip", shuffle=True, fletcher32=True)
    group.create_dataset("packed/big-endian", data=image.astype(">f4"), chunks=(5, 7), compression="gzip")
    group.create_dataset("packed/lzf", data=np.zeros(64, "f4"), chunks=(64,), compression="lzf")
    # So many that the tree of blocks has a second level.
    group.create_dataset("packed/many", data=np.arange(150, dtype="f4"), chunks=(1,))
    sparse = group.create_dataset("packed/sparse", shape=(4,), dtype="f4", chunks=(2,))
    sparse[:2] = 1

    compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    compact.set_layout(h5py.h5d.COMPACT)
    data = np.array([1, 2], "f4")
    h5py.h5d.create(group.id, b"compact", h5py.h5t.IEEE_F32LE, h5py.h5s.create_simple((2,)), compact).write(
        h5py.h5s.ALL, h5py.h5s.ALL, data)


for name, version in [("kinds.h5", "earliest"), ("newer.h5", ("v110", "v110"))]:
    with h5py.File(os.path.join(folder, name), "w", libver=version) as file:
        attributes(file)
        datasets(file)
        file["alias"] = h5py.SoftLink("/shapes/scalar")
        file["dangling"] = h5py.SoftLink("/nowhere")
        if name == "newer.h5":
            file["elsewhere"] = h5py.ExternalLink("other.h5", "/data")
