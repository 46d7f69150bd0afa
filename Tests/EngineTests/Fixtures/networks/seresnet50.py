"""SE-ResNet-50, and what SENet-154 shares with it, as the package classification_models has them.

After Hu et al., Squeeze-and-Excitation Networks (arXiv 1709.01507). Layers have the names of a fresh
Keras session in which classification_models, MIT licence, makes the network. That makes a convolution
for each group; here one layer is all groups and has the first one's name.
"""
from keras import Input, Model, layers


class Maker:
    """Makes layers and counts their names."""

    def __init__(self):
        self.counts = {}

    def auto(self, stem, count=1):
        index = self.counts.get(stem, 0)
        self.counts[stem] = index + count
        return f"{stem}_{index}" if index else stem

    def conv(self, x, size, filters, stride=1, groups=1):
        if size > 1:
            x = layers.ZeroPadding2D(size // 2, name=self.auto("zero_padding2d"))(x)
        if groups > 1:
            self.auto("lambda", groups)
        x = layers.Conv2D(filters, size, strides=stride, groups=groups, use_bias=False,
                          name=self.auto("conv2d", groups))(x)
        return layers.BatchNormalization(epsilon=1e-5, name=self.auto("batch_normalization"))(x)

    def activate(self, x, function="relu"):
        return layers.Activation(function, name=self.auto("activation"))(x)

    def gated(self, x):
        """Squeezes by the mean, excites by two convolutions."""
        filters = x.shape[-1]
        gate = layers.GlobalAveragePooling2D(name=self.auto("global_average_pooling2d"))(x)
        gate = layers.Reshape((1, 1, filters), name=self.auto("lambda"))(gate)
        gate = layers.Conv2D(filters // 16, 1, name=self.auto("conv2d"))(gate)
        gate = self.activate(gate)
        gate = layers.Conv2D(filters, 1, name=self.auto("conv2d"))(gate)
        gate = self.activate(gate, "sigmoid")
        return layers.Multiply(name=self.auto("multiply"))([x, gate])

    def pool(self, x):
        x = layers.ZeroPadding2D(1, name=self.auto("zero_padding2d"))(x)
        return layers.MaxPooling2D(3, strides=2, name=self.auto("max_pooling2d"))(x)

    def add(self, x, shortcut):
        return self.activate(layers.Add(name=self.auto("add"))([x, shortcut]))

    def top(self, x, classes, dropout=0.0):
        x = layers.GlobalAveragePooling2D(name=self.auto("global_average_pooling2d"))(x)
        if dropout:
            x = layers.Dropout(dropout, name="dropout")(x)
        x = layers.Dense(classes, name="dense")(x)
        return layers.Activation("softmax", name="output")(x)


def build(input_shape, classes=1000):
    maker = Maker()
    image = Input(input_shape, name="input")
    x = maker.activate(maker.conv(image, 7, 64, stride=2))
    x = maker.pool(x)
    for stage, count in enumerate((3, 4, 6, 3)):
        filters = 256 << stage
        for index in range(count):
            stride = 2 if index == 0 and stage > 0 else 1
            shortcut = x
            x = maker.activate(maker.conv(x, 1, filters // 4, stride))
            x = maker.activate(maker.conv(x, 3, filters // 4))
            x = maker.conv(x, 1, filters)
            if index == 0:
                shortcut = maker.conv(shortcut, 1, filters, stride)
            x = maker.add(maker.gated(x), shortcut)
    return Model(image, maker.top(x, classes))
