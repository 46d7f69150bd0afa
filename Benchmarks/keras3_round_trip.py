#!/usr/bin/env python3
"""Load the same network's weights from two files, of whatever layouts Keras reads, and compare outputs.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu keras h5py
    venv/bin/python Benchmarks/keras3_round_trip.py make FOLDER MobileNet ResNet50
    ZOO_WRITE=FOLDER swift test --filter Keras3WriterTests
    venv/bin/python Benchmarks/keras3_round_trip.py compare FOLDER MobileNet ResNet50

`make` writes NAME.h5 of seeded random weights, `compare` NAME.h5 against NAME.weights.h5. Fails if an
output differs by more than 1e-6, relative.
"""
import os, sys
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras, numpy as np


def network(name):
    return getattr(keras.applications, name)(weights=None)


def randomised(model):
    random = np.random.default_rng(7)
    for weight in model.weights:
        values = random.normal(0, 0.05, weight.shape)
        if "variance" in weight.path: values = 1 + abs(values)
        if "gamma" in weight.path: values = 1 + values
        weight.assign(values)
    return model


command, folder, *names = sys.argv[1:]
failed = False
for name in names:
    path = os.path.join(folder, name)
    if command == "make":
        randomised(network(name)).save(path + ".h5")
        continue
    outputs = []
    for ending in (".h5", ".weights.h5"):
        model = network(name)
        model.load_weights(path + ending)
        image = np.random.default_rng(0).normal(0, 1, (1, *model.input_shape[1:])).astype("f4")
        outputs.append(np.asarray(model(image, training=False), "f8"))
    error = float(np.linalg.norm(outputs[1] - outputs[0]) / np.linalg.norm(outputs[0]))
    print(name, error)
    failed |= error > 1e-6
sys.exit(int(failed))
