#!/usr/bin/env python3
"""Compare `zoo features` with TensorFlow on checkpoints and frozen graphs of TensorFlow-Slim's networks.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu h5py numpy
    venv/bin/python Benchmarks/slim_parity.py --zoo .build/release/zoo [--networks resnet_v1_50 …]

Builds each network under slim's scopes, with random weights and statistics, at the usual size and at an
odd one; saves it as checkpoints of version 2 and 1 and as a frozen graph; and compares the maps at the
stages' ends and the classifier's probabilities. Prints ‖ours − TensorFlow's‖ / ‖TensorFlow's‖; fails
where it is more than 2e-5. The networks are described here from slim's documentation and papers, in
functions of TensorFlow alone: tf_slim itself does not run with today's Keras.
"""
import argparse, contextlib, os, subprocess, sys, tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py, numpy as np, tensorflow as tf

LIMIT = 2e-5
v1 = tf.compat.v1
v1.disable_eager_execution()


class Slim:
    """Layers that name and pad as slim's do."""

    def __init__(self, seed=0, epsilon=1e-3, scale=True, activation=tf.nn.relu, gain=1.0):
        """`gain` keeps the classifier of networks that grow from giving one class everything."""
        self.random = np.random.default_rng(seed)
        self.epsilon, self.scale, self.activation, self.gain = epsilon, scale, activation, gain

    def variable(self, name, values):
        return v1.get_variable(
            name, initializer=tf.constant(values.astype(np.float32)), use_resource=False)

    def uniform(self, low, high, count):
        return self.random.uniform(low, high, count)

    def norm(self, x, scope="BatchNorm", activation=None):
        count = x.shape[-1]
        with v1.variable_scope(scope):
            gamma = 1.0
            if self.scale:
                gamma = self.variable("gamma", self.uniform(0.8, 1.2, count))
            beta = self.variable("beta", self.uniform(-0.1, 0.1, count))
            mean = self.variable("moving_mean", self.uniform(-0.1, 0.1, count))
            variance = self.variable("moving_variance", self.uniform(0.8, 1.2, count))
        x = (x - mean) * tf.math.rsqrt(variance + self.epsilon) * gamma + beta
        return activation(x) if activation else x

    def kernel(self, name, shape, fan, gain=1.0):
        return self.variable(name, self.random.standard_normal(shape) * gain * (1.6 / fan) ** 0.5)

    def conv(self, x, filters, size, scope, stride=1, padding="SAME", norm=True, activation="own",
             gain=1.0):
        height, width = (size, size) if isinstance(size, int) else size
        channels = x.shape[-1]
        with v1.variable_scope(scope):
            kernel = self.kernel(
                "weights", (height, width, channels, filters), height * width * channels, gain)
            x = tf.nn.conv2d(x, kernel, stride, padding)
            return self.finish(x, norm, activation)

    def depthwise(self, x, scope, stride=1):
        channels = x.shape[-1]
        with v1.variable_scope(scope):
            kernel = self.kernel("depthwise_weights", (3, 3, channels, 1), 9)
            x = tf.nn.depthwise_conv2d(x, kernel, [1, stride, stride, 1], "SAME")
            return self.finish(x, True, "own")

    def finish(self, x, norm, activation):
        if norm:
            x = self.norm(x)
        else:
            x = x + self.variable("biases", self.uniform(-0.1, 0.1, x.shape[-1]))
        activation = self.activation if activation == "own" else activation
        return activation(x) if activation else x

    def conv_same(self, x, filters, size, stride, scope, **options):
        """Pads the same at both sides where it strides."""
        if stride == 1:
            return self.conv(x, filters, size, scope, **options)
        before = (size - 1) // 2
        x = tf.pad(x, [[0, 0], [before, size - 1 - before], [before, size - 1 - before], [0, 0]])
        return self.conv(x, filters, size, scope, stride, "VALID", **options)

    def pool(self, x, size, stride, kind="MAX", padding="SAME"):
        pool = tf.nn.max_pool2d if kind == "MAX" else tf.nn.avg_pool2d
        return pool(x, size, stride, padding)

    def classifier(self, x, classes, *scopes, matrix=False):
        x = tf.reduce_mean(x, [1, 2], keepdims=True)
        with contextlib.ExitStack() as stack:
            for scope in scopes[:-1]:
                stack.enter_context(v1.variable_scope(scope))
            if matrix:
                with v1.variable_scope(scopes[-1]):
                    kernel = self.kernel("weights", (x.shape[-1], classes), x.shape[-1], self.gain)
                    x = self.finish(tf.matmul(x[:, 0, 0], kernel), False, None)
            else:
                x = self.conv(
                    x, classes, 1, scopes[-1], norm=False, activation=None, gain=self.gain)[:, 0, 0]
        return tf.nn.softmax(x)


