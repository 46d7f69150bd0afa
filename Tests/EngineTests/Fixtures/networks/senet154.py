"""SENet-154 as the package classification_models has it; see seresnet50.py."""
from keras import Input, Model

from seresnet50 import Maker


def build(input_shape, classes=1000):
    maker = Maker()
    image = x = Input(input_shape, name="input")
    for filters, stride in ((64, 2), (64, 1), (128, 1)):
        x = maker.activate(maker.conv(x, 3, filters, stride))
    x = maker.pool(x)
    for stage, count in enumerate((3, 8, 36, 3)):
        filters = 256 << stage
        for index in range(count):
            stride = 2 if index == 0 and stage > 0 else 1
            shortcut = x
            x = maker.activate(maker.conv(x, 1, filters // 2))
            x = maker.activate(maker.conv(x, 3, filters, stride, groups=64))
            x = maker.conv(x, 1, filters)
            if index == 0:
                shortcut = maker.conv(shortcut, 3 if stride > 1 else 1, filters, stride)
            x = maker.add(maker.gated(x), shortcut)
    return Model(image, maker.top(x, classes, dropout=0.2))
