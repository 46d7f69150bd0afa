#!/usr/bin/env python3
"""Makes the goldens beside it: small networks and single operations, computed by Keras in float32.

    python3 -m venv venv && venv/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0 h5py
    venv/bin/python make_goldens.py [vgg resnet mobilenet convolutions operations channels]

Maps are N×H×W×C and kernels height×width×in×out, as Keras stores them. Inputs and parameters are
float16 data sets whose numbers have few significant bits, so that float16 holds them exactly and
they compress; widen them to float32. Outputs are float32.

vgg.h5, resnet.h5, mobilenet.h5: a network of the family, small enough to commit, at an odd size.
They are in Swift
    VGG(convolutions: [2, 2, 3, 1, 2], filters: [4, 4, 8, 10, 12], units: 16, classes: 5)
    ResNet(bottlenecks: [1, 2, 1, 1], widths: [4, 6, 8, 8], classes: 5)
    MobileNet(alpha: 0.065, classes: 5)
  attribute `specification`  one string a parameter, `layer/variable extent extent …`
  `parameters`               the numbers of all parameters in that order, one after the other
  `input`                    the network's input, one image, preprocessed
  `outputs/LAYER`            what the layer of that name hands on; among them the ends of all stages,
                             but for the first of VGG and ResNet, which are too large to keep, and
                             values that a fused network does not have: a convolution before its
                             normalisation, a normalisation before its activation, a sum before its
                             ReLU. Attribute `bf16_error`: ‖b − f‖ / ‖f‖ for b from Keras's own
                             mixed_bfloat16.

convolutions.h5, operations.h5, channels.h5: many cases of few layers each, packed, for a data set costs more
than the numbers of a case.
  attribute `cases`  one JSON object a case, in the order of the numbers: {"name", "input": shape,
                     "output": shape, "layers": [layers, each reading the one before]}. A layer has
                     "class" (Keras's name), "name", and those entries of its Keras config that
                     differ from what `CONFIG` says below. Besides,
                     {"class": "Add", "name", "shortcut": [layers], "body": [layers]}, with a "factor"
                     if the body's result is multiplied by one,
                     {"class": "Multiply", "name", "body": [layers]}, whose other factor is what the
                     layers read, and {"class": "Concatenate", "name", "branches": [[layers], …]} hold
                     lists of layers that all read the same value; an empty list is that value itself.
                     "Rescaling" has "factors" and "offsets", of one number or one a channel;
                     "LocalResponseNorm", which is tf.nn.local_response_normalization, has "radius",
                     "bias", "alpha" and "beta"; "OneCell" is Reshape((1, 1, channels)). No layer's
                     name occurs twice in a case.
  `inputs`           the numbers of all inputs, case after case
  `parameters`       the numbers of all parameters, case after case; within a case layer after layer
                     as "layers" lists them, a shortcut before its body; of a layer in the order
                     kernel, bias or gamma, beta, moving_mean, moving_variance or depthwise_kernel,
                     pointwise_kernel, bias or mean, variance, count, without those it does not have
  `outputs`          the numbers of what the last layers hand on, case after case
"""
import json, os, sys
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # what is tested here runs on oneDNN, so Keras must not
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import h5py, keras, numpy as np, tensorflow
from keras import layers
from keras.src.applications.mobilenet import MobileNet
from keras.src.applications.resnet import ResNet, stack_residual_blocks_v1 as stack

FOLDER = os.path.dirname(os.path.abspath(__file__))


def few_bits(values, bits=4):
    """The nearest numbers of that many significant bits, or zero below float16's normal ones."""
    values = np.asarray(values, "f8")
    fraction, exponent = np.frexp(values)
    rounded = np.ldexp(np.round(fraction * 2**bits) / 2**bits, exponent)
    rounded[np.abs(rounded) < 2.0**-14] = 0
    assert np.array_equal(rounded, rounded.astype("f2")), "float16 does not hold these"
    return rounded.astype("f4")


def inputs(rng, *shape):
    """Eighths of both signs, about as spread as preprocessed pixels."""
    return (np.round(rng.normal(0, 1, shape).clip(-3, 3) * 8) / 8).astype("f4")


