"""Xception of any proportions, under the names of Keras Applications, which has but one size.

After figure 5 of Chollet, Xception (arXiv 1610.02357). Call keras.backend.clear_session() first: the
shortcuts' layers and the sums have the names that a fresh session gives.
"""
from keras import Input, Model, layers


def build(input_shape, classes=1000, entry=(32, 64, 128, 256, 728), middle=8,
          exit=(1024, 1536, 2048)):
    def norm(x, name=None):
        return layers.BatchNormalization(name=name)(x)

    def separable(x, filters, name):
        x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
        return norm(x, f"{name}_bn")

    def relu(x, name):
        return layers.Activation("relu", name=name)(x)

    def reduction(x, block, first, second):
        shortcut = layers.Conv2D(second, 1, strides=2, padding="same", use_bias=False)(x)
        shortcut = norm(shortcut)
        if block > 2:
            x = relu(x, f"block{block}_sepconv1_act")
        x = separable(x, first, f"block{block}_sepconv1")
        x = relu(x, f"block{block}_sepconv2_act")
        x = separable(x, second, f"block{block}_sepconv2")
        x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"block{block}_pool")(x)
        return layers.add([x, shortcut])

    image = x = Input(input_shape, name="input")
    for index, stride in ((1, 2), (2, 1)):
        name = f"block1_conv{index}"
        x = layers.Conv2D(entry[index - 1], 3, strides=stride, use_bias=False, name=name)(x)
        x = relu(norm(x, f"{name}_bn"), f"{name}_act")
    for block in (2, 3, 4):
        x = reduction(x, block, entry[block], entry[block])
    for block in range(5, 5 + middle):
        start = x
        for index in (1, 2, 3):
            name = f"block{block}_sepconv{index}"
            x = separable(relu(x, f"{name}_act"), entry[4], name)
        x = layers.add([x, start])
    x = reduction(x, 5 + middle, entry[4], exit[0])
    for index in (1, 2):
        name = f"block{6 + middle}_sepconv{index}"
        x = relu(separable(x, exit[index], name), f"{name}_act")
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    return Model(image, layers.Dense(classes, activation="softmax", name="predictions")(x))
