#!/usr/bin/env python3
"""Makes networks/NAME.h5: what Keras computes with each of the zoo's networks at its full size.

    python3 -m venv venv && venv/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0 h5py
    venv/bin/python make_network_goldens.py [NAME ...]

Weights of full size cannot be committed, so nobody stores them: both sides compute them from the
parameters' names (`seeded`, and SeededParameters.swift).

  number i of NAME   u = the upper 24 bits, as a fraction of 1, of splitmix64's output for
                     FNV-1a(NAME) + i · 0x9E3779B97F4A7C15, i from 1
  kernel             (2u − 1) · √(6 / fan-in); in a network with batch normalisation, where the layer
                     reads a map of more than one cell, less the mean of each output's numbers: else
                     the mean of each channel would drown what differs from cell to cell
  bias               (2u − 1) / 10
  gamma, beta        0.3 + 0.3 u, 0.7 + 0.26 (2u − 1)
  moving_mean        (0.9 + 0.2 u) · the layer's first number in `statistics`
  moving_variance    (0.9 + 0.2 u) · the second
  mean, variance     of `Normalization`: 0.45 + 0.05 u, 0.05 + 0.01 u; count 1
  input              2u − 1, or 255 u for networks that read raw pixels

Scales are small and shifts positive because a random network whose γ is about 1 amplifies rounding so
much that float32 itself is good to only 1e-3 in the deepest ones.

  `statistics`             a row for each normalisation, in the order of their names: the mean and the
                           variance of all numbers that it reads
  `outputs/HxW/LAYER`      500 numbers of what the layer hands on for an image of that size, or all if
                           fewer; number i (from 1) is at u · count for the u of LAYER's name.
                           Attribute `norm`: ‖f‖ of all; `bf16_error`: ‖b − f‖ / ‖f‖ of those 500 for b
                           from Keras's own mixed_bfloat16.
"""
import importlib, os, sys
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # what is tested here runs on oneDNN, so Keras must not
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
from unittest import mock
import h5py, keras, numpy as np
from keras import applications
from keras.src.utils import file_utils

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "networks")
sys.path.insert(0, FOLDER)
SAMPLES = 500
GOLDEN_RATIO = 0x9E3779B97F4A7C15


def application(name, weights=None):
    """One of Keras's own; square images are of the size that its classifier takes."""
    def build(shape):
        # EfficientNet has one layer more for ImageNet's weights, which are neither fetched nor read.
        with mock.patch.object(file_utils, "get_file"), mock.patch.object(keras.Model, "load_weights"):
            return getattr(applications, name)(
                weights=weights, input_shape=shape, include_top=shape[0] == shape[1])
    return build


def own(module, *arguments, **options):
    """A network that Keras lacks, from the module of that name in networks/."""
    return lambda shape: importlib.import_module(module).build(shape, *arguments, **options)


EFFICIENTNET = "block2a_expand_activation block3a_expand_activation block4a_expand_activation " \
    "block6a_expand_activation top_activation predictions"
MOBILENET_V2 = "block_1_expand_relu block_3_expand_relu block_6_expand_relu block_13_expand_relu out_relu predictions"
MOBILENET_V3_LARGE = "re_lu_1 re_lu_5 activation_1 activation_13 activation_19 predictions"
MOBILENET_V3_SMALL = "activation re_lu_2 activation_1 activation_11 activation_17 predictions"
VGG = "block1_conv2 block2_conv2 block3_conv{0} block4_conv{0} block5_conv{0} block5_pool fc2 predictions"
RESNET = "conv1_relu conv2_block3_out conv3_block{}_out conv4_block{}_out conv5_block3_out predictions"
RESNET_V2 = "conv1_conv conv2_block2_out conv3_block{}_out conv4_block{}_out post_relu predictions"
DENSENET = "conv1_relu pool2_conv pool3_conv pool4_conv relu predictions"

# The last blocks of conv3 and conv4.
RESNET_DEPTHS = {50: (4, 6), 101: (4, 23), 152: (8, 36)}

