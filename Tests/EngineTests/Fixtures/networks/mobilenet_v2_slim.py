"""MobileNetV2 as TensorFlow-Slim has it: Keras's own network, whose padding is TensorFlow's "SAME".

Only the momentum of its statistics is another, which changes nothing once a network runs.
"""
from keras import applications


def build(input_shape, classes=1000, alpha=1.0):
    return applications.MobileNetV2(
        input_shape=input_shape, alpha=alpha, weights=None, classes=classes)
