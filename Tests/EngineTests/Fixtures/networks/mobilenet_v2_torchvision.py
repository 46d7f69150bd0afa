"""MobileNetV2 as torchvision has it, under the names of Keras Applications.

After table 2 of Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks (arXiv
1801.04381). Unlike Keras's: convolutions pad by one cell on all sides, whatever they stride by and
whatever the size of the map, and epsilon is 1e-5.
"""
from keras import Input, Model, layers, ops

# Expansion, channels, number of units, stride of the first.
ROWS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
        (6, 320, 1, 1))


class Framed:
    """A 3x3 convolution that puts a frame of zeros around its map, as one layer."""

    def call(self, x):
        return super().call(ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]))

    def compute_output_shape(self, shape):
        return super().compute_output_shape((shape[0], shape[1] + 2, shape[2] + 2, shape[3]))


class FramedConv2D(Framed, layers.Conv2D):
    pass


class FramedDepthwiseConv2D(Framed, layers.DepthwiseConv2D):
    pass


def divisible(width):
    """The nearest multiple of eight, or the next if that loses more than a tenth."""
    nearest = max(8, int(width + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * width else nearest


def norm(x, name):
    return layers.BatchNormalization(epsilon=1e-5, momentum=0.9, name=name)(x)


def unit(x, name, expansion, filters, stride):
    start, channels = x, x.shape[-1]
    if expansion > 1:
        x = layers.Conv2D(expansion * channels, 1, use_bias=False, name=f"{name}_expand")(x)
        x = norm(x, f"{name}_expand_BN")
        x = layers.ReLU(6, name=f"{name}_expand_relu")(x)
    x = FramedDepthwiseConv2D(3, strides=stride, use_bias=False, name=f"{name}_depthwise")(x)
    x = norm(x, f"{name}_depthwise_BN")
    x = layers.ReLU(6, name=f"{name}_depthwise_relu")(x)
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project")(x)
    x = norm(x, f"{name}_project_BN")
    if stride == 1 and channels == filters:
        x = layers.Add(name=f"{name}_add")([start, x])
    return x


def build(input_shape, classes=1000, alpha=1.0):
    image = Input(input_shape, name="input")
    x = FramedConv2D(divisible(32 * alpha), 3, strides=2, use_bias=False, name="Conv1")(image)
    x = norm(x, "bn_Conv1")
    x = layers.ReLU(6, name="Conv1_relu")(x)
    number = 0
    for expansion, channels, count, stride in ROWS:
        for position in range(count):
            name = f"block_{number}" if number else "expanded_conv"
            x = unit(x, name, expansion, divisible(channels * alpha), 1 if position else stride)
            number += 1
    x = layers.Conv2D(divisible(1280 * max(1, alpha)), 1, use_bias=False, name="Conv_1")(x)
    x = norm(x, "Conv_1_bn")
    x = layers.ReLU(6, name="out_relu")(x)
    x = layers.GlobalAveragePooling2D(name="global_average_pooling2d")(x)
    return Model(image, layers.Dense(classes, activation="softmax", name="predictions")(x))