def randomise(model, rng, calibration):
    """Kernels after He, statistics of a calibration batch, jittered: a wrong epsilon, order or
    padding shows, and activations stay of order one. Small scales keep rounding from being
    amplified from layer to layer."""
    for layer in model.layers:
        for w in layer.weights:
            shape = tuple(w.shape)
            if w.name == "kernel":
                depthwise = isinstance(layer, layers.DepthwiseConv2D)
                fan_in = int(np.prod(shape[:2] if depthwise else shape[:-1]))
                w.assign(few_bits(rng.normal(0, (2 / fan_in) ** 0.5, shape)))
            elif w.name == "gamma":
                w.assign(few_bits(rng.uniform(0.3, 0.6, shape)))
            elif w.name == "beta":
                w.assign(few_bits(rng.normal(0.4, 0.3, shape)))
            elif w.name == "bias":
                w.assign(few_bits(rng.normal(0, 0.1, shape)))
    norms = [l for l in model.layers if isinstance(l, layers.BatchNormalization)]
    for norm in norms:
        norm.momentum = 0.0
    if norms:
        model(calibration, training=True)
    for norm in norms:
        mean, variance = np.asarray(norm.moving_mean), np.asarray(norm.moving_variance)
        norm.moving_mean.assign(few_bits(mean * rng.uniform(0.9, 1.1, mean.shape)))
        norm.moving_variance.assign(
            few_bits(np.maximum(variance * rng.uniform(0.9, 1.1, variance.shape), 1e-3)))


def vgg():
    x = start = layers.Input((65, 67, 3))
    for block, (count, filters) in enumerate(zip([2, 2, 3, 1, 2], [4, 4, 8, 10, 12]), 1):
        for i in range(1, count + 1):
            x = layers.Conv2D(
                filters, 3, padding="same", activation="relu", name=f"block{block}_conv{i}")(x)
        x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(16, activation="relu", name="fc1")(x)
    x = layers.Dense(16, activation="relu", name="fc2")(x)
    return keras.Model(start, layers.Dense(5, activation="softmax", name="predictions")(x))


def resnet():
    def stages(x):
        x = stack(x, 4, 1, stride1=1, name="conv2")
        x = stack(x, 6, 2, name="conv3")
        x = stack(x, 8, 1, name="conv4")
        return stack(x, 8, 1, name="conv5")
    return ResNet(
        stages, preact=False, use_bias=True, weights=None, input_shape=(41, 33, 3), classes=5)


def mobilenet():
    return MobileNet(input_shape=(49, 35, 3), alpha=0.065, weights=None, classes=5)


NETWORKS = {
    "vgg": (vgg, [
        "block2_conv2", "block3_conv3", "block4_conv1", "block5_conv2",
        "block5_pool", "flatten", "fc1", "fc2", "predictions"]),
    "resnet": (resnet, [
        "conv2_block1_1_conv", "conv2_block1_out", "conv3_block1_1_bn", "conv3_block2_out",
        "conv4_block1_0_bn", "conv4_block1_3_conv", "conv4_block1_add", "conv4_block1_out",
        "conv5_block1_2_relu", "conv5_block1_out", "avg_pool", "predictions"]),
    "mobilenet": (mobilenet, [
        "conv_pw_1_relu", "conv_dw_2", "conv_pw_3_relu", "conv_dw_4_bn", "conv_pw_5_relu",
        "conv_pad_6", "conv_pw_7", "conv_pw_11_relu", "conv_pw_13_relu",
        "global_average_pooling2d", "conv_preds", "predictions"]),
}


def write(group, name, values):
    # Packing a few numbers costs more than it saves.
    packed = dict(compression="gzip", compression_opts=9, shuffle=True) if values.size > 300 else {}
    return group.create_dataset(name, data=values, track_times=False, **packed)


def make_network(name, seed):
    make, endpoints = NETWORKS[name]
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    keras.backend.clear_session()
    model = make()
    shape = model.input_shape[1:]
    randomise(model, rng, inputs(rng, 64, *shape))
    x = inputs(rng, 1, *shape)

    def outputs(net):
        tap = keras.Model(net.input, [net.get_layer(e).output for e in endpoints])
        return [np.asarray(y, "f4") for y in tap(x, training=False)]

    results = outputs(model)
    keras.backend.clear_session()  # or automatic names go on counting
    keras.config.set_dtype_policy("mixed_bfloat16")
    half = make()
    half.set_weights(model.get_weights())
    halves = outputs(half)
    keras.config.set_dtype_policy("float32")

    weights = [(f"{l.name}/{w.name}", np.asarray(w)) for l in model.layers for w in l.weights]
    with h5py.File(os.path.join(FOLDER, f"{name}.h5"), "w", libver="latest") as file:
        lines = [" ".join([n, *map(str, v.shape)]) for n, v in weights]
        file.attrs["specification"] = np.array(lines, "S")
        write(file, "parameters", np.concatenate([v.ravel() for _, v in weights]).astype("f2"))
        write(file, "input", x.astype("f2"))
        for endpoint, result, other in zip(endpoints, results, halves):
            error = np.linalg.norm(other - result) / np.linalg.norm(result)
            write(file, f"outputs/{endpoint}", result).attrs["bf16_error"] = float(error)
            print(f"{name:10} {endpoint:26} {str(result.shape):18} mean {result.mean():+.3f} "
                  f"deviation {result.std():.3f} bf16 {error:.1e}")


