"""ResNet v1 as TensorFlow-Slim has it, under the names of Keras Applications.

Slim strides in the last unit of a stage, on its 3x3 convolution and by subsampling its shortcut; its
resnet_utils.py says that subsampling the unit's output gives the same, and this does so. A strided 7x7
convolution pads three cells on every side, the pooling after it as TensorFlow's "SAME"; epsilon is
1e-5, and no convolution has a bias.
"""
from keras import Input, Model, layers

from resnet_v1_torchvision import BLOCKS, WIDTHS, Scheme, stage, stem, top


def build(input_shape, classes=1000, depth=50):
    scheme = Scheme(momentum=0.997)
    image = x = Input(input_shape, name="input")
    x = stem(x, scheme)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="pool1_pool")(x)
    for index, (count, width) in enumerate(zip(BLOCKS[depth], WIDTHS), 2):
        if index > 2:
            x = layers.MaxPooling2D(1, strides=2, name=f"conv{index}_subsample")(x)
        x = stage(x, index, count, width, 1, True, scheme)
    return Model(image, top(x, classes))