def scope(name):
    return v1.variable_scope(name)


def resnet_v1(x, units, classes=1000, seed=0):
    s, ends = Slim(seed, epsilon=1e-5, gain=0.05), {}
    x = ends["conv1_relu"] = s.conv_same(x, 64, 7, 2, "conv1")
    x = s.pool(x, 3, 2)
    for block, count in enumerate(units, 1):
        width = 32 << block
        for unit in range(1, count + 1):
            stride = 2 if unit == count and block < 4 else 1
            with scope(f"block{block}"), scope(f"unit_{unit}"), scope("bottleneck_v1"):
                if unit == 1:
                    side = s.conv(x, 4 * width, 1, "shortcut", stride, activation=None)
                else:
                    side = s.pool(x, 1, stride) if stride > 1 else x
                y = s.conv(x, width, 1, "conv1")
                y = s.conv_same(y, width, 3, stride, "conv2")
                x = tf.nn.relu(side + s.conv(y, 4 * width, 1, "conv3", activation=None))
        # Here a stage's end is subsampled after its last unit, which comes to the same.
        ends[f"conv{block + 2}_subsample" if block < 4 else f"conv5_block{count}_out"] = x
    ends["predictions"] = s.classifier(x, classes, "logits")
    return ends


def resnet_v2(x, units, classes=1001, seed=0):
    s, ends = Slim(seed, epsilon=1e-5, gain=0.05), {}
    x = ends["conv1_conv"] = s.conv_same(x, 64, 7, 2, "conv1", norm=False, activation=None)
    x = s.pool(x, 3, 2)
    for block, count in enumerate(units, 1):
        width = 32 << block
        for unit in range(1, count + 1):
            stride = 2 if unit == count and block < 4 else 1
            with scope(f"block{block}"), scope(f"unit_{unit}"), scope("bottleneck_v2"):
                pre = s.norm(x, "preact", tf.nn.relu)
                if unit == 1:
                    side = s.conv(
                        pre, 4 * width, 1, "shortcut", stride, norm=False, activation=None)
                else:
                    side = s.pool(x, 1, stride) if stride > 1 else x
                y = s.conv(pre, width, 1, "conv1")
                y = s.conv_same(y, width, 3, stride, "conv2")
                x = side + s.conv(y, 4 * width, 1, "conv3", norm=False, activation=None)
        if block < 4:
            ends[f"conv{block + 1}_block{count}_out"] = x
    x = ends["post_relu"] = s.norm(x, "postnorm", tf.nn.relu)
    ends["predictions"] = s.classifier(x, classes, "logits")
    return ends


def vgg(x, counts, classes=1000, seed=0):
    s, ends = Slim(seed), {}
    for block, count in enumerate(counts, 1):
        with scope(f"conv{block}"):
            for number in range(1, count + 1):
                x = s.conv(x, min(32 << block, 512), 3, f"conv{block}_{number}", norm=False)
        ends[f"block{block}_conv{count}"] = x
        x = s.pool(x, 2, 2, padding="VALID")
    if x.shape[1] == 7:
        x = s.conv(x, 4096, 7, "fc6", padding="VALID", norm=False)
        x = s.conv(x, 4096, 1, "fc7", norm=False)
        x = s.conv(x, classes, 1, "fc8", norm=False, activation=None)
        ends["predictions"] = tf.nn.softmax(x[:, 0, 0])
    return ends


