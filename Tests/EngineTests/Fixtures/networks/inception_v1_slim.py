"""TensorFlow-Slim's InceptionV1, in Keras: normalised after every convolution, 3x3 for each 5x5.

Its names, with "_" for "/".
"""
import keras
from keras import layers

from inception_slim import conv, logits, max_pool

# Name, 1x1, (1x1, 3x3), (1x1, 3x3), 1x1 after the pooling; a name alone is a pooling.
MODULES = [
    ("MaxPool_3a_3x3",),
    ("Mixed_3b", 64, (96, 128), (16, 32), 32),
    ("Mixed_3c", 128, (128, 192), (32, 96), 64),
    ("MaxPool_4a_3x3",),
    ("Mixed_4b", 192, (96, 208), (16, 48), 64),
    ("Mixed_4c", 160, (112, 224), (24, 64), 64),
    ("Mixed_4d", 128, (128, 256), (24, 64), 64),
    ("Mixed_4e", 112, (144, 288), (32, 64), 64),
    ("Mixed_4f", 256, (160, 320), (32, 128), 128),
    ("MaxPool_5a_2x2",),
    ("Mixed_5b", 256, (160, 320), (32, 128), 128),
    ("Mixed_5c", 384, (192, 384), (48, 128), 128),
]


def module(x, name, single, three, other, pooled):
    zero = conv(x, f"{name}_Branch_0_Conv2d_0a_1x1", 1, single)
    one = conv(x, f"{name}_Branch_1_Conv2d_0a_1x1", 1, three[0])
    one = conv(one, f"{name}_Branch_1_Conv2d_0b_3x3", 3, three[1])
    two = conv(x, f"{name}_Branch_2_Conv2d_0a_1x1", 1, other[0])
    second = "Conv2d_0a_3x3" if name == "Mixed_5b" else "Conv2d_0b_3x3"
    two = conv(two, f"{name}_Branch_2_{second}", 3, other[1])
    pool = max_pool(x, f"{name}_Branch_3_MaxPool_0a_3x3")
    pool = conv(pool, f"{name}_Branch_3_Conv2d_0b_1x1", 1, pooled)
    return layers.Concatenate(name=name)([zero, one, two, pool])


def build(input_shape, classes=1000):
    image = x = keras.Input(input_shape)
    x = conv(x, "Conv2d_1a_7x7", 7, 64, strides=2)
    x = max_pool(x, "MaxPool_2a_3x3", strides=2)
    x = conv(x, "Conv2d_2b_1x1", 1, 64)
    x = conv(x, "Conv2d_2c_3x3", 3, 192)
    for name, *filters in MODULES:
        if filters:
            x = module(x, name, *filters)
        else:
            x = max_pool(x, name, size=2 if name.endswith("2x2") else 3, strides=2)
    x = logits(x, classes, "AvgPool_0a_7x7", "Dropout_0b", "Conv2d_0c_1x1")
    return keras.Model(image, x, name="inception_v1_slim")
