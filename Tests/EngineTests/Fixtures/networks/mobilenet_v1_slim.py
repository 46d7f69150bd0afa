"""MobileNet v1 as TensorFlow-Slim has it, under the names of Keras Applications.

After table 1 of Howard et al., MobileNets (arXiv 1704.04861). Unlike Keras's: every convolution pads
as TensorFlow's "SAME", and none has fewer than eight filters.
"""
from keras import Input, Model, layers

# Filters and stride of each depthwise separable unit.
UNITS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1),
         (512, 1), (512, 1), (1024, 2), (1024, 1))


def build(input_shape, classes=1000, alpha=1.0):
    def end(x, name):
        x = layers.BatchNormalization(epsilon=1e-3, momentum=0.9997, name=f"{name}_bn")(x)
        return layers.ReLU(6, name=f"{name}_relu")(x)

    def convolution(x, size, filters, stride, name):
        x = layers.Conv2D(max(8, int(filters * alpha)), size, strides=stride, padding="same",
                          use_bias=False, name=name)(x)
        return end(x, name)

    image = Input(input_shape, name="input")
    x = convolution(image, 3, 32, 2, "conv1")
    for index, (filters, stride) in enumerate(UNITS, 1):
        name = f"conv_dw_{index}"
        x = layers.DepthwiseConv2D(
            3, strides=stride, padding="same", use_bias=False, name=name)(x)
        x = convolution(end(x, name), 1, filters, 1, f"conv_pw_{index}")
    x = layers.GlobalAveragePooling2D(keepdims=True, name="global_average_pooling2d")(x)
    x = layers.Dropout(1e-3, name="dropout")(x)
    x = layers.Conv2D(classes, 1, name="conv_preds")(x)
    x = layers.Reshape((classes,), name="reshape_2")(x)
    return Model(image, layers.Activation("softmax", name="predictions")(x))