def mobilenet_v1(x, classes=1001, seed=0):
    s, ends = Slim(seed, activation=tf.nn.relu6), {}
    x = s.conv(x, 32, 3, "Conv2d_0", 2)
    widths = [64, 128, 128, 256, 256] + 6 * [512] + 2 * [1024]
    for unit, width in enumerate(widths, 1):
        x = s.depthwise(x, f"Conv2d_{unit}_depthwise", 2 if unit in (2, 4, 6, 12) else 1)
        x = s.conv(x, width, 1, f"Conv2d_{unit}_pointwise")
        if unit in (1, 3, 5, 11, 13):
            ends[f"conv_pw_{unit}_relu"] = x
    ends["predictions"] = s.classifier(x, classes, "Logits", "Conv2d_1c_1x1")
    return ends


def mobilenet_v2(x, classes=1001, seed=0):
    s, ends = Slim(seed, activation=tf.nn.relu6), {}
    x = s.conv(x, 32, 3, "Conv", 2)
    units = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
             (6, 160, 3, 2), (6, 320, 1, 1)]
    number = 0
    for factor, width, count, first in units:
        for index in range(count):
            stride, before = first if index == 0 else 1, x
            with scope(f"expanded_conv_{number}" if number else "expanded_conv"):
                y = x
                if factor > 1:
                    y = s.conv(y, factor * x.shape[-1], 1, "expand")
                    if number in (3, 6, 13):
                        ends[f"block_{number}_expand_relu"] = y
                y = s.depthwise(y, "depthwise", stride)
                y = s.conv(y, width, 1, "project", activation=None)
            x = y + before if index else y
            number += 1
    x = ends["out_relu"] = s.conv(x, 1280, 1, "Conv_1")
    ends["predictions"] = s.classifier(x, classes, "Logits", "Conv2d_1c_1x1")
    return ends


def branches(s, x, module, lists):
    """A module: lists of (filters, name), or of a pooling's arguments, one for each branch."""
    with scope(module):
        results = []
        for index, parts in enumerate(lists):
            with scope(f"Branch_{index}"):
                results.append(chain(s, x, parts))
        return tf.concat(results, 3)


def chain(s, x, parts):
    for part in parts:
        if isinstance(part, list):  # side by side
            x = tf.concat([chain(s, x, [p]) for p in part], 3)
        elif part[0] in ("MAX", "AVG"):
            x = s.pool(x, part[1], part[2], part[0], part[3] if len(part) > 3 else "SAME")
        else:
            filters, name = part[0], part[1]
            height, width = name.split("_")[-1].split("x") if len(part) < 5 else part[4]
            stride = part[2] if len(part) > 2 else 1
            padding = part[3] if len(part) > 3 else "SAME"
            name = name if name.startswith("Conv") else f"Conv2d_{name}"
            x = s.conv(x, filters, (int(height), int(width)), name, stride, padding)
    return x


MAX, AVG, REDUCE = ("MAX", 3, 1), ("AVG", 3, 1), ("MAX", 3, 2, "VALID")