# Operations ---------------------------------------------------------------------------------------

CONFIG = {
    "Conv2D": dict(filters=4, kernel_size=[3, 3], strides=[1, 1], padding="same",
                   dilation_rate=[1, 1], groups=1, use_bias=True, activation="linear"),
    "DepthwiseConv2D": dict(kernel_size=[3, 3], strides=[1, 1], padding="same",
                            dilation_rate=[1, 1], depth_multiplier=1, use_bias=True),
    "SeparableConv2D": dict(filters=4, kernel_size=[3, 3], strides=[1, 1], padding="same",
                            dilation_rate=[1, 1], use_bias=True),
    "Normalization": dict(),
    "Dense": dict(units=5, use_bias=True, activation="linear"),
    "BatchNormalization": dict(epsilon=1e-3, scale=True, center=True),
    "MaxPooling2D": dict(pool_size=[2, 2], strides=[2, 2], padding="valid"),
    "AveragePooling2D": dict(pool_size=[2, 2], strides=[2, 2], padding="valid"),
    "GlobalAveragePooling2D": dict(keepdims=False),
    "GlobalMaxPooling2D": dict(),
    "ZeroPadding2D": dict(padding=[[1, 1], [1, 1]]),
    "ReLU": dict(max_value=None),
    "Activation": dict(activation="relu"),
    "Flatten": dict(),
    "Dropout": dict(rate=0.5),
}


def layer(kind, name, **config):
    unknown = set(config) - set(CONFIG[kind])
    assert not unknown, unknown
    return {"class": kind, "name": name} | {k: v for k, v in config.items() if CONFIG[kind][k] != v}


def conv(name="conv", size=3, filters=4, stride=1, dilation=1, **more):
    size = size if isinstance(size, list) else [size, size]
    return layer("Conv2D", name, kernel_size=size, filters=filters, strides=[stride, stride],
                 dilation_rate=[dilation, dilation], **more)


def depthwise(size=3, stride=1, dilation=1, **more):
    return layer("DepthwiseConv2D", "depthwise", kernel_size=[size, size], strides=[stride, stride],
                 dilation_rate=[dilation, dilation], **more)


def pool(kind, size, stride, padding="valid"):
    return layer(f"{kind}Pooling2D", "pool", pool_size=[size, size], strides=[stride, stride],
                 padding=padding)


def norm(name="bn", **more): return layer("BatchNormalization", name, **more)
def relu(name="relu", **more): return layer("ReLU", name, **more)
def activation(kind, name="activation"): return layer("Activation", name, activation=kind)


def pad(before, after, name="pad"):
    return layer("ZeroPadding2D", name, padding=[[before, after], [before, after]])


def add(name, body, shortcut=()):
    return {"class": "Add", "name": name, "shortcut": list(shortcut), "body": body}


ODD, EVEN, PAIR, VECTOR = (1, 7, 5, 4), (1, 4, 6, 4), (2, 5, 3, 4), (3, 6)

