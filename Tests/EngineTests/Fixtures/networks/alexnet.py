"""AlexNet in the form of Caffe's reference network, which R-CNN was made of.

After figure 2 of Krizhevsky et al., ImageNet Classification with Deep Convolutional Neural Networks,
and Caffe's models/bvlc_reference_caffenet: pooling before normalisation, whose bias is 1 and whose
alpha is 1e-4 over the number of channels. Layers have Caffe's names.
"""
from keras import Input, Model, layers, ops


class GroupedConv2D(layers.Conv2D):
    """A convolution in groups that needs no support of them, which TensorFlow lacks on some CPUs."""

    def call(self, x):
        parts = zip(ops.split(x, self.groups, -1), ops.split(self.kernel, self.groups, -1))
        x = ops.concatenate(
            [ops.conv(part, kernel, padding=self.padding) for part, kernel in parts], -1)
        return self.activation(x + self.bias)


class LocalResponseNormalization(layers.Layer):
    """x / (bias + alpha * sum of squares of the channels within the radius) ** beta."""

    def __init__(self, radius=2, bias=1.0, alpha=1e-4 / 5, beta=0.75, **options):
        super().__init__(**options)
        self.radius, self.bias, self.alpha, self.beta = radius, bias, alpha, beta

    def call(self, x):
        squares = ops.pad(x * x, [[0, 0]] * 3 + [[self.radius, self.radius]])
        channels = x.shape[-1]
        total = sum(squares[..., i:i + channels] for i in range(2 * self.radius + 1))
        return x / (self.bias + self.alpha * total) ** self.beta

    def compute_output_shape(self, shape):
        return shape


def build(input_shape, classes=1000, filters=(96, 256, 384, 384, 256), units=4096):
    def convolution(x, name, count):
        return layers.Conv2D(count, 3, padding="same", activation="relu", name=name)(x)

    def grouped(x, name, size, count):
        return GroupedConv2D(
            count, size, groups=2, padding="same", activation="relu", name=name)(x)

    image = Input(input_shape, name="input")
    x = layers.Conv2D(filters[0], 11, strides=4, activation="relu", name="conv1")(image)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    x = LocalResponseNormalization(name="norm1")(x)
    x = grouped(x, "conv2", 5, filters[1])
    x = layers.MaxPooling2D(3, strides=2, name="pool2")(x)
    x = LocalResponseNormalization(name="norm2")(x)
    x = convolution(x, "conv3", filters[2])
    x = grouped(x, "conv4", 3, filters[3])
    x = grouped(x, "conv5", 3, filters[4])
    x = layers.MaxPooling2D(3, strides=2, name="pool5")(x)
    x = layers.Flatten(name="flatten")(x)
    for number in (6, 7):
        x = layers.Dense(units, activation="relu", name=f"fc{number}")(x)
        x = layers.Dropout(0.5, name=f"drop{number}")(x)
    return Model(image, layers.Dense(classes, activation="softmax", name="fc8")(x))
