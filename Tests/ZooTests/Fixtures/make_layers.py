#!/usr/bin/env python3
"""Lists every layer of Keras's own networks, for the text files beside this script.

    python3 -m venv venv && venv/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0
    venv/bin/python make_layers.py [NAME...]

A file has a line for each layer but the input, in the order of Keras's `model.layers`: its name, the
extents of its output for one image, and each parameter's name and extents. A normalisation's line
ends with its epsilon. The first line is the input. Left out is stochastic depth: dropouts of whole
units, which the package does not have.

Networks that keras.applications lacks come from Tests/EngineTests/Fixtures/networks.
"""
import importlib, os, sys
from unittest import mock
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
from keras import applications
from keras.src.utils import file_utils

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(FOLDER, "../../EngineTests/Fixtures/networks"))

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
    "mobilenet_v1_slim_225x193": ("mobilenet_v1_slim", dict(input_shape=(225, 193, 3))),
    "mobilenet_v2": ("MobileNetV2", {}),
    "mobilenet_v2_0.35": ("MobileNetV2", dict(alpha=0.35, input_shape=(96, 96, 3))),
    "mobilenet_v2_0.5": ("MobileNetV2", dict(alpha=0.5)),
    "mobilenet_v2_0.75": ("MobileNetV2", dict(alpha=0.75)),
    "mobilenet_v2_1.3": ("MobileNetV2", dict(alpha=1.3)),
    "mobilenet_v2_1.4": ("MobileNetV2", dict(alpha=1.4)),
    "mobilenet_v2_notop_225x193": (
        "MobileNetV2", dict(include_top=False, input_shape=(225, 193, 3))),
    "mobilenet_v2_torchvision_225x193": (
        "mobilenet_v2_torchvision", dict(input_shape=(225, 193, 3))),
    "mobilenet_v3_large": ("MobileNetV3Large", dict(input_shape=(224, 224, 3))),
    "mobilenet_v3_large_0.75": ("MobileNetV3Large", dict(alpha=0.75, input_shape=(224, 224, 3))),
    # Widths of fractions, and a first unit without a shortcut.
    "mobilenet_v3_large_0.35_notop_225x193": (
        "MobileNetV3Large", dict(alpha=0.35, include_top=False, input_shape=(225, 193, 3))),
    "mobilenet_v3_small": ("MobileNetV3Small", dict(input_shape=(224, 224, 3))),
    "mobilenet_v3_small_1.5": ("MobileNetV3Small", dict(alpha=1.5, input_shape=(224, 224, 3))),
    "mobilenet_v3_small_notop_225x193": (
        "MobileNetV3Small", dict(include_top=False, input_shape=(225, 193, 3))),
    "mobilenet_v3_large_torchvision_225x193": (
        "mobilenet_v3_torchvision", dict(input_shape=(225, 193, 3), size="large")),
    "mobilenet_v3_small_torchvision": (
        "mobilenet_v3_torchvision", dict(input_shape=(224, 224, 3), size="small")),
    "xception": ("Xception", {}),
    "xception_notop_225x193": ("Xception", dict(include_top=False, input_shape=(225, 193, 3))),
    "densenet121": ("DenseNet121", {}),
    "densenet121_notop_225x193": (
        "DenseNet121", dict(include_top=False, input_shape=(225, 193, 3))),
    # What Keras builds for its ImageNet weights, and what it builds for others.
    "efficientnet_b0": ("EfficientNetB0", dict(weights="imagenet")),
    "efficientnet_b0_notop_225x193": (
        "EfficientNetB0", dict(include_top=False, input_shape=(225, 193, 3))),
    "alexnet": ("alexnet", dict(input_shape=(227, 227, 3))),
    "alexnet_257x331": ("alexnet", dict(input_shape=(257, 331, 3))),
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
    "resnet50_v2_slim_225x193": ("resnet_v2_slim", dict(input_shape=(225, 193, 3), depth=50)),
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


def drops_units(layer):
    return isinstance(layer, keras.layers.Dropout) and layer.noise_shape is not None


def build(network, options):
    if not hasattr(applications, network):
        return importlib.import_module(network).build(**options)
    # Weights are neither fetched nor read: a network for them has the same layers without.
    with mock.patch.object(file_utils, "get_file"), mock.patch.object(keras.Model, "load_weights"):
        return getattr(applications, network)(**{"weights": None, **options})


def extents(shape):
    return "×".join(map(str, shape)) or "scalar"


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
    layers = [l for l in model.layers[1:] if not drops_units(l)]
    lines = [f"input {extents(model.input_shape[1:])}"] + [line(l) for l in layers]
    with open(os.path.join(FOLDER, f"{name}.txt"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(name, len(lines) - 1, "layers", model.count_params(), "parameters")
