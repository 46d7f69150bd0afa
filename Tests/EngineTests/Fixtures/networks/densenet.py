"""DenseNet of any proportions, under the names of Keras Applications, whose growth is always 32.

After table 1 of Huang et al., Densely Connected Convolutional Networks (arXiv 1608.06993).
"""
from keras import Input, Model, layers


def build(input_shape, classes=1000, units=(6, 12, 24, 16), growth=32):
    def norm(x, name):
        return layers.BatchNormalization(epsilon=1.001e-5, name=name)(x)

    def relu(x, name):
        return layers.Activation("relu", name=name)(x)

    def convolution(x, filters, size, name, **options):
        return layers.Conv2D(filters, size, use_bias=False, name=name, **options)(x)

    def unit(x, name):
        y = relu(norm(x, f"{name}_0_bn"), f"{name}_0_relu")
        y = convolution(y, 4 * growth, 1, f"{name}_1_conv")
        y = relu(norm(y, f"{name}_1_bn"), f"{name}_1_relu")
        y = convolution(y, growth, 3, f"{name}_2_conv", padding="same")
        return layers.Concatenate(name=f"{name}_concat")([x, y])

    image = Input(input_shape, name="input")
    x = layers.ZeroPadding2D(3, name="zero_padding2d")(image)
    x = convolution(x, 2 * growth, 7, "conv1_conv", strides=2)
    x = relu(norm(x, "conv1_bn"), "conv1_relu")
    x = layers.ZeroPadding2D(1, name="zero_padding2d_1")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    for stage, count in enumerate(units, 2):
        if stage > 2:
            name = f"pool{stage - 1}"
            x = relu(norm(x, f"{name}_bn"), f"{name}_relu")
            x = convolution(x, x.shape[-1] // 2, 1, f"{name}_conv")
            x = layers.AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)
        for number in range(1, count + 1):
            x = unit(x, f"conv{stage}_block{number}")
    x = relu(norm(x, "bn"), "relu")
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    return Model(image, layers.Dense(classes, activation="softmax", name="predictions")(x))
