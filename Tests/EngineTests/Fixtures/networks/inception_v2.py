"""TensorFlow-Slim's InceptionV2, in Keras: after Ioffe and Szegedy, Batch Normalization, arXiv 1502.03167.

`build` makes it as TensorFlow's detectors have it, a normalisation with gamma after every
convolution; with `slim=True` as slim's own classifier has it, without gamma, and with a bias in place
of the first normalisation. Names are slim's, with "_" for "/".
"""
import keras
from keras import layers

from inception_slim import average_pool, conv, logits, max_pool, norm_relu

# Name, 1x1, (1x1, 3x3), (1x1, 3x3 twice), 1x1 after the pooling; without the first and the last if it
# halves the resolution.
MODULES = [
    ("Mixed_3b", 64, (64, 64), (64, 96), 32),
    ("Mixed_3c", 64, (64, 96), (64, 96), 64),
    ("Mixed_4a", (128, 160), (64, 96)),
    ("Mixed_4b", 224, (64, 96), (96, 128), 128),
    ("Mixed_4c", 192, (96, 128), (96, 128), 128),
    ("Mixed_4d", 160, (128, 160), (128, 160), 96),
    ("Mixed_4e", 96, (128, 192), (160, 192), 96),
    ("Mixed_5a", (128, 192), (192, 256)),
    ("Mixed_5b", 352, (192, 320), (160, 224), 128),
    ("Mixed_5c", 352, (192, 320), (192, 224), 128),
]


def module(x, name, single, three, double, pooled, gamma):
    zero = conv(x, f"{name}_Branch_0_Conv2d_0a_1x1", 1, single, gamma=gamma)
    one = conv(x, f"{name}_Branch_1_Conv2d_0a_1x1", 1, three[0], gamma=gamma)
    one = conv(one, f"{name}_Branch_1_Conv2d_0b_3x3", 3, three[1], gamma=gamma)
    two = conv(x, f"{name}_Branch_2_Conv2d_0a_1x1", 1, double[0], gamma=gamma)
    two = conv(two, f"{name}_Branch_2_Conv2d_0b_3x3", 3, double[1], gamma=gamma)
    two = conv(two, f"{name}_Branch_2_Conv2d_0c_3x3", 3, double[1], gamma=gamma)
    if name == "Mixed_5c":
        pool = max_pool(x, f"{name}_Branch_3_MaxPool_0a_3x3")
    else:
        pool = average_pool(x, f"{name}_Branch_3_AvgPool_0a_3x3")
    pool = conv(pool, f"{name}_Branch_3_Conv2d_0b_1x1", 1, pooled, gamma=gamma)
    return layers.Concatenate(name=name)([zero, one, two, pool])


def reduction(x, name, three, double, gamma):
    zero = conv(x, f"{name}_Branch_0_Conv2d_0a_1x1", 1, three[0], gamma=gamma)
    zero = conv(zero, f"{name}_Branch_0_Conv2d_1a_3x3", 3, three[1], strides=2, gamma=gamma)
    one = conv(x, f"{name}_Branch_1_Conv2d_0a_1x1", 1, double[0], gamma=gamma)
    one = conv(one, f"{name}_Branch_1_Conv2d_0b_3x3", 3, double[1], gamma=gamma)
    one = conv(one, f"{name}_Branch_1_Conv2d_1a_3x3", 3, double[1], strides=2, gamma=gamma)
    pool = max_pool(x, f"{name}_Branch_2_MaxPool_1a_3x3", strides=2)
    return layers.Concatenate(name=name)([zero, one, pool])


def build(input_shape, classes=1000, slim=False):
    gamma = not slim
    image = x = keras.Input(input_shape)
    x = layers.SeparableConv2D(
        64, 7, strides=2, padding="same", depth_multiplier=8, use_bias=slim,
        name="Conv2d_1a_7x7")(x)
    if slim:
        x = layers.ReLU(name="Conv2d_1a_7x7_relu")(x)
    else:
        x = norm_relu(x, "Conv2d_1a_7x7", gamma)
    x = max_pool(x, "MaxPool_2a_3x3", strides=2)
    x = conv(x, "Conv2d_2b_1x1", 1, 64, gamma=gamma)
    x = conv(x, "Conv2d_2c_3x3", 3, 192, gamma=gamma)
    x = max_pool(x, "MaxPool_3a_3x3", strides=2)
    for name, *filters in MODULES:
        x = (module if len(filters) == 4 else reduction)(x, name, *filters, gamma=gamma)
    x = logits(x, classes, "AvgPool_1a_7x7", "Dropout_1b", "Conv2d_1c_1x1")
    return keras.Model(image, x, name="inception_v2_slim" if slim else "inception_v2")