# Each network: its builder, the usual side of its images, and the last layer of each stage.
NETWORKS = {
    "alexnet": (own("alexnet"), 227, "conv1 conv2 conv5 pool5 drop7 fc8"),
    "vgg16": (application("VGG16"), 224, VGG.format(3)),
    "vgg19": (application("VGG19"), 224, VGG.format(4)),
    "resnet34_v1": (own("resnet_v1_torchvision", depth=34), 224, RESNET.format(4, 6)),
    "resnet34_v1_keras": (own("resnet34_v1"), 224, RESNET.format(4, 6)),
    "resnet50_v1": (application("ResNet50"), 224, RESNET.format(4, 6)),
    "resnet101_v1": (application("ResNet101"), 224, RESNET.format(4, 23)),
    "resnet152_v1": (application("ResNet152"), 224, RESNET.format(8, 36)),
    **{f"resnet{depth}_v1_{variant}": (own(f"resnet_v1_{variant}", depth=depth), 224, RESNET.format(*last))
       for depth, last in RESNET_DEPTHS.items() for variant in ("torchvision", "slim")},
    "resnet34_v2": (own("resnet34_v2"), 224, "relu0 stage2_unit1_relu1 stage3_unit1_relu1 stage4_unit1_relu1 relu1 softmax"),
    "resnet50_v2": (application("ResNet50V2"), 224, RESNET_V2.format(3, 5)),
    "resnet101_v2": (application("ResNet101V2"), 224, RESNET_V2.format(3, 22)),
    "resnet152_v2": (application("ResNet152V2"), 224, RESNET_V2.format(7, 35)),
    # Slim's weights are for images of the size that its Inception v3 takes.
    **{f"resnet{depth}_v2_slim": (own("resnet_v2_slim", depth=depth), 299, RESNET_V2.format(*(n - 1 for n in last)))
       for depth, last in RESNET_DEPTHS.items()},
    "seresnet50": (own("seresnet50"), 224, "activation activation_15 activation_35 activation_65 activation_80 output"),
    "senet154": (own("senet154"), 224, "activation_2 activation_17 activation_57 activation_237 activation_252 output"),
    "inception_v1": (own("inception_v1"), 224, "conv1_7x7_s2 conv2_norm2 inception_3b_output inception_4e_output inception_5b_output prob"),
    "inception_v1_slim": (own("inception_v1_slim"), 224, "Conv2d_1a_7x7_relu Conv2d_2c_3x3_relu Mixed_3c Mixed_4f Mixed_5c Predictions"),
    "inception_v2": (own("inception_v2"), 224, "Conv2d_1a_7x7_relu Conv2d_2c_3x3_relu Mixed_3c Mixed_4e Mixed_5c Predictions"),
    "inception_v2_slim": (own("inception_v2_slim"), 224, "Conv2d_1a_7x7_relu Conv2d_2c_3x3_relu Mixed_3c Mixed_4e Mixed_5c Predictions"),
    "inception_v3": (application("InceptionV3"), 299, "activation_2 activation_4 mixed2 mixed7 mixed10 predictions"),
    "inception_v4": (own("inception_v4"), 299, "activation_2 concatenate_1 concatenate_6 concatenate_14 concatenate_24 dense"),
    "inception_resnet_v2": (application("InceptionResNetV2"), 299, "activation_2 activation_4 block35_10_ac block17_20_ac conv_7b_ac predictions"),
    "densenet121": (application("DenseNet121"), 224, DENSENET),
    "densenet169": (application("DenseNet169"), 224, DENSENET),
    "densenet201": (application("DenseNet201"), 224, DENSENET),
    "mobilenet_v1": (application("MobileNet"), 224, "conv_pw_1_relu conv_pw_3_relu conv_pw_5_relu conv_pw_11_relu conv_pw_13_relu predictions"),
    "mobilenet_v1_slim": (own("mobilenet_v1_slim"), 224, "conv_pw_1_relu conv_pw_3_relu conv_pw_5_relu conv_pw_11_relu conv_pw_13_relu predictions"),
    "mobilenet_v2": (application("MobileNetV2"), 224, MOBILENET_V2),
    "mobilenet_v2_torchvision": (own("mobilenet_v2_torchvision"), 224, MOBILENET_V2),
    "mobilenet_v2_slim": (own("mobilenet_v2_slim"), 224, MOBILENET_V2),
    "mobilenet_v3_large": (application("MobileNetV3Large"), 224, MOBILENET_V3_LARGE),
    "mobilenet_v3_large_torchvision": (own("mobilenet_v3_torchvision", size="large"), 224, MOBILENET_V3_LARGE),
    "mobilenet_v3_small": (application("MobileNetV3Small"), 224, MOBILENET_V3_SMALL),
    "mobilenet_v3_small_torchvision": (own("mobilenet_v3_torchvision", size="small"), 224, MOBILENET_V3_SMALL),
    "xception": (application("Xception"), 299, "block1_conv2_act add add_1 add_10 block14_sepconv2_act predictions"),
    **{f"efficientnet_b{n}": (application(f"EfficientNetB{n}", "imagenet"), side, EFFICIENTNET)
       for n, side in enumerate([224, 240, 260, 300, 380, 456, 528, 600])},
}


