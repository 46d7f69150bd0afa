#!/usr/bin/env python3
"""Convert a checkpoint with `zoo convert`, load the result in Keras by name and in order, compare outputs.

    python3 -m venv venv && venv/bin/pip install tensorflow-cpu keras h5py
    venv/bin/python Benchmarks/round_trip.py ResNet50 resnet50_v1 CHECKPOINT.h5 [--no-top] [--alpha A]

CHECKPOINT.h5 is in Keras's legacy layout. Fails if any output differs by more than 1e-6, relative.
"""
import argparse, os, subprocess, sys, tempfile
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras, numpy as np
from keras.src.legacy.saving import legacy_h5_format
import h5py


def main():
    p = argparse.ArgumentParser()
    p.add_argument("application")
    p.add_argument("backbone")
    p.add_argument("checkpoint")
    p.add_argument("--no-top", action="store_true")
    p.add_argument("--alpha", type=float)
    p.add_argument("--zoo", default=".build/release/zoo")
    a = p.parse_args()
    options = dict(weights=None, include_top=not a.no_top, input_shape=(224, 224, 3))
    if a.alpha: options["alpha"] = a.alpha
    image = np.random.default_rng(0).normal(0, 1, (1, 224, 224, 3)).astype("f4")

    def output(path, by_name):
        model = getattr(keras.applications, a.application)(**options)
        with h5py.File(path) as file:
            if by_name: legacy_h5_format.load_weights_from_hdf5_group_by_name(file, model)
            else: legacy_h5_format.load_weights_from_hdf5_group(file, model)
        return np.asarray(model(image, training=False), "f8")

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/converted.h5"
        command = [a.zoo, "convert", a.checkpoint, "--backbone", a.backbone, "--output", path]
        command += ["--alpha", str(a.alpha)] if a.alpha else []
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        expected = output(a.checkpoint, by_name=False)
        errors = {f"by {'name' if n else 'order'}":
                  float(np.linalg.norm(output(path, by_name=n) - expected) / np.linalg.norm(expected))
                  for n in (True, False)}
    print(a.application, errors)
    sys.exit(int(max(errors.values()) > 1e-6))


if __name__ == "__main__":
    main()