def inception_v1(x, classes=1001, seed=0):
    s, ends = Slim(seed, scale=False), {}
    x = s.conv(x, 64, 7, "Conv2d_1a_7x7", 2)
    x = s.conv(s.pool(x, 3, 2), 64, 1, "Conv2d_2b_1x1")
    x = s.pool(s.conv(x, 192, 3, "Conv2d_2c_3x3"), 3, 2)
    modules = {
        "3b": (64, 96, 128, 16, 32, 32), "3c": (128, 128, 192, 32, 96, 64),
        "4b": (192, 96, 208, 16, 48, 64), "4c": (160, 112, 224, 24, 64, 64),
        "4d": (128, 128, 256, 24, 64, 64), "4e": (112, 144, 288, 32, 64, 64),
        "4f": (256, 160, 320, 32, 128, 128), "5b": (256, 160, 320, 32, 128, 128),
        "5c": (384, 192, 384, 48, 128, 128),
    }
    for name, (a, b, c, d, e, f) in modules.items():
        last = "0a_3x3" if name == "5b" else "0b_3x3"
        x = branches(s, x, f"Mixed_{name}", [
            [(a, "0a_1x1")], [(b, "0a_1x1"), (c, "0b_3x3")], [(d, "0a_1x1"), (e, last)],
            [MAX, (f, "0b_1x1")]])
        ends[f"Mixed_{name}"] = x
        if name in ("3c", "4f"):
            x = s.pool(x, 3 if name == "3c" else 2, 2)
    ends["Predictions"] = s.classifier(x, classes, "Logits", "Conv2d_0c_1x1")
    return ends


def inception_v2(x, classes=1001, seed=0, detector=False):
    s, ends = Slim(seed, scale=detector), {}
    with scope("Conv2d_1a_7x7"):
        depthwise = s.kernel("depthwise_weights", (7, 7, 3, 8), 49)
        pointwise = s.kernel("pointwise_weights", (1, 1, 24, 64), 24)
        x = tf.nn.separable_conv2d(x, depthwise, pointwise, [1, 2, 2, 1], "SAME")
        x = s.finish(x, detector, "own")
    x = s.conv(s.pool(x, 3, 2), 64, 1, "Conv2d_2b_1x1")
    x = s.pool(s.conv(x, 192, 3, "Conv2d_2c_3x3"), 3, 2)
    modules = {
        "3b": (64, 64, 64, 64, 96, 32), "3c": (64, 64, 96, 64, 96, 64),
        "4a": (128, 160, 64, 96), "4b": (224, 64, 96, 96, 128, 128),
        "4c": (192, 96, 128, 96, 128, 128), "4d": (160, 128, 160, 128, 160, 96),
        "4e": (96, 128, 192, 160, 192, 96), "5a": (128, 192, 192, 256),
        "5b": (352, 192, 320, 160, 224, 128), "5c": (352, 192, 320, 192, 224, 128),
    }
    for name, n in modules.items():
        if len(n) == 4:
            lists = [[(n[0], "0a_1x1"), (n[1], "1a_3x3", 2)],
                     [(n[2], "0a_1x1"), (n[3], "0b_3x3"), (n[3], "1a_3x3", 2)], [("MAX", 3, 2)]]
        else:
            lists = [[(n[0], "0a_1x1")], [(n[1], "0a_1x1"), (n[2], "0b_3x3")],
                     [(n[3], "0a_1x1"), (n[4], "0b_3x3"), (n[4], "0c_3x3")],
                     [MAX if name == "5c" else AVG, (n[5], "0b_1x1")]]
        x = ends[f"Mixed_{name}"] = branches(s, x, f"Mixed_{name}", lists)
    ends["Predictions"] = s.classifier(x, classes, "Logits", "Conv2d_1c_1x1")
    return ends


def stem(s, x):
    x = s.conv(x, 32, 3, "Conv2d_1a_3x3", 2, "VALID")
    x = s.conv(x, 32, 3, "Conv2d_2a_3x3", 1, "VALID")
    return s.conv(x, 64, 3, "Conv2d_2b_3x3")


def stem_v3(s, x):
    x = s.conv(s.pool(stem(s, x), 3, 2, padding="VALID"), 80, 1, "Conv2d_3b_1x1", 1, "VALID")
    return s.pool(s.conv(x, 192, 3, "Conv2d_4a_3x3", 1, "VALID"), 3, 2, padding="VALID")


def seven(first, a, b, c, d, pooled):
    """Rows and columns of seven."""
    return [[(first, "0a_1x1")], [(a, "0a_1x1"), (b, "0b_1x7"), (c, "0c_7x1")],
            [(a, "0a_1x1"), (d[0], "0b_7x1"), (d[1], "0c_1x7"), (d[2], "0d_7x1"), (c, "0e_1x7")],
            [AVG, (pooled, "0b_1x1")]]


