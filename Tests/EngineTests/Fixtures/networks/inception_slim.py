"""What TensorFlow-Slim's Inception networks have in common, in Keras."""
from keras import layers


def norm_relu(x, name, gamma):
    x = layers.BatchNormalization(
        epsilon=1e-3, scale=gamma, momentum=0.99 if gamma else 0.9997, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)


def conv(x, name, size, filters, strides=1, gamma=False):
    x = layers.Conv2D(
        filters, size, strides=strides, padding="same", use_bias=False, name=name)(x)
    return norm_relu(x, name, gamma)


def max_pool(x, name, size=3, strides=1):
    return layers.MaxPooling2D(size, strides=strides, padding="same", name=name)(x)


def average_pool(x, name):
    return layers.AveragePooling2D(3, strides=1, padding="same", name=name)(x)


def logits(x, classes, pool, dropout, conv):
    x = layers.GlobalAveragePooling2D(keepdims=True, name=f"Logits_{pool}")(x)
    x = layers.Dropout(0.2, name=f"Logits_{dropout}")(x)
    x = layers.Conv2D(classes, 1, name=f"Logits_{conv}")(x)
    x = layers.Flatten(name="Logits_SpatialSqueeze")(x)
    return layers.Activation("softmax", name="Predictions")(x)