def hashed(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def seeded(name, shape):
    """Numbers from 0 to below 1, float32, that follow from a name."""
    count = int(np.prod(shape))
    with np.errstate(over="ignore"):
        x = np.uint64(hashed(name)) + np.arange(1, count + 1, dtype="u8") * np.uint64(GOLDEN_RATIO)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return ((x >> np.uint64(40)).astype("f4") / np.float32(2**24)).reshape(shape)


def kernel(name, shape, depthwise, is_centred):
    fan_in = int(np.prod(shape[:2] if depthwise else shape[:-1]))
    bound = np.float32((6 / fan_in) ** 0.5)
    values = (2 * seeded(name, shape) - np.float32(1)) * bound
    if is_centred:
        axes = (0, 1) if depthwise else tuple(range(len(shape) - 1))
        values = (values - values.mean(axes, dtype="f8", keepdims=True)).astype("f4")
    return values


def assign(model):
    """Gives every layer its weights, and normalisations what they see as their statistics."""
    statistics = {}
    has_norms = any(isinstance(l, keras.layers.BatchNormalization) for l in model.layers)
    for layer in model.layers:
        for weight in layer.weights:
            name, shape = weight.name, tuple(weight.shape)
            full = f"{layer.name}/{name}"
            if name.endswith("kernel"):
                depthwise = isinstance(layer, keras.layers.DepthwiseConv2D) or name == "depthwise_kernel"
                reads_map = len(layer.input.shape) == 4 and tuple(layer.input.shape[1:3]) != (1, 1)
                weight.assign(kernel(full, shape, depthwise, has_norms and reads_map))
            elif name == "bias":
                weight.assign((2 * seeded(full, shape) - np.float32(1)) * np.float32(0.1))
            elif name == "gamma":
                weight.assign(np.float32(0.3) + np.float32(0.3) * seeded(full, shape))
            elif name == "beta":
                weight.assign(np.float32(0.7) + np.float32(0.26) * (2 * seeded(full, shape) - np.float32(1)))
            elif name == "mean":
                weight.assign(np.float32(0.45) + np.float32(0.05) * seeded(full, shape))
            elif name == "variance":
                weight.assign(np.float32(0.05) + np.float32(0.01) * seeded(full, shape))
            elif name == "count":
                weight.assign(1)
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
        if isinstance(layer, keras.layers.BatchNormalization):
            measure(layer, statistics)
    return statistics


def measure(layer, statistics):
    """Lets a normalisation take its statistics from the first batch that it sees."""
    normalise = layer.call

    def call(inputs, training=False, mask=None):
        if layer.name not in statistics:
            values = np.asarray(inputs, "f8")
            mean, variance = np.float32(values.mean()), np.float32(values.var())
            statistics[layer.name] = (mean, variance)
            for weight, number in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
                factor = np.float32(0.9) + np.float32(0.2) * seeded(f"{layer.name}/{weight.name}", weight.shape)
                weight.assign(number * factor)
        return normalise(inputs, training=training, mask=mask)

    layer.call = call


def image(model, name, shape):
    raw = any(isinstance(l, keras.layers.Rescaling) or l.name == "bn_data" for l in model.layers)
    values = seeded("input", (1, *shape))
    return np.float32(255) * values if raw else 2 * values - np.float32(1)


def outputs(model, x, names):
    results = keras.Model(model.input, [model.get_layer(n).output for n in names])(x, training=False)
    return [np.asarray(r, "f4").ravel() for r in (results if isinstance(results, (list, tuple)) else [results])]


def sample(name, values):
    if values.size <= SAMPLES: return values
    places = (seeded(name, (SAMPLES,)).astype("f8") * values.size).astype("i8")
    return values[places]


def load(model, weights):
    """Matrices that an image of another size does not fit are left out, with what comes after them."""
    for weight in model.weights:
        if weights[weight.path].shape == tuple(weight.shape): weight.assign(weights[weight.path])
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization): layer.finalize_state()


def make(name):
    build, side, endpoints = NETWORKS[name]
    endpoints = endpoints.split()
    statistics, weights = None, None
    with h5py.File(os.path.join(FOLDER, f"{name}.h5"), "w") as file:
        for shape in [(side, side, 3), (side + 1 | 1, side - 31 | 1, 3)]:
            keras.backend.clear_session()
            model = build(shape)
            x = image(model, name, shape)
            if statistics is None:
                statistics = assign(model)
                model(x, training=False)
                weights = {w.path: np.asarray(w) for w in model.weights}
                rows = [statistics[n] for n in sorted(statistics)]
                file["statistics"] = np.array(rows, "f4").reshape(-1, 2)
            load(model, weights)
            maps = {l.name for l in model.layers if len(l.output.shape) == 4}
            names = [n for n in endpoints if n in maps or shape[0] == shape[1]]
            exact = outputs(model, x, names)
            keras.backend.clear_session()
            keras.config.set_dtype_policy("mixed_bfloat16")
            half = build(shape)
            load(half, weights)
            rounded = outputs(half, x, names)
            keras.config.set_dtype_policy("float32")
            group = file.create_group(f"outputs/{shape[0]}x{shape[1]}")
            for n, f, b in zip(names, exact, rounded):
                some, near = sample(n, f).astype("f8"), sample(n, b).astype("f8")
                data = group.create_dataset(n, data=some.astype("f4"))
                data.attrs["norm"] = np.linalg.norm(f.astype("f8"))
                data.attrs["bf16_error"] = np.linalg.norm(near - some) / np.linalg.norm(some)
                print(name, shape[:2], n, f"mean {f.mean():.3g} sd {f.std():.3g} bf16 {data.attrs['bf16_error']:.1e}", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or NETWORKS:
        make(name)
