"""ResNet v2 as TensorFlow-Slim has it, under the names of Keras Applications.

After slim's resnet_v2.py and resnet_utils.py. The last unit of a stage strides, on its 3x3 convolution
and by taking every other cell of its shortcut; the last stage's does not. Strided convolutions pad
alike on every side, the 7x7 three cells and the 3x3 one; the pooling is TensorFlow's "SAME". Biases
are where no normalisation follows at once: in the 7x7, in projections and in a unit's last
convolution. Epsilon is 1e-5.
"""
from keras import Input, Model, layers

from resnet_v1_torchvision import BLOCKS, WIDTHS


def norm(x, name):
    return layers.BatchNormalization(epsilon=1e-5, momentum=0.997, name=name)(x)


def activated(x, name):
    return layers.ReLU(name=f"{name}_relu")(norm(x, f"{name}_bn"))


def unit(x, name, width, stride, projects):
    y = activated(x, f"{name}_preact")
    if projects:
        x = layers.Conv2D(4 * width, 1, strides=stride, name=f"{name}_0_conv")(y)
    elif stride > 1:
        x = layers.MaxPooling2D(1, strides=stride)(x)
    y = layers.Conv2D(width, 1, use_bias=False, name=f"{name}_1_conv")(y)
    y = activated(y, f"{name}_1")
    y = layers.ZeroPadding2D(1, name=f"{name}_2_pad")(y)
    y = layers.Conv2D(width, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(y)
    y = activated(y, f"{name}_2")
    y = layers.Conv2D(4 * width, 1, name=f"{name}_3_conv")(y)
    return layers.Add(name=f"{name}_out")([x, y])


def build(input_shape, classes=1000, depth=50):
    image = Input(input_shape, name="input")
    x = layers.ZeroPadding2D(3, name="conv1_pad")(image)
    x = layers.Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="pool1_pool")(x)
    for stage, (count, width) in enumerate(zip(BLOCKS[depth], WIDTHS), 2):
        for number in range(1, count + 1):
            stride = 2 if number == count and stage < 5 else 1
            x = unit(x, f"conv{stage}_block{number}", width, stride, projects=number == 1)
    x = activated(x, "post")
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    return Model(image, layers.Dense(classes, activation="softmax", name="predictions")(x))
