"""GoogLeNet, in Keras: Szegedy et al., Going Deeper with Convolutions, table 1, arXiv 1409.4842.

Where the paper leaves a choice, Caffe's authors' model is followed: three cells of padding around the
first convolution, poolings that round up how many cells come out, local response normalisation over
five channels with an alpha of 1e-4 for all of them. Layers have the names of that model, with "_" for
"/".
"""
import keras
from keras import layers, ops

# Name, 1x1, (1x1, 3x3), (1x1, 5x5), 1x1 after the pooling.
MODULES = {
    3: [("3a", 64, (96, 128), (16, 32), 32), ("3b", 128, (128, 192), (32, 96), 64)],
    4: [
        ("4a", 192, (96, 208), (16, 48), 64), ("4b", 160, (112, 224), (24, 64), 64),
        ("4c", 128, (128, 256), (24, 64), 64), ("4d", 112, (144, 288), (32, 64), 64),
        ("4e", 256, (160, 320), (32, 128), 128),
    ],
    5: [("5a", 256, (160, 320), (32, 128), 128), ("5b", 384, (192, 384), (48, 128), 128)],
}


class LocalResponseNorm(layers.Layer):
    """x / (1 + alpha / 5 * sum of squares over five channels) ** beta."""

    def call(self, x):
        channels = x.shape[-1]
        squares = ops.pad(ops.square(x), [(0, 0), (0, 0), (0, 0), (2, 2)])
        total = sum(squares[..., shift:shift + channels] for shift in range(5))
        return x / ops.power(1.0 + 1e-4 / 5 * total, 0.75)


def conv(x, name, size, filters, **options):
    options = {"padding": "same", "activation": "relu", **options}
    return layers.Conv2D(filters, size, name=name, **options)(x)


def pool(x, name):
    x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"{name}_pad")(x)
    return layers.MaxPooling2D(3, strides=2, name=name)(x)


def module(x, name, single, three, five, pooled):
    name = f"inception_{name}"
    ones = conv(x, f"{name}_1x1", 1, single)
    threes = conv(x, f"{name}_3x3_reduce", 1, three[0])
    threes = conv(threes, f"{name}_3x3", 3, three[1])
    fives = conv(x, f"{name}_5x5_reduce", 1, five[0])
    fives = conv(fives, f"{name}_5x5", 5, five[1])
    pool = layers.MaxPooling2D(3, strides=1, padding="same", name=f"{name}_pool")(x)
    pool = conv(pool, f"{name}_pool_proj", 1, pooled)
    return layers.Concatenate(name=f"{name}_output")([ones, threes, fives, pool])


def build(input_shape, classes=1000):
    image = x = keras.Input(input_shape)
    x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
    x = conv(x, "conv1_7x7_s2", 7, 64, strides=2, padding="valid")
    x = pool(x, "pool1_3x3_s2")
    x = LocalResponseNorm(name="pool1_norm1")(x)
    x = conv(x, "conv2_3x3_reduce", 1, 64)
    x = conv(x, "conv2_3x3", 3, 192)
    x = LocalResponseNorm(name="conv2_norm2")(x)
    for stage, before in ((3, 2), (4, 3), (5, 4)):
        x = pool(x, f"pool{before}_3x3_s2")
        for parts in MODULES[stage]:
            x = module(x, *parts)
    x = layers.GlobalAveragePooling2D(name="pool5_7x7_s1")(x)
    x = layers.Dropout(0.4, name="pool5_drop_7x7_s1")(x)
    x = layers.Dense(classes, name="loss3_classifier")(x)
    x = layers.Activation("softmax", name="prob")(x)
    return keras.Model(image, x, name="inception_v1")
