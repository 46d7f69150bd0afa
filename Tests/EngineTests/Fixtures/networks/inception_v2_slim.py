"""TensorFlow-Slim's InceptionV2 as its own classifier has it; see inception_v2.py."""
import inception_v2


def build(input_shape, classes=1000):
    return inception_v2.build(input_shape, classes, slim=True)