def inception_v3(x, classes=1001, seed=0):
    s, ends = Slim(seed, scale=False), {}
    x = stem_v3(s, x)
    for index, (name, pooled) in enumerate([("5b", 32), ("5c", 64), ("5d", 64)]):
        five = [(48, "0a_1x1"), (64, "0b_5x5")]
        if name == "5c":
            five = [(48, "0b_1x1"), (64, "Conv_1_0c_5x5")]
        x = branches(s, x, f"Mixed_{name}", [
            [(64, "0a_1x1")], five, [(64, "0a_1x1"), (96, "0b_3x3"), (96, "0c_3x3")],
            [AVG, (pooled, "0b_1x1")]])
        ends[f"mixed{index}"] = x
    x = branches(s, x, "Mixed_6a", [
        [(384, "1a_1x1", 2, "VALID", (3, 3))],
        [(64, "0a_1x1"), (96, "0b_3x3"), (96, "1a_1x1", 2, "VALID", (3, 3))], [REDUCE]])
    for index, (name, width) in enumerate([("6b", 128), ("6c", 160), ("6d", 160), ("6e", 192)], 4):
        lists = seven(192, width, width, 192, [width] * 3, 192)
        x = ends[f"mixed{index}"] = branches(s, x, f"Mixed_{name}", lists)
    x = branches(s, x, "Mixed_7a", [
        [(192, "0a_1x1"), (320, "1a_3x3", 2, "VALID")],
        [(192, "0a_1x1"), (192, "0b_1x7"), (192, "0c_7x1"), (192, "1a_3x3", 2, "VALID")],
        [REDUCE]])
    for index, (name, column) in enumerate([("7b", "0b_3x1"), ("7c", "0c_3x1")], 9):
        x = ends[f"mixed{index}"] = branches(s, x, f"Mixed_{name}", [
            [(320, "0a_1x1")], [(384, "0a_1x1"), [(384, "0b_1x3"), (384, column)]],
            [(448, "0a_1x1"), (384, "0b_3x3"), [(384, "0c_1x3"), (384, "0d_3x1")]],
            [AVG, (192, "0b_1x1")]])
    ends["predictions"] = s.classifier(x, classes, "Logits", "Conv2d_1c_1x1")
    return ends


def inception_v4(x, classes=1001, seed=0):
    s, ends = Slim(seed, scale=False), {}
    x = stem(s, x)
    x = branches(s, x, "Mixed_3a", [[REDUCE], [(96, "0a_3x3", 2, "VALID")]])
    x = branches(s, x, "Mixed_4a", [
        [(64, "0a_1x1"), (96, "1a_3x3", 1, "VALID")],
        [(64, "0a_1x1"), (64, "0b_1x7"), (64, "0c_7x1"), (96, "1a_3x3", 1, "VALID")]])
    x = branches(s, x, "Mixed_5a", [[(192, "1a_3x3", 2, "VALID")], [REDUCE]])
    for name in "bcde":
        x = branches(s, x, f"Mixed_5{name}", [
            [(96, "0a_1x1")], [(64, "0a_1x1"), (96, "0b_3x3")],
            [(64, "0a_1x1"), (96, "0b_3x3"), (96, "0c_3x3")], [AVG, (96, "0b_1x1")]])
    x = branches(s, x, "Mixed_6a", [
        [(384, "1a_3x3", 2, "VALID")],
        [(192, "0a_1x1"), (224, "0b_3x3"), (256, "1a_3x3", 2, "VALID")], [REDUCE]])
    for name in "bcdefgh":
        x = branches(s, x, f"Mixed_6{name}", seven(384, 192, 224, 256, [192, 224, 224], 128))
    x = branches(s, x, "Mixed_7a", [
        [(192, "0a_1x1"), (192, "1a_3x3", 2, "VALID")],
        [(256, "0a_1x1"), (256, "0b_1x7"), (320, "0c_7x1"), (320, "1a_3x3", 2, "VALID")],
        [REDUCE]])
    for name in "bcd":
        x = branches(s, x, f"Mixed_7{name}", [
            [(256, "0a_1x1")], [(384, "0a_1x1"), [(256, "0b_1x3"), (256, "0c_3x1")]],
            [(384, "0a_1x1"), (448, "0b_3x1"), (512, "0c_1x3"), [(256, "0d_1x3"), (256, "0e_3x1")]],
            [AVG, (256, "0b_1x1")]])
    ends["dense"] = s.classifier(x, classes, "Logits", "Logits", matrix=True)
    return ends


