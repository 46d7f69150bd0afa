#!/usr/bin/env python3
"""Makes digits.h5: small pictures of digits, and how well Keras learns them from scratch.

    python3 -m venv venv && venv/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0 h5py scikit-learn
    venv/bin/python make_digits.py

The pictures are scikit-learn's `load_digits`: the test part of Optical Recognition of Handwritten
Digits by E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, under CC BY 4.0,
https://doi.org/10.24432/C50P49. scikit-learn itself is under the BSD 3-Clause licence. Changed:
put in another order.

  `images`  1797×8×8, float16: pixels of 0...16; the first 1200 to train with, the rest to test with
  `labels`  1797, float16
  attribute `accuracies`  Keras's share of right answers in the test part, one a seed
"""
import os
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # what is tested here runs on oneDNN, so Keras must not
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import h5py, keras, numpy as np
from keras import layers
from sklearn.datasets import load_digits

FOLDER = os.path.dirname(os.path.abspath(__file__))
TRAIN, BATCH, EPOCHS, RATE, SEEDS = 1200, 40, 8, 0.05, 8


def conv(x, size, filters, stride=1):
    x = layers.Conv2D(filters, size, strides=stride, padding="same", use_bias=False,
                      kernel_initializer="he_normal")(x)
    return layers.BatchNormalization(momentum=0.9)(x)


def block(x, filters, stride):
    y = layers.ReLU()(conv(x, 3, filters, stride))
    y = conv(y, 3, filters)
    return layers.ReLU()(layers.Add()([x if stride == 1 else conv(x, 1, filters, stride), y]))


def network():
    x = image = keras.Input((8, 8, 1))
    x = layers.ReLU()(conv(x, 3, 16))
    x = block(block(x, 16, 1), 32, 2)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(10, kernel_initializer="he_normal")(x))


def accuracy(seed, images, labels):
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = network()
    rate = keras.optimizers.schedules.CosineDecay(RATE, EPOCHS * TRAIN // BATCH)
    model.compile(
        keras.optimizers.SGD(rate, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(images[:TRAIN], labels[:TRAIN], batch_size=BATCH, epochs=EPOCHS, verbose=0)
    guesses = model.predict(images[TRAIN:], batch_size=597, verbose=0).argmax(-1)
    return float((guesses == labels[TRAIN:]).mean())


digits = load_digits()
order = np.random.RandomState(0).permutation(len(digits.target))
images, labels = digits.images[order].astype("u1"), digits.target[order].astype("u1")
inputs = images[..., None].astype("f4") / 8 - 1
accuracies = [accuracy(seed, inputs, labels) for seed in range(SEEDS)]
print(accuracies, "mean", np.mean(accuracies))
with h5py.File(os.path.join(FOLDER, "digits.h5"), "w") as file:
    file.create_dataset("images", data=images.astype("f2"), shuffle=True, compression="gzip",
                        compression_opts=9)
    file.create_dataset("labels", data=labels.astype("f2"), compression="gzip", compression_opts=9)
    file.attrs["accuracies"] = accuracies
