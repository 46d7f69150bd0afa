"""Makes the small weight files of these tests, in every layout that Keras has had.

    pip install tensorflow-cpu==2.21.0 keras==3.15.1 tf_keras==2.21.0 h5py && python3 make_fixtures.py

keras3_model.h5, keras3_nested.h5, keras3_bfloat16.h5, keras3.weights.h5 and keras3.keras are written
by Keras itself, keras3_unnamed.weights.h5 and keras3_parts* are made of its. The others are put together by hand as Keras 1 and 2 wrote them, down to the kinds of
strings.

All numbers are derived from names, so that tests need no table: the i-th number of the tensor LAYER/VARIABLE is
(sum of the bytes of "LAYER/VARIABLE" modulo 97) + i modulo 64, where names are those of Keras 3.
"""
import json, os, zipfile
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import h5py
import keras
import numpy as np
from keras import layers

folder = os.path.dirname(os.path.abspath(__file__))


def numbers(name, shape):
    count = int(np.prod(shape))
    return (sum(name.encode()) % 97 + np.arange(count) % 64).astype("f4").reshape(shape)


def fill(model):
    for layer in model.layers:
        if hasattr(layer, "layers"):
            fill(layer)
            continue
        for weight in layer.weights:
            weight.assign(numbers(f"{layer.name}/{weight.name}", weight.shape))
    return model


def path(name):
    return os.path.join(folder, name)


def save(model, name):
    fill(model)
    getattr(model, "save_weights" if name.endswith(".weights.h5") else "save")(path(name))


def body(x):
    x = layers.Conv2D(4, 3, use_bias=False, name="conv")(x)
    x = layers.BatchNormalization(name="bn")(x)
    x = layers.ReLU(name="relu")(x)
    x = layers.DepthwiseConv2D(3, name="depthwise")(x)
    x = layers.BatchNormalization(name="bn_plain", scale=False)(x)
    return layers.SeparableConv2D(3, 1, name="separable")(x)


def keras3():
    x = inputs = keras.Input((8, 8, 3), name="input")
    x = layers.GlobalAveragePooling2D(name="pool")(body(x))
    model = keras.Model(inputs, layers.Dense(5, name="predictions")(x), name="plain")
    save(model, "keras3_model.h5")
    save(model, "keras3.weights.h5")
    save(model, "keras3.keras")

    x = inner = keras.Input((8, 8, 3), name="inner_input")
    backbone = keras.Model(inner, body(x), name="backbone")
    backbone.get_layer("conv").trainable = False
    outer = keras.Input((8, 8, 3), name="outer_input")
    x = layers.Flatten(name="flatten")(backbone(outer))
    save(keras.Model(outer, layers.Dense(2, name="head")(x), name="outer"), "keras3_nested.h5")

    keras.config.set_dtype_policy("bfloat16")
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2, name="dense")], name="sequential")
    save(model, "keras3_bfloat16.h5")
    keras.config.set_dtype_policy("float32")


# What Keras 2 wrote for a network: its layers, and each one's tensors with their names in the file.
KERAS2 = [
    ("input_1", []),
    ("conv", [("conv/kernel:0", "conv/kernel", (3, 3, 3, 4))]),
    # Loaded and saved again by Keras 2.0: TensorFlow had the name already.
    ("bn", [(f"bn_1/{v}:0", f"bn/{v}", (4,)) for v in ("gamma", "beta", "moving_mean", "moving_variance")]),
    ("depthwise", [("depthwise/depthwise_kernel:0", "depthwise/kernel", (3, 3, 4, 1)),
                   ("depthwise/bias:0", "depthwise/bias", (4,))]),
    ("separable", [("separable/depthwise_kernel:0", "separable/depthwise_kernel", (1, 1, 4, 1)),
                   ("separable/pointwise_kernel:0", "separable/pointwise_kernel", (1, 1, 4, 3)),
                   ("separable/bias:0", "separable/bias", (3,))]),
    # A layer's own name may have a slash.
    ("block/conv", [("block/conv/kernel:0", "block/conv/kernel", (1, 1, 3, 2))]),
    # A layer applied at each step of a sequence goes by the outer name.
    ("each", [("each/kernel:0", "each/kernel", (2, 2))]),
    # A model within the model: all that is trained first, then the rest.
    ("backbone", [("inner_bn/gamma:0", "inner_bn/gamma", (2,)), ("inner_bn/beta:0", "inner_bn/beta", (2,)),
                  ("inner_conv/kernel:0", "inner_conv/kernel", (1, 1, 2, 2)),
                  ("inner_bn/moving_mean:0", "inner_bn/moving_mean", (2,)),
                  ("inner_bn/moving_variance:0", "inner_bn/moving_variance", (2,))]),
    ("predictions", [("predictions/kernel:0", "predictions/kernel", (2, 5)),
                     ("predictions/bias:0", "predictions/bias", (5,))]),
]