CONVOLUTIONS = {
    "conv_same_odd": (ODD, [conv()]),
    "conv_same_stride2_odd": (ODD, [conv(stride=2)]),
    "conv_same_stride2_even": (EVEN, [conv(stride=2)]),
    "conv_same_stride3_size5": (EVEN, [conv(size=5, stride=3)]),
    "conv_valid_stride2_odd": (ODD, [conv(stride=2, padding="valid")]),
    "conv_valid_stride2_even": (EVEN, [conv(stride=2, padding="valid")]),
    "conv_1x1_stride2": (ODD, [conv(size=1, stride=2, padding="valid")]),
    "conv_1x1_stride2_same": (EVEN, [conv(size=1, stride=2)]),
    "conv_1x5": (ODD, [conv(size=[1, 5])]),
    "conv_5x1_valid": (ODD, [conv(size=[5, 1], padding="valid")]),
    "conv_even_size_same": (ODD, [conv(size=2)]),
    "conv_even_size_same_stride2": (ODD, [conv(size=4, stride=2)]),
    "conv_dilation2_same": (ODD, [conv(dilation=2)]),
    "conv_dilation2_valid": (ODD, [conv(dilation=2, padding="valid")]),
    "conv_groups2": (ODD, [conv(groups=2, filters=6)]),
    "conv_groups4_no_bias": (EVEN, [conv(groups=4, filters=8, use_bias=False)]),
    "conv_groups2_dilation2": (EVEN, [conv(groups=2, dilation=2)]),
    "conv_one_filter": (ODD, [conv(filters=1)]),
    "conv_one_channel": ((1, 5, 6, 1), [conv(filters=3)]),
    "conv_relu": (ODD, [conv(activation="relu")]),
    "conv_sigmoid": (ODD, [conv(activation="sigmoid")]),
    "conv_softmax": (ODD, [conv(size=1, activation="softmax")]),
    "conv_window_is_map": (ODD, [conv(size=[7, 5], padding="valid")]),
    "conv_of_two_images": (PAIR, [conv(stride=2)]),
    "conv_map_of_one_cell": ((2, 1, 1, 4), [conv()]),
    "depthwise": (ODD, [depthwise()]),
    "depthwise_multiplier2": (ODD, [depthwise(depth_multiplier=2)]),
    "depthwise_multiplier2_stride2": (EVEN, [depthwise(depth_multiplier=2, stride=2)]),
    "depthwise_same_stride2_even": (EVEN, [depthwise(stride=2, use_bias=False)]),
    "depthwise_valid": (ODD, [depthwise(padding="valid")]),
    "depthwise_dilation2": (ODD, [depthwise(dilation=2)]),
    "depthwise_padded_odd": (ODD, [pad(0, 1), depthwise(stride=2, padding="valid")]),
    "depthwise_padded_even": (EVEN, [pad(0, 1), depthwise(stride=2, padding="valid")]),
    "padded_conv": (ODD, [pad(2, 1), conv(padding="valid")]),
    "padded_conv_same": (ODD, [pad(0, 1), conv(stride=2)]),
    "padded_twice": (ODD, [pad(0, 1), pad(2, 0, name="pad_again"), conv(padding="valid")]),
    "norm_twice": (ODD, [conv(), norm(), norm("bn_again")]),
    "conv_norm_relu": (ODD, [conv(), norm(), relu()]),
    "conv_relu_norm": (ODD, [conv(activation="relu"), norm()]),
    "conv_norm_no_scale": (EVEN, [conv(use_bias=False, stride=2), norm(scale=False), relu()]),
    "conv_groups_norm": (ODD, [conv(groups=2), norm(), relu()]),
    "depthwise_norm_relu6": (ODD, [depthwise(use_bias=False), norm(), relu(max_value=6)]),
    "depthwise_multiplier_norm": (EVEN, [depthwise(depth_multiplier=2), norm()]),
}

