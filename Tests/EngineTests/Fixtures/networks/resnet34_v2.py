"""ResNet-34 v2 under the names of the package classification_models, MIT licence.

After He et al., Identity Mappings in Deep Residual Networks (arXiv 1603.05027). Pixels are normalised
by the first layer; the first unit of every stage projects what has been activated; no convolution has
a bias; epsilon is 2e-5. Layers without a name of their own have those of a fresh Keras session.
"""
from keras import Input, Model, layers

UNITS = (3, 4, 6, 3)


def build(input_shape, classes=1000):
    counts = {}

    def auto(stem):
        index = counts[stem] = counts.get(stem, -1) + 1
        return f"{stem}_{index}" if index else stem

    def norm(x, name, **options):
        return layers.BatchNormalization(epsilon=2e-5, name=name, **options)(x)

    def activated(x, prefix, index):
        x = norm(x, f"{prefix}bn{index}")
        return layers.ReLU(name=f"{prefix}relu{index}")(x)

    def conv(x, size, filters, name, stride=1):
        if size > 1:
            x = layers.ZeroPadding2D(size // 2, name=auto("zero_padding2d"))(x)
        return layers.Conv2D(filters, size, strides=stride, use_bias=False, name=name)(x)

    image = Input(input_shape, name="data")
    x = norm(image, "bn_data", scale=False)
    x = conv(x, 7, 64, "conv0", stride=2)
    x = layers.ReLU(name="relu0")(norm(x, "bn0"))
    x = layers.ZeroPadding2D(1, name=auto("zero_padding2d"))(x)
    x = layers.MaxPooling2D(3, strides=2, name="pooling0")(x)
    for stage, count in enumerate(UNITS, 1):
        width = 64 << (stage - 1)
        for unit in range(1, count + 1):
            prefix = f"stage{stage}_unit{unit}_"
            stride = 2 if unit == 1 and stage > 1 else 1
            shortcut = x
            x = activated(x, prefix, 1)
            if unit == 1:
                shortcut = conv(x, 1, width, f"{prefix}sc", stride)
            x = conv(x, 3, width, f"{prefix}conv1", stride)
            x = activated(x, prefix, 2)
            x = conv(x, 3, width, f"{prefix}conv2")
            x = layers.Add(name=auto("add"))([x, shortcut])
    x = activated(x, "", 1)
    x = layers.GlobalAveragePooling2D(name="pool1")(x)
    x = layers.Dense(classes, name="fc1")(x)
    return Model(image, layers.Softmax(name="softmax")(x))
