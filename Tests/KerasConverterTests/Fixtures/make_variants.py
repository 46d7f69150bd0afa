"""Writes variants.txt: what h5py reads from a folder of weight files in the legacy layout.

    pip install h5py numpy && python3 make_variants.py FOLDER

A line for each tensor: the file, the tensor's name `layer/variable`, its shape, and the CRC-32 of its
numbers as little-endian float32. The names are put together here by plain rules, apart from the
reader's own: the layer is its group's, except in the model inside a model, `backbone`.
"""
import glob, os, re, sys, zlib
import h5py
import numpy as np

KERAS1 = {"W": "kernel", "b": "bias"}


def texts(group, name):
    found = [name] if name in group.attrs else []
    while not found or found[0] != name:
        if f"{name}{len(found)}" not in group.attrs:
            break
        found.append(f"{name}{len(found)}")
    values = [v for attribute in found for v in group.attrs[attribute]]
    return [v.decode() if isinstance(v, bytes) else v for v in values]


def numbers(dataset):
    array = dataset[()]
    if array.dtype.kind == "V":
        array = (array.view("<u2").astype("<u4") << 16).view("<f4")
    return np.ascontiguousarray(array.astype("<f4"))


lines = []
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.h5"))):
    name = os.path.basename(path)
    # Refused, for reasons of which the tests know.
    if ".weights." in name or name in ("m_keras0.h5", "m_keras1_th.h5", "m_lzf.h5", "m_soft.h5", "m_dense_attr.h5"):
        continue
    with h5py.File(path) as file:
        root = file.get("model_weights", file)
        for layer in texts(root, "layer_names"):
            weights = texts(root[layer], "weight_names")
            for weight in weights:
                *parents, variable = re.sub(r":\d+$", "", weight).split("/")
                if not parents:
                    variable = KERAS1[re.fullmatch(f"{layer}_(W|b)_1", variable)[1]]
                owner = "/".join(parents) if layer == "backbone" else layer
                separable = any("pointwise" in w for w in weights if w.split("/")[0] == weight.split("/")[0])
                if variable == "depthwise_kernel" and not separable:
                    variable = "kernel"
                array = numbers(root[layer][weight])
                shape = "x".join(map(str, array.shape))
                lines.append(f"{name} {owner}/{variable} {shape} {zlib.crc32(array.tobytes()):08x}")
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "variants.txt"), "w") as out:
    out.write("\n".join(lines) + "\n")