OPERATIONS = {
    "max_pool_valid_odd": (ODD, [pool("Max", 2, 2)]),
    "max_pool_overlapping": (PAIR, [pool("Max", 3, 2)]),
    "max_pool_same_odd": (ODD, [pool("Max", 3, 2, "same")]),
    "max_pool_same_even": (EVEN, [pool("Max", 3, 2, "same")]),
    "max_pool_of_zeros_too": (ODD, [pad(1, 1), pool("Max", 3, 2)]),
    "max_pool_after_relu": (ODD, [relu(), pad(1, 1), pool("Max", 3, 2)]),
    "average_pool_valid": (ODD, [pool("Average", 2, 2)]),
    "average_pool_same_odd": (ODD, [pool("Average", 3, 2, "same")]),
    "average_pool_same_even": (EVEN, [pool("Average", 3, 2, "same")]),
    "average_pool_same_stride1": (ODD, [pool("Average", 3, 1, "same")]),
    "average_pool_of_zeros_too": (ODD, [pad(1, 1), pool("Average", 3, 2)]),
    "global_average_pool": (PAIR, [layer("GlobalAveragePooling2D", "pool")]),
    "global_average_pool_keeps_rank": (
        ODD, [layer("GlobalAveragePooling2D", "pool", keepdims=True)]),
    "global_max_pool": (PAIR, [layer("GlobalMaxPooling2D", "pool")]),
    "zero_pad": (ODD, [pad(1, 2)]),
    "zero_pad_before": (EVEN, [pad(3, 0)]),
    "norm": (ODD, [norm()]),
    "norm_small_epsilon": (ODD, [norm(epsilon=1.001e-5)]),
    "norm_no_scale": (ODD, [norm(scale=False)]),
    "norm_no_center": (ODD, [norm(center=False)]),
    "norm_bare": (ODD, [norm(scale=False, center=False)]),
    "norm_relu": (ODD, [norm(), relu()]),
    "norm_relu6": (ODD, [norm(), relu(max_value=6)]),
    "norm_of_vectors": (VECTOR, [norm()]),
    "dense_norm_relu": (VECTOR, [layer("Dense", "dense"), norm(), relu()]),
    "relu": (ODD, [relu()]),
    "relu6": (ODD, [norm(), relu(max_value=6)]),
    "sigmoid": (ODD, [activation("sigmoid")]),
    "softmax_of_map": (ODD, [activation("softmax")]),
    "softmax_of_vectors": (VECTOR, [activation("softmax")]),
    "dense": (VECTOR, [layer("Dense", "dense")]),
    "dense_relu_no_bias": (VECTOR, [layer("Dense", "dense", use_bias=False, activation="relu")]),
    "dense_sigmoid": (VECTOR, [layer("Dense", "dense", activation="sigmoid")]),
    "dense_softmax": (VECTOR, [layer("Dense", "dense", activation="softmax")]),
    "dense_of_map": (ODD, [layer("Dense", "dense")]),
    "flatten_dense": (PAIR, [layer("Flatten", "flatten"), layer("Dense", "dense")]),
    "flatten_vectors": (VECTOR, [layer("Flatten", "flatten")]),
    "dropout": (VECTOR, [layer("Dropout", "dropout")]),
    "stem": ((1, 13, 11, 3), [
        pad(3, 3), conv(size=7, stride=2, padding="valid"), norm(epsilon=1.001e-5), relu(),
        pad(1, 1, name="pool_pad"), pool("Max", 3, 2)]),
    "residual_identity": (ODD, [add("add", [conv(), norm()]), relu()]),
    "residual_projection": (PAIR, [
        add("add", [conv("conv_1", stride=2, size=1, padding="valid"), norm("bn_1"), relu("relu_1"),
                    conv("conv_2"), norm("bn_2")],
            [conv("conv_0", stride=2, size=1, padding="valid"), norm("bn_0")]),
        relu()]),
    "residual_twice": (ODD, [
        add("add_1", [conv("conv_1")]), relu("relu_1"), add("add_2", [conv("conv_2")])]),
    "residual_of_relu": (ODD, [add("add", [conv(activation="relu")])]),
    "residual_of_itself": (ODD, [add("add", [])]),
    "concatenate": (PAIR, [{"class": "Concatenate", "name": "concat", "branches": [
        [conv("conv_a", size=1, filters=3), relu("relu_a")],
        [conv("conv_b1", size=1, filters=2), conv("conv_b2", filters=5, activation="relu")],
        [pool("Average", 3, 1, "same"), conv("conv_c", size=1, filters=1)],
        []]}]),
    "concatenate_then_conv": (EVEN, [
        {"class": "Concatenate", "name": "concat", "branches": [
            [conv("conv_a", stride=2)], [pool("Max", 3, 2, "same")]]},
        norm(), relu(), conv("conv_after", size=1)]),
}


def separable(stride=1, dilation=1, **more):
    return layer("SeparableConv2D", "separable", strides=[stride, stride],
                 dilation_rate=[dilation, dilation], **more)


def gate(name, body):
    return {"class": "Multiply", "name": name, "body": body}


def rescale(factors, offsets, name="rescaling"):
    return {"class": "Rescaling", "name": name, "factors": factors, "offsets": offsets}


def response(radius, bias, alpha, beta):
    return {"class": "LocalResponseNorm", "name": "lrn", "radius": radius, "bias": bias,
            "alpha": alpha, "beta": beta}


