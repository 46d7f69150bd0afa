"""ResNet v1 as torchvision has it, under the names of Keras Applications.

After table 1 of He et al., Deep Residual Learning for Image Recognition (arXiv 1512.03385). Unlike
Keras's: a bottleneck strides on its 3x3 convolution, epsilon is 1e-5, no convolution has a bias.
"""
from keras import Input, Model, layers

BLOCKS = {34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
WIDTHS = (64, 128, 256, 512)


class Scheme:
    """What implementations differ in."""

    def __init__(self, epsilon=1e-5, momentum=0.9, bias=False, first_strides=False):
        self.epsilon, self.momentum = epsilon, momentum
        self.bias, self.first_strides = bias, first_strides

    def norm(self, x, name):
        return layers.BatchNormalization(
            epsilon=self.epsilon, momentum=self.momentum, name=name)(x)

    def conv(self, x, size, filters, name, stride=1):
        """A convolution that pads by half its size on every side, whatever the stride."""
        if stride == 1 or size == 1:
            padding = "same" if size > 1 else "valid"
            return layers.Conv2D(filters, size, strides=stride, padding=padding,
                                 use_bias=self.bias, name=name)(x)
        return PaddedConv2D(filters, size, strides=stride, use_bias=self.bias, name=name)(x)


class PaddedConv2D(layers.Conv2D):
    """A convolution with the same padding on all sides, as one layer."""

    def call(self, x):
        from keras import ops
        reach = self.kernel_size[0] // 2
        x = ops.pad(x, [[0, 0], [reach, reach], [reach, reach], [0, 0]])
        return super().call(x)

    def compute_output_shape(self, shape):
        reach = self.kernel_size[0] // 2
        return super().compute_output_shape(
            (shape[0], shape[1] + 2 * reach, shape[2] + 2 * reach, shape[3]))


def stem(x, scheme):
    x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
    x = layers.Conv2D(64, 7, strides=2, use_bias=scheme.bias, name="conv1_conv")(x)
    x = scheme.norm(x, "conv1_bn")
    return layers.ReLU(name="conv1_relu")(x)


def pool(x):
    # Nothing is below zero here, so zeros are as good as the library's minus infinity.
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    return layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)


def block(x, name, width, stride, bottleneck, projects, scheme):
    filters = 4 * width if bottleneck else width
    shortcut = x
    if projects:
        shortcut = scheme.conv(x, 1, filters, f"{name}_0_conv", stride)
        shortcut = scheme.norm(shortcut, f"{name}_0_bn")
    if bottleneck:
        strides = (stride, 1, 1) if scheme.first_strides else (1, stride, 1)
        parts = list(zip((1, 3, 1), (width, width, filters), strides))
    else:
        parts = [(3, width, stride), (3, width, 1)]
    for index, (size, count, part_stride) in enumerate(parts, 1):
        x = scheme.conv(x, size, count, f"{name}_{index}_conv", part_stride)
        x = scheme.norm(x, f"{name}_{index}_bn")
        if index < len(parts):
            x = layers.ReLU(name=f"{name}_{index}_relu")(x)
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    return layers.ReLU(name=f"{name}_out")(x)


def stage(x, index, count, width, stride, bottleneck, scheme):
    for number in range(1, count + 1):
        first = number == 1
        x = block(x, f"conv{index}_block{number}", width, stride if first else 1, bottleneck,
                  first and (bottleneck or stride > 1), scheme)
    return x


def top(x, classes):
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    return layers.Dense(classes, activation="softmax", name="predictions")(x)


def build(input_shape, classes=1000, depth=50, scheme=None):
    scheme = scheme or Scheme()
    image = x = Input(input_shape, name="input")
    x = pool(stem(x, scheme))
    for index, (count, width) in enumerate(zip(BLOCKS[depth], WIDTHS), 2):
        x = stage(x, index, count, width, 1 if index == 2 else 2, depth > 34, scheme)
    return Model(image, top(x, classes))
