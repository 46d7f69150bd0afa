"""Lists the variables of TensorFlow-Slim's networks, and Keras's weights of the same networks.

Needs tensorflow 2.21 and keras 3.15; the networks are those of Benchmarks/slim_parity.py, whose names
and shapes were compared with tf_slim 1.1 where that has them. One line for each scope or layer:
`scope variable:shape …`, scopes without the network's own, which is the first line, and `~` for
`BatchNorm/`. Keras's follow after an empty line, where Keras has the network.
"""
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "..", "Benchmarks"))
import keras
import slim_parity
import tensorflow as tf

v1 = tf.compat.v1
KERAS = {
    "resnet_v1_50": (keras.applications.ResNet50, 1000),
    "resnet_v2_50": (keras.applications.ResNet50V2, 1001),
    "vgg_16": (keras.applications.VGG16, 1000),
    "mobilenet_v1": (keras.applications.MobileNet, 1001),
    "mobilenet_v2": (keras.applications.MobileNetV2, 1001),
    "inception_v1": None,
    "inception_v2_detector": None,
    "inception_v3": (keras.applications.InceptionV3, 1001),
    "inception_v4": None,
    "inception_resnet_v2": (keras.applications.InceptionResNetV2, 1001),
}


def lines(variables):
    groups = {}
    for name, shape in variables:
        group, variable = name.rsplit("/", 1)
        if group.endswith("/BatchNorm"):
            group, variable = group[:-10], "~" + variable
        groups.setdefault(group, []).append(f"{variable}:{','.join(map(str, shape))}")
    return [" ".join([group] + parts) for group, parts in groups.items()]


for network, model in KERAS.items():
    top, build, _, side, _ = slim_parity.NETWORKS[network]
    with tf.Graph().as_default():
        with slim_parity.scope(top):
            build(v1.placeholder(tf.float32, (1, side, side, 3)))
        text = [top] + lines(
            (v.op.name[len(top) + 1:], v.shape.as_list()) for v in v1.global_variables())
    if model:
        keras.utils.clear_session()
        with tf.Graph().as_default():
            weights = model[0](weights=None, classes=model[1]).weights
            text += [""] + lines((w.path, w.shape) for w in weights)
    with open(os.path.join(here, f"{network}.names.txt"), "w") as file:
        file.write("\n".join(text) + "\n")