def squeeze(keeps_rank=True, kind="relu", last="sigmoid"):
    rest = [] if keeps_rank else [{"class": "OneCell", "name": "cell"}]
    return [layer("GlobalAveragePooling2D", "squeeze", keepdims=keeps_rank), *rest,
            conv("reduce", size=1, filters=3, activation=kind),
            conv("expand", size=1, activation=last)]


COLOURS = (1, 6, 5, 3)
CHANNELS = {
    "swish": (ODD, [activation("swish")]),
    "conv_swish": (ODD, [conv(activation="swish"), conv("after", size=1)]),
    "depthwise_norm_swish": (ODD, [depthwise(use_bias=False), norm(), activation("swish")]),
    "dense_swish": (VECTOR, [layer("Dense", "dense", activation="swish")]),
    "normalization": (COLOURS, [layer("Normalization", "normalization")]),
    "rescaling": (ODD, [rescale([1 / 255], [0])]),
    "rescaling_with_offset": (ODD, [rescale([1 / 127.5], [-1])]),
    "rescaling_each": (COLOURS, [rescale([0.5, -2, 3], [1, 0, 0.25])]),
    "rescaling_of_conv": (ODD, [conv(), rescale([0.17], [0])]),
    "rescaling_of_conv_relu": (ODD, [conv(activation="relu"), rescale([0.17], [0])]),
    "efficientnet_stem": ((1, 9, 8, 3), [
        rescale([1 / 255], [0]), layer("Normalization", "normalization"),
        rescale([0.229**-0.5, 0.224**-0.5, 0.225**-0.5], [0, 0, 0], "rescaling_1"), pad(0, 1),
        conv(stride=2, padding="valid", use_bias=False), norm(), activation("swish")]),
    "gate": (PAIR, [gate("gate", squeeze())]),
    "gate_swish": (PAIR, [gate("gate", squeeze(kind="swish"))]),
    "gate_of_vectors": (PAIR, [gate("gate", squeeze(False)), relu()]),
    "gate_of_map": (ODD, [gate("gate", [conv(activation="sigmoid")])]),
    "gate_of_itself": (ODD, [gate("gate", [])]),
    "gate_residual_relu": (PAIR, [
        add("add", [conv(), norm(), gate("gate", squeeze())],
            [conv("conv_0", size=1), norm("bn_0")]),
        relu()]),
    "residual_with_factor": (ODD, [
        add("add", [conv("conv_1"), conv("conv_2", size=1)]) | {"factor": 0.17}, relu()]),
    "residual_of_norm_with_factor": (ODD, [add("add", [conv(), norm()]) | {"factor": 0.3}]),
    "local_response_norm": (ODD, [response(2, 1.0, 0.5, 0.75)]),
    "local_response_norm_alexnet": ((1, 3, 4, 11), [response(2, 2.0, 1e-4, 0.75)]),
    "local_response_norm_power": ((1, 3, 2, 9), [response(1, 1.5, 0.3, 0.6)]),
    "local_response_norm_wide": (ODD, [response(5, 1.0, 0.2, 0.5)]),
    "separable": (ODD, [separable()]),
    "separable_stride2_even": (EVEN, [separable(stride=2, filters=6)]),
    "separable_dilation2": (ODD, [separable(dilation=2)]),
    "separable_valid_norm_relu": (ODD, [
        separable(padding="valid", use_bias=False, filters=5), norm(), relu()]),
    "max_pool_same_stride1": (ODD, [pool("Max", 3, 1, "same")]),
    "max_pool_same_even_window": (ODD, [pool("Max", 2, 2, "same")]),
    "average_pool_same_even_window": (ODD, [pool("Average", 2, 2, "same")]),
    # Numbers from -9 to 9: hard functions have corners at -3 and 3.
    "hard_sigmoid": (ODD, [rescale([3], [0]), activation("hard_sigmoid")]),
    "hard_swish": (ODD, [rescale([3], [0]), activation("hard_silu")]),
    "conv_hard_sigmoid": (ODD, [conv(activation="hard_sigmoid")]),
    "conv_hard_swish": (ODD, [conv(activation="hard_silu"), conv("after", size=1)]),
    "depthwise_norm_hard_swish": (ODD, [depthwise(use_bias=False), norm(), activation("hard_silu")]),
    "norm_hard_sigmoid": (ODD, [norm(), activation("hard_sigmoid")]),
    "norm_hard_swish": (ODD, [norm(), activation("hard_silu")]),
    "dense_hard_swish": (VECTOR, [layer("Dense", "dense", activation="hard_silu")]),
    "residual_hard_sigmoid": (ODD, [add("add", [conv()]), activation("hard_sigmoid")]),
    "mobilenet_v3_stem": ((1, 9, 8, 3), [
        rescale([1 / 127.5], [-1]), conv(stride=2, padding="same", use_bias=False), norm(),
        activation("hard_silu")]),
    "gate_hard": (PAIR, [gate("gate", squeeze(last="hard_sigmoid"))]),
}


