"""ResNet-34 v1 in the scheme of Keras Applications' deeper ones: biases, and an epsilon of 1.001e-5.

After table 1 of He et al., Deep Residual Learning for Image Recognition (arXiv 1512.03385).
"""
import resnet_v1_torchvision as resnet


def build(input_shape, classes=1000):
    scheme = resnet.Scheme(epsilon=1.001e-5, momentum=0.99, bias=True)
    return resnet.build(input_shape, classes, depth=34, scheme=scheme)
