#!/usr/bin/env python3
"""Lists every layer of Keras's own networks, for the text files beside this script.

    python3 -m venv venv && venv/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0
    venv/bin/python make_layers.py [NAME...]

Networks that Keras does not have are built by the scripts in Tests/EngineTests/Fixtures/networks.

A file has a line for each layer but the input, in the order of Keras's `model.layers`: its name, the
extents of its output for one image, and each parameter's name and extents. A normalisation's line
ends with its epsilon. The first line is the input.
"""
import importlib
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
from keras import applications

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(FOLDER, "../../EngineTests/Fixtures/networks"))

NETWORKS = {
    "vgg16": ("VGG16", {}),
    "vgg19": ("VGG19", {}),
    "resnet50_v1": ("ResNet50", {}),
    "resnet101_v1": ("ResNet101", {}),
    "resnet152_v1": ("ResNet152", {}),
    "resnet50_v2": ("ResNet50V2", {}),
    "resnet101_v2": ("ResNet101V2", {}),
    "resnet152_v2": ("ResNet152V2", {}),
    "mobilenet_v1": ("MobileNet", {}),
    "mobilenet_v1_0.25": ("MobileNet", dict(alpha=0.25, input_shape=(128, 128, 3))),
    "mobilenet_v1_0.5": ("MobileNet", dict(alpha=0.5)),
    "mobilenet_v1_0.75": ("MobileNet", dict(alpha=0.75, input_shape=(160, 160, 3))),
    # Every width of α = 0.33 has a fraction.
    "mobilenet_v1_0.33": ("MobileNet", dict(alpha=0.33, input_shape=(193, 161, 3))),
    # Without the top, at sizes where it matters how odd maps are padded.
    "vgg16_notop_225x193": ("VGG16", dict(include_top=False, input_shape=(225, 193, 3))),
    "resnet50_v1_notop_600x1000": ("ResNet50", dict(include_top=False, input_shape=(600, 1000, 3))),
    "resnet50_v1_notop_225x193": ("ResNet50", dict(include_top=False, input_shape=(225, 193, 3))),
    "resnet50_v2_notop_225x193": ("ResNet50V2", dict(include_top=False, input_shape=(225, 193, 3))),
    "mobilenet_v1_notop_225x225": ("MobileNet", dict(include_top=False, input_shape=(225, 225, 3))),
    "inception_v3": ("InceptionV3", {}),
    "inception_v3_notop_225x193": ("InceptionV3", dict(include_top=False, input_shape=(225, 193, 3))),
    "inception_resnet_v2": ("InceptionResNetV2", {}),
    "inception_resnet_v2_notop_300x194": (
        "InceptionResNetV2", dict(include_top=False, input_shape=(300, 194, 3))),
    # Networks of our own scripts.
    "resnet34_v1": ("resnet34_v1", dict(input_shape=(224, 224, 3))),
    "resnet34_v1_torchvision_225x193": (
        "resnet_v1_torchvision", dict(input_shape=(225, 193, 3), depth=34)),
    "resnet50_v1_torchvision": ("resnet_v1_torchvision", dict(input_shape=(224, 224, 3), depth=50)),
    "resnet50_v1_slim_225x193": ("resnet_v1_slim", dict(input_shape=(225, 193, 3), depth=50)),
    "resnet34_v2": ("resnet34_v2", dict(input_shape=(224, 224, 3))),
    "resnet34_v2_225x193": ("resnet34_v2", dict(input_shape=(225, 193, 3))),
    "seresnet50": ("seresnet50", dict(input_shape=(224, 224, 3))),
    "seresnet50_225x193": ("seresnet50", dict(input_shape=(225, 193, 3))),
    "senet154": ("senet154", dict(input_shape=(224, 224, 3))),
    "inception_v1": ("inception_v1", dict(input_shape=(224, 224, 3))),
    "inception_v1_225x193": ("inception_v1", dict(input_shape=(225, 193, 3))),
    "inception_v1_slim": ("inception_v1_slim", dict(input_shape=(224, 224, 3))),
    "inception_v1_slim_225x193": ("inception_v1_slim", dict(input_shape=(225, 193, 3))),
    "inception_v2": ("inception_v2", dict(input_shape=(224, 224, 3))),
    "inception_v2_slim_225x193": ("inception_v2_slim", dict(input_shape=(225, 193, 3))),
    "inception_v4": ("inception_v4", dict(input_shape=(299, 299, 3))),
    "inception_v4_225x193": ("inception_v4", dict(input_shape=(225, 193, 3))),
}


def build(network, options):
    if hasattr(applications, network):
        return getattr(applications, network)(weights=None, **options)
    return importlib.import_module(network).build(**options)


def extents(shape):
    return "×".join(map(str, shape))


def line(layer):
    words = [layer.name, extents(layer.output.shape[1:])]
    for weight in layer.weights:
        words += [weight.name, extents(weight.shape)]
    if isinstance(layer, keras.layers.BatchNormalization):
        words += ["epsilon", str(layer.epsilon)]
    return " ".join(words)


for name in sys.argv[1:] or NETWORKS:
    keras.backend.clear_session()
    model = build(*NETWORKS[name])
    lines = [f"input {extents(model.input_shape[1:])}"] + [line(l) for l in model.layers[1:]]
    with open(os.path.join(FOLDER, f"{name}.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(name, len(lines) - 1, "layers", model.count_params(), "parameters")