def write_list(group, name, texts, parts=1):
    if not texts:
        group.attrs[name] = np.zeros(0)
    elif parts == 1:
        group.attrs[name] = np.array(texts, "S")
    else:
        for index, part in enumerate(np.array_split(np.array(texts, "S"), parts)):
            group.attrs[f"{name}{index}"] = part


def keras2(name, dtype="<f4", parts=1, layers=KERAS2, **packing):
    with h5py.File(path(name), "w") as file:
        write_list(file, "layer_names", [layer for layer, _ in layers], parts)
        file.attrs["backend"] = np.bytes_("tensorflow")
        file.attrs["keras_version"] = np.bytes_("2.1.6")
        for layer, tensors in layers:
            group = file.create_group(layer)
            write_list(group, "weight_names", [stored for stored, _, _ in tensors], min(parts, len(tensors) or 1))
            for stored, current, shape in tensors:
                group.create_dataset(stored, data=numbers(current, shape).astype(dtype), **packing)


def theano(array):
    """As Theano has it: kernels [out, in, height, width], mirrored; rows by channels first of a map 2 x 2 x 4."""
    if array.ndim == 4:
        return array[::-1, ::-1].transpose(3, 2, 0, 1)
    return array.reshape(2, 2, 4, -1).transpose(2, 0, 1, 3).reshape(array.shape) if array.ndim == 2 else array


def keras1(name, backend=None, suffix=":0", arrange=lambda array: array):
    with h5py.File(path(name), "w") as file:
        write_list(file, "layer_names", ["conv", "bn", "flatten_1", "fc"])
        if backend:
            file.attrs["backend"] = np.bytes_(backend)
        file.create_group("flatten_1").attrs["weight_names"] = np.zeros(0)
        for layer, kernel in [("conv", (3, 3, 3, 4)), ("fc", (16, 2))]:
            group = file.create_group(layer)
            write_list(group, "weight_names", [f"{layer}_W{suffix}", f"{layer}_b{suffix}"])
            group[f"{layer}_W{suffix}"] = arrange(numbers(f"{layer}/kernel", kernel))
            group[f"{layer}_b{suffix}"] = numbers(f"{layer}/bias", kernel[-1:])
        bn = file.create_group("bn")
        old = ["gamma", "beta", "running_mean", "running_std"]
        new = ["gamma", "beta", "moving_mean", "moving_variance"]
        write_list(bn, "weight_names", [f"bn_{v}_1{suffix}" for v in old])
        for a, b in zip(old, new):
            bn[f"bn_{a}_1{suffix}"] = numbers(f"bn/{b}", (4,))


def keras0():
    with h5py.File(path("keras0.h5"), "w") as file:
        layers = [[], ["conv/kernel", "conv/bias"], ["bn/gamma", "bn/beta", "bn/moving_mean", "bn/moving_variance"],
                  [], ["fc/kernel", "fc/bias"]]
        shapes = {"conv/kernel": (3, 3, 3, 4), "fc/kernel": (16, 2), "fc/bias": (2,)}
        file.attrs["nb_layers"] = len(layers)
        for index, names in enumerate(layers):
            group = file.create_group(f"layer_{index}")
            group.attrs["nb_params"] = len(names)
            for number, name in enumerate(names):
                group[f"param_{number}"] = theano(numbers(name, shapes.get(name, (4,))))


