"""Inception-v4, in Keras: Szegedy et al., arXiv 1602.07261, figures 3 to 9.

Layers are made in the order in which github.com/kentsommer/keras-inceptionV4 makes them, on which
their numbered names depend; a fresh session counts from 0.
"""
import keras
from keras import layers


def conv(x, filters, rows, columns, strides=1, padding="same"):
    x = layers.Conv2D(
        filters, (rows, columns), strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization(scale=False, epsilon=1e-3)(x)
    return layers.Activation("relu")(x)


def halve(x):
    return layers.MaxPooling2D(3, strides=2, padding="valid")(x)


def average(x):
    return layers.AveragePooling2D(3, strides=1, padding="same")(x)


def stem(x):
    x = conv(x, 32, 3, 3, strides=2, padding="valid")
    x = conv(x, 32, 3, 3, padding="valid")
    x = conv(x, 64, 3, 3)
    pool = halve(x)
    x = layers.Concatenate()([pool, conv(x, 96, 3, 3, strides=2, padding="valid")])
    short = conv(x, 64, 1, 1)
    short = conv(short, 96, 3, 3, padding="valid")
    long = conv(x, 64, 1, 1)
    long = conv(long, 64, 1, 7)
    long = conv(long, 64, 7, 1)
    long = conv(long, 96, 3, 3, padding="valid")
    x = layers.Concatenate()([short, long])
    strided = conv(x, 192, 3, 3, strides=2, padding="valid")
    return layers.Concatenate()([strided, halve(x)])


def inception_a(x):
    zero = conv(x, 96, 1, 1)
    one = conv(conv(x, 64, 1, 1), 96, 3, 3)
    two = conv(conv(conv(x, 64, 1, 1), 96, 3, 3), 96, 3, 3)
    three = conv(average(x), 96, 1, 1)
    return layers.Concatenate()([zero, one, two, three])


def reduction_a(x):
    zero = conv(x, 384, 3, 3, strides=2, padding="valid")
    one = conv(conv(x, 192, 1, 1), 224, 3, 3)
    one = conv(one, 256, 3, 3, strides=2, padding="valid")
    return layers.Concatenate()([zero, one, halve(x)])


def inception_b(x):
    zero = conv(x, 384, 1, 1)
    one = conv(conv(conv(x, 192, 1, 1), 224, 1, 7), 256, 7, 1)
    two = conv(conv(x, 192, 1, 1), 192, 7, 1)
    two = conv(conv(two, 224, 1, 7), 224, 7, 1)
    two = conv(two, 256, 1, 7)
    three = conv(average(x), 128, 1, 1)
    return layers.Concatenate()([zero, one, two, three])


def reduction_b(x):
    zero = conv(conv(x, 192, 1, 1), 192, 3, 3, strides=2, padding="valid")
    one = conv(conv(conv(x, 256, 1, 1), 256, 1, 7), 320, 7, 1)
    one = conv(one, 320, 3, 3, strides=2, padding="valid")
    return layers.Concatenate()([zero, one, halve(x)])


def inception_c(x):
    zero = conv(x, 256, 1, 1)
    one = conv(x, 384, 1, 1)
    wide = conv(one, 256, 1, 3)
    one = layers.Concatenate()([wide, conv(one, 256, 3, 1)])
    two = conv(conv(conv(x, 384, 1, 1), 448, 3, 1), 512, 1, 3)
    wide = conv(two, 256, 1, 3)
    two = layers.Concatenate()([wide, conv(two, 256, 3, 1)])
    three = conv(average(x), 256, 1, 1)
    return layers.Concatenate()([zero, one, two, three])


def build(input_shape, classes=1000):
    image = keras.Input(input_shape)
    x = stem(image)
    for _ in range(4):
        x = inception_a(x)
    x = reduction_a(x)
    for _ in range(7):
        x = inception_b(x)
    x = reduction_b(x)
    for _ in range(3):
        x = inception_c(x)
    # All cells that are left; 8 x 8 at the published size.
    x = layers.AveragePooling2D(x.shape[1:3], padding="valid")(x)
    x = layers.Dropout(0.2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(image, x, name="inception_v4")
