"""MobileNet v3 as torchvision has it, under the names of Keras Applications.

After tables 1 and 2 of Howard et al., Searching for MobileNetV3 (arXiv 1905.02244). Unlike Keras's:
nothing scales the image, convolutions pad by as many cells on all sides, whatever they stride by and
whatever the size of the map, and momentum is 0.99.
"""
from keras import Input, Model, layers, ops

from mobilenet_v2_torchvision import divisible

RELU, HARD = "relu", "hard_silu"

# Kernel, expanded to, channels, gate, activation, stride.
ROWS = {
    "large": (
        (3, 16, 16, False, RELU, 1), (3, 64, 24, False, RELU, 2), (3, 72, 24, False, RELU, 1),
        (5, 72, 40, True, RELU, 2), (5, 120, 40, True, RELU, 1), (5, 120, 40, True, RELU, 1),
        (3, 240, 80, False, HARD, 2), (3, 200, 80, False, HARD, 1), (3, 184, 80, False, HARD, 1),
        (3, 184, 80, False, HARD, 1), (3, 480, 112, True, HARD, 1), (3, 672, 112, True, HARD, 1),
        (5, 672, 160, True, HARD, 2), (5, 960, 160, True, HARD, 1), (5, 960, 160, True, HARD, 1)),
    "small": (
        (3, 16, 16, True, RELU, 2), (3, 72, 24, False, RELU, 2), (3, 88, 24, False, RELU, 1),
        (5, 96, 40, True, HARD, 2), (5, 240, 40, True, HARD, 1), (5, 240, 40, True, HARD, 1),
        (5, 120, 48, True, HARD, 1), (5, 144, 48, True, HARD, 1), (5, 288, 96, True, HARD, 2),
        (5, 576, 96, True, HARD, 1), (5, 576, 96, True, HARD, 1)),
}
LAST = {"large": 1280, "small": 1024}


def norm(x, name):
    return layers.BatchNormalization(epsilon=1e-3, momentum=0.99, name=name)(x)


class Framed:
    """A convolution that puts a frame of zeros around its map, as one layer."""

    @property
    def frame(self):
        return self.kernel_size[0] // 2

    def call(self, x):
        return super().call(ops.pad(x, [[0, 0], [self.frame] * 2, [self.frame] * 2, [0, 0]]))

    def compute_output_shape(self, shape):
        sides = [side + 2 * self.frame for side in shape[1:3]]
        return super().compute_output_shape((shape[0], *sides, shape[3]))


class FramedConv2D(Framed, layers.Conv2D):
    pass


class FramedDepthwiseConv2D(Framed, layers.DepthwiseConv2D):
    pass


def build(input_shape, size, classes=1000, alpha=1.0):
    counts = {"activation": 0, "re_lu": 0}

    def activation(x, kind):
        stem = "activation" if kind == HARD else "re_lu"
        name = f"{stem}_{counts[stem]}" if counts[stem] else stem
        counts[stem] += 1
        return layers.Activation(kind, name=name)(x)

    def convolution(x, name, kernel, filters, stride=1):
        x = FramedConv2D(filters, kernel, strides=stride, use_bias=False, name=name)(x)
        return norm(x, f"{name}_bn")

    image = Input(input_shape, name="input")
    x = convolution(image, "conv", 3, divisible(16 * alpha), 2)
    x = activation(x, HARD)
    for index, (kernel, expanded, channels, gate, kind, stride) in enumerate(ROWS[size]):
        name = f"expanded_conv_{index}" if index else "expanded_conv"
        start, width, channels = x, divisible(expanded * alpha), divisible(channels * alpha)
        if width != x.shape[-1]:
            x = activation(convolution(x, f"{name}_expand", 1, width), kind)
        x = FramedDepthwiseConv2D(
            kernel, strides=stride, use_bias=False, name=f"{name}_depthwise")(x)
        x = activation(norm(x, f"{name}_depthwise_bn"), kind)
        if gate:
            prefix = f"{name}_squeeze_excite"
            y = layers.GlobalAveragePooling2D(keepdims=True, name=f"{prefix}_avg_pool")(x)
            y = layers.Conv2D(divisible(width // 4), 1, name=f"{prefix}_conv")(y)
            y = layers.ReLU(name=f"{prefix}_relu")(y)
            y = layers.Conv2D(width, 1, name=f"{prefix}_conv_1")(y)
            y = activation(y, "hard_sigmoid")
            x = layers.Multiply(name=f"{prefix}_mul")([x, y])
        x = convolution(x, f"{name}_project", 1, channels)
        if stride == 1 and start.shape[-1] == channels:
            x = layers.Add(name=f"{name}_add")([start, x])
    x = activation(convolution(x, "conv_1", 1, 6 * x.shape[-1]), HARD)
    x = layers.GlobalAveragePooling2D(keepdims=True, name="global_average_pooling2d")(x)
    x = layers.Conv2D(divisible(LAST[size] * alpha), 1, name="conv_2")(x)
    x = layers.Dropout(0.2, name="dropout")(activation(x, HARD))
    x = layers.Conv2D(classes, 1, name="logits")(x)
    x = layers.Flatten(name="flatten")(x)
    return Model(image, layers.Activation("softmax", name="predictions")(x))