def keras3_old():
    """As Keras 2.12 wrote it: no names, and another word for layers."""
    with h5py.File(path("keras3.weights.h5")) as new, h5py.File(path("keras3_unnamed.weights.h5"), "w") as old:
        def visit(name, item):
            name = name.replace("layers/", "_layer_checkpoint_dependencies/", 1)
            if isinstance(item, h5py.Dataset):
                old[name] = item[()]
            elif name.endswith("/vars"):
                old.require_group(name)
        new.visititems(visit)
        old["optimizer/vars/0"] = np.int64(7)


def keras3_parts():
    """As Keras 3 spreads weights over files that may be 1 KB long: one layer's name is in another part."""
    parts = [path(f"keras3_parts_0000{index}.weights.h5") for index in range(2)]
    where = {}
    with h5py.File(path("keras3.weights.h5")) as whole, h5py.File(parts[0], "w") as a, h5py.File(parts[1], "w") as b:
        for layer in whole["layers"]:
            group = f"layers/{layer}/vars"
            part = b if layer.startswith(("d", "s")) else a
            for index in whole[group]:
                part[f"{group}/{index}"] = whole[f"{group}/{index}"][()]
                where["/" + group] = os.path.basename(part.filename)
            holder = a if layer == "separable_conv2d" else part
            holder.require_group(group).attrs["name"] = whole[group].attrs["name"]
    first = sorted(where)[0]
    where[first] = [where[first]]
    with open(path("keras3_parts.weights.json"), "w") as index:
        json.dump({"metadata": {"total_size": 1.0}, "weight_map": where}, index, indent=1)


def auto(api, name):
    """A whole model whose layers Keras named, the shortcut made last; b and side are of one shape."""
    for _ in range(8):
        api.layers.Conv2D(1, 1)
    made = {}

    def conv(as_known_here, x, *arguments):
        made[as_known_here] = api.layers.Conv2D(*arguments, padding="same", use_bias=False)
        return made[as_known_here](x)

    inputs = api.Input((8, 8, 3))
    stem = conv("stem", inputs, 4, 3)
    body = conv("b", api.layers.ReLU()(conv("a", stem, 4, 1)), 8, 1)
    x = api.layers.Add()([conv("side", stem, 8, 1), body])
    x = conv("last", api.layers.Concatenate()([conv("left", x, 4, 1), conv("right", x, 4, 1)]), 8, 1)
    model = api.Model(inputs, api.layers.GlobalAveragePooling2D()(x))
    for layer, keras_layer in made.items():
        for weight in keras_layer.weights:
            weight.assign(numbers(f"{layer}/kernel", weight.shape))
    model.save(path(name))


import tf_keras
auto(keras, "keras3_auto.h5")
auto(keras, "keras3_auto.keras")
auto(tf_keras, "keras2_auto.h5")
keras3()
keras3_old()
keras3_parts()
keras2("keras2_weights.h5")
keras2("keras2_parts.h5", dtype="<f2", parts=3)
keras2("keras2_big_endian.h5", dtype=">f8", layers=KERAS2[:2])
keras2("keras2_gzip.h5", layers=KERAS2[:2], compression="gzip", shuffle=True, fletcher32=True)
keras2("keras2_int8.h5", dtype="i1", layers=KERAS2[:2])
keras1("keras1_tensorflow.h5")
keras1("keras1_theano.h5", suffix="", arrange=theano)
keras0()
for name, weights, packed in [("npz.keras", "model.weights.npz", 0), ("deflated.keras", "model.weights.h5", 8)]:
    with zipfile.ZipFile(path(name), "w", packed) as archive:
        for member in ("metadata.json", "config.json", weights):
            archive.writestr(zipfile.ZipInfo(member), "{}" * 20, packed)
with h5py.File(path("circle.h5"), "w", libver="latest") as file:
    layers = file.create_group("layers")
    layers["x"] = layers["y"] = layers
with h5py.File(path("other.h5"), "w") as file:
    file["images"] = np.zeros((2, 2), "f4")