def inception_resnet_v2(x, classes=1001, seed=0):
    s, ends = Slim(seed, scale=False), {}

    def block(x, name, lists, factor, activation=tf.nn.relu):
        with scope(name):
            results = []
            for index, parts in enumerate(lists):
                with scope(f"Branch_{index}"):
                    results.append(chain(s, x, parts))
            y = s.conv(
                tf.concat(results, 3), x.shape[-1], 1, "Conv2d_1x1", norm=False, activation=None)
            x = x + factor * y
            return activation(x) if activation else x

    x = branches(s, stem_v3(s, x), "Mixed_5b", [
        [(96, "1x1")], [(48, "0a_1x1"), (64, "0b_5x5")],
        [(64, "0a_1x1"), (96, "0b_3x3"), (96, "0c_3x3")], [AVG, (64, "0b_1x1")]])
    with scope("Repeat"):
        for index in range(1, 11):
            x = block(x, f"block35_{index}", [
                [(32, "1x1")], [(32, "0a_1x1"), (32, "0b_3x3")],
                [(32, "0a_1x1"), (48, "0b_3x3"), (64, "0c_3x3")]], 0.17)
    ends["block35_10_ac"] = x
    x = branches(s, x, "Mixed_6a", [
        [(384, "1a_3x3", 2, "VALID")],
        [(256, "0a_1x1"), (256, "0b_3x3"), (384, "1a_3x3", 2, "VALID")], [REDUCE]])
    with scope("Repeat_1"):
        for index in range(1, 21):
            x = block(x, f"block17_{index}", [
                [(192, "1x1")], [(128, "0a_1x1"), (160, "0b_1x7"), (192, "0c_7x1")]], 0.1)
    ends["block17_20_ac"] = x
    x = branches(s, x, "Mixed_7a", [
        [(256, "0a_1x1"), (384, "1a_3x3", 2, "VALID")],
        [(256, "0a_1x1"), (288, "1a_3x3", 2, "VALID")],
        [(256, "0a_1x1"), (288, "0b_3x3"), (320, "1a_3x3", 2, "VALID")], [REDUCE]])
    eight = [[(192, "1x1")], [(192, "0a_1x1"), (224, "0b_1x3"), (256, "0c_3x1")]]
    with scope("Repeat_2"):
        for index in range(1, 10):
            x = block(x, f"block8_{index}", eight, 0.2)
    x = block(x, "Block8", eight, 1.0, None)
    x = ends["conv_7b_ac"] = s.conv(x, 1536, 1, "Conv2d_7b_1x1")
    ends["predictions"] = s.classifier(x, classes, "Logits", "Logits", matrix=True)
    return ends