def build(entries, x):
    for entry in entries:
        kind, name = entry["class"], entry["name"]
        if kind == "Add":
            shortcut, body = build(entry["shortcut"], x), build(entry["body"], x)
            if "factor" in entry:
                body = layers.Rescaling(entry["factor"])(body)
            x = layers.Add(name=name)([shortcut, body])
        elif kind == "Multiply":
            x = layers.Multiply(name=name)([x, build(entry["body"], x)])
        elif kind == "Rescaling":
            numbers = [v[0] if len(v) == 1 else v for v in (entry["factors"], entry["offsets"])]
            x = layers.Rescaling(*numbers, name=name)(x)
        elif kind == "LocalResponseNorm":
            numbers = [entry[k] for k in ("radius", "bias", "alpha", "beta")]
            x = layers.Lambda(
                lambda t, numbers: tensorflow.nn.local_response_normalization(t, *numbers),
                arguments={"numbers": numbers}, name=name)(x)
        elif kind == "OneCell":
            x = layers.Reshape((1, 1, x.shape[-1]), name=name)(x)
        elif kind == "Concatenate":
            x = layers.Concatenate(name=name)([build(branch, x) for branch in entry["branches"]])
        else:
            config = {k: entry.get(k, default) for k, default in CONFIG[kind].items()}
            x = getattr(layers, kind)(name=name, **config)(x)
    return x


def flat(entries):
    """The layers that may have parameters, as they are listed."""
    for entry in entries:
        parts = entry.get("branches") or [entry[k] for k in ("shortcut", "body") if k in entry]
        for part in parts:
            yield from flat(part)
        if not parts:
            yield entry["name"]


def make_cases(name, cases, seed):
    descriptions, packed = [], {"inputs": [], "parameters": [], "outputs": []}
    for index, (case, (shape, entries)) in enumerate(cases.items()):
        rng = np.random.default_rng(seed + index)
        start = layers.Input(shape[1:])
        model = keras.Model(start, build(entries, start))
        for l in map(model.get_layer, flat(entries)):
            for w in l.weights:
                if w.name == "count":
                    packed["parameters"].append(np.zeros(1, "f4"))
                    continue
                positive = ("gamma", "moving_variance", "variance")
                low, high = (0.3, 1.5) if w.name in positive else (-1, 1)
                values = few_bits(rng.uniform(low, high, tuple(w.shape)))
                if w.name == "moving_variance":
                    values[0] = 2.0**-13  # so small that epsilon counts
                w.assign(values)
                packed["parameters"].append(values)
            if isinstance(l, layers.Normalization):
                l.finalize_state()
        x = inputs(rng, *shape)
        y = np.asarray(model(x, training=False), "f4")
        packed["inputs"].append(x)
        packed["outputs"].append(y)
        descriptions.append(json.dumps(
            {"name": case, "input": x.shape, "output": y.shape, "layers": entries},
            separators=(",", ":")))
    with h5py.File(os.path.join(FOLDER, f"{name}.h5"), "w", libver="latest") as file:
        file.attrs["cases"] = np.array(descriptions, "S")
        for key, arrays in packed.items():
            numbers = np.concatenate([a.ravel() for a in arrays])
            write(file, key, numbers.astype("f4" if key == "outputs" else "f2"))
    print(len(cases), name)


CASES = {"convolutions": CONVOLUTIONS, "operations": OPERATIONS, "channels": CHANNELS}

if __name__ == "__main__":
    wanted = sys.argv[1:] or [*NETWORKS, *CASES]
    for seed, name in enumerate(NETWORKS, 1):
        if name in wanted:
            make_network(name, seed)
    for seed, name in enumerate(CASES, 1):
        if name in wanted:
            make_cases(name, CASES[name], 1000 * seed)
    for name in wanted:
        print(name, os.path.getsize(os.path.join(FOLDER, f"{name}.h5")), "bytes")
