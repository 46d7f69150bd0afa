"""Writes variants.txt: what h5py reads from a folder of weight files in all forms that Keras has had.

    pip install h5py numpy && python3 make_variants.py FOLDER

A line for each tensor: the file, the tensor's name `layer/variable`, its shape, and the CRC-32 of its
numbers as little-endian float32. The names are put together here by plain rules, apart from the
reader's own: in the legacy layout the layer is its group's, except in the model inside a model,
`backbone`; in Keras 3's layout it is the attribute `name`, or what config.json gives, or the path.
"""
import glob, io, json, os, re, sys, zipfile, zlib
import h5py
import numpy as np

KERAS1 = {"W": "kernel", "b": "bias"}
REFUSED = ("m_lzf.h5", "m_soft.h5", "m_dense_attr.h5", "k3_int8.weights.h5")
VARIABLES = {
    "conv2d": ["kernel", "bias"], "depthwise_conv2d": ["kernel", "bias"], "dense": ["kernel", "bias"],
    "separable_conv2d": ["depthwise_kernel", "pointwise_kernel", "bias"],
    "batch_normalization": ["gamma", "beta", "moving_mean", "moving_variance"], "p_re_lu": ["alpha"],
}


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


def theano(array):
    return np.ascontiguousarray(array.transpose(2, 3, 1, 0)[::-1, ::-1]) if array.ndim == 4 else array


def line(name, tensor, array):
    shape = "x".join(map(str, array.shape))
    lines.append(f"{name} {tensor} {shape} {zlib.crc32(array.tobytes()):08x}")


def legacy(name, root):
    for layer in texts(root, "layer_names"):
        weights = texts(root[layer], "weight_names")
        for weight in weights:
            *parents, variable = re.sub(r":\d+$", "", weight).split("/")
            if not parents:
                variable = KERAS1[re.fullmatch(rf"{layer}_(W|b)(_1)?", variable)[1]]
            owner = "/".join(parents) if layer == "backbone" else layer
            separable = any("pointwise" in w for w in weights if w.split("/")[0] == weight.split("/")[0])
            if variable == "depthwise_kernel" and not separable:
                variable = "kernel"
            array = numbers(root[layer][weight])
            line(name, f"{owner}/{variable}", theano(array) if name == "m_keras1_th.h5" else array)


def keras0(name, file):
    for layer in range(file.attrs["nb_layers"]):
        for index in range(file[f"layer_{layer}"].attrs["nb_params"]):
            array = theano(numbers(file[f"layer_{layer}/param_{index}"]))
            line(name, f"layer_{layer}/{['kernel', 'bias'][index]}", array)


def names_of(layers, path=""):
    """Group by group what config.json calls the layers."""
    counts, names = {}, {}
    for layer in layers:
        kind = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", layer["class_name"])).lower()
        number = counts[kind] = counts.get(kind, -1) + 1
        names[f"{path}/layers/{kind}" + (f"_{number}" if number else "")] = layer["config"]["name"]
    return names


def keras3(name, files, names={}):
    found = {}
    for file in files:
        def visit(path, item):
            parts = ("/" + path).split("/")
            if isinstance(item, h5py.Dataset) and parts[-2] == "vars" and parts[1] not in ("optimizer", "metrics"):
                group = "/".join(parts[:-2])
                owns = [f[group + "/vars"].attrs.get("name") for f in files if group + "/vars" in f]
                found.setdefault(group, ({}, next(filter(None, owns), None)))[0][int(parts[-1])] = numbers(item)
        file.visititems(visit)
    for group, (arrays, own) in found.items():
        if group.endswith("/layer"):
            for file in files:
                own = file[group.removesuffix("/layer") + "/vars"].attrs.get("name", own)
        layer = own or names.get(group) or group[1:]
        kind = re.sub(r"_\d+$", "", group.split("/")[-1])
        if kind not in VARIABLES:
            rank = arrays[0].ndim
            kind = {4: "conv2d", 2: "dense"}.get(rank, "batch_normalization")
        variables = list(VARIABLES[kind])
        if kind == "batch_normalization" and len(arrays) == 3:
            no_center = "nocenter" in layer or group.endswith("_2")
            variables.remove("beta" if no_center else "gamma")
        for index, array in sorted(arrays.items()):
            line(name, f"{layer}/{variables[index]}", array)


lines = []
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*"))):
    name = os.path.basename(path)
    if name in REFUSED or name.endswith(".txt"):
        continue
    if name.endswith(".json"):
        shards = sorted({s for v in json.load(open(path))["weight_map"].values() for s in ([v] if isinstance(v, str) else v)})
        keras3(name, [h5py.File(os.path.join(sys.argv[1], shard)) for shard in shards])
    elif name.endswith(".keras"):
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))["config"]
            keras3(name, [h5py.File(io.BytesIO(archive.read("model.weights.h5")))], names_of(config["layers"]))
    else:
        with h5py.File(path) as file:
            root = file.get("model_weights", file)
            if "nb_layers" in file.attrs:
                keras0(name, file)
            elif any(a.startswith("layer_names") for a in root.attrs):
                legacy(name, root)
            else:
                keras3(name, [file])
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "variants.txt"), "w") as out:
    out.write("\n".join(lines) + "\n")