UNITS = {50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3]}
# By slim's name: the scope, the builder, our name, the usual side and the odd sides.
NETWORKS = {
    **{f"resnet_v1_{d}": (f"resnet_v1_{d}", lambda x, u=u: resnet_v1(x, u), f"resnet{d}_v1", 224,
                          (193, 161)) for d, u in UNITS.items()},
    **{f"resnet_v2_{d}": (f"resnet_v2_{d}", lambda x, u=u: resnet_v2(x, u), f"resnet{d}_v2", 224,
                          (193, 161)) for d, u in UNITS.items()},
    "vgg_16": ("vgg_16", lambda x: vgg(x, [2, 2, 3, 3, 3]), "vgg16", 224, None),
    "vgg_19": ("vgg_19", lambda x: vgg(x, [2, 2, 4, 4, 4]), "vgg19", 224, None),
    "mobilenet_v1": ("MobilenetV1", mobilenet_v1, "mobilenet_v1", 224, (193, 161)),
    "mobilenet_v2": ("MobilenetV2", mobilenet_v2, "mobilenet_v2", 224, (193, 161)),
    "inception_v1": ("InceptionV1", inception_v1, "inception_v1", 224, (193, 161)),
    "inception_v2": ("InceptionV2", inception_v2, "inception_v2", 224, (193, 161)),
    "inception_v2_detector": ("InceptionV2", lambda x: inception_v2(x, detector=True),
                              "inception_v2", 224, (193, 161)),
    "inception_v3": ("InceptionV3", inception_v3, "inception_v3", 299, (251, 187)),
    "inception_v4": ("InceptionV4", inception_v4, "inception_v4", 299, (251, 187)),
    "inception_resnet_v2": ("InceptionResnetV2", inception_resnet_v2, "inception_resnet_v2", 299,
                            (251, 187)),
}
FORMS = {"version 2": "model.ckpt", "version 1": "first.ckpt", "frozen": "model.pb"}


def save(session, graph, outputs, folder):
    """The three forms of one network."""
    with graph.as_default():
        variables = v1.global_variables()
        v1.train.Saver(variables).save(session, f"{folder}/model.ckpt", write_meta_graph=False)
        v1.train.Saver(variables, write_version=v1.train.SaverDef.V1).save(
            session, f"{folder}/first.ckpt", write_meta_graph=False)
        frozen = v1.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), [o.op.name for o in outputs])
        with open(f"{folder}/model.pb", "wb") as file:
            file.write(frozen.SerializeToString())


def compare(a, name, size, forms):
    top, build, backbone, _, _ = NETWORKS[name]
    graph, failed = tf.Graph(), False
    image = np.random.default_rng(1).uniform(-1, 1, (1, *size, 3)).astype(np.float32)
    with graph.as_default(), tempfile.TemporaryDirectory() as folder, v1.Session() as session:
        x = v1.placeholder(tf.float32, image.shape)
        with scope(top):
            ends = build(x)
        session.run(v1.global_variables_initializer())
        values = session.run(ends, {x: image})
        save(session, graph, list(ends.values()), folder)
        np.save(f"{folder}/input.npy", image)
        for form in forms:
            command = [a.zoo, "features", f"{folder}/input.npy", "--backbone", backbone]
            command += ["--weights", f"{folder}/{FORMS[form]}", "--endpoints", ",".join(values)]
            command += ["--output", f"{folder}/out.h5", "--precision", "f32", *a.options]
            if subprocess.run(command, stdout=subprocess.DEVNULL).returncode:
                print(f"{name} {size[0]}×{size[1]} {form}: zoo failed: {' '.join(command)}")
                failed = True
                continue
            with h5py.File(f"{folder}/out.h5") as ours:
                for end, theirs in values.items():
                    mine = np.asarray(ours[end], "f8").reshape(theirs.shape)
                    error = np.linalg.norm(mine - theirs) / np.linalg.norm(theirs)
                    failed |= bool(not error <= LIMIT)
                    print(f"{name} {size[0]}×{size[1]} {form:<9} {end:<20} {error:.1e} "
                          + ("ok" if error <= LIMIT else "FAILED"))
    return failed


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--zoo", default=".build/release/zoo")
    p.add_argument("--networks", nargs="*", choices=NETWORKS, default=[
        "resnet_v1_50", "mobilenet_v1", "mobilenet_v2", "inception_v3"])
    p.add_argument("--options", nargs="*", default=[], help="more options for zoo features")
    a = p.parse_args()
    failed = False
    for name in a.networks:
        usual, odd = NETWORKS[name][3:]
        failed |= compare(a, name, (usual, usual), FORMS)
        if odd:
            failed |= compare(a, name, odd, ["version 2"])
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
