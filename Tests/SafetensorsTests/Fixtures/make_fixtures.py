"""Makes the files of these tests with the safetensors library itself.

    pip install safetensors==0.8.0 numpy && python3 make_fixtures.py
"""
import os

import numpy as np
from safetensors import TensorSpec, serialize_file
from safetensors.numpy import save_file

folder = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(folder, name)


kept = []  # the library is given addresses, and does not keep what stands there


def tensor(dtype, shape, array):
    kept.append(array)
    return TensorSpec(
        dtype=dtype, shape=shape, data_ptr=array.ctypes.data, data_len=array.nbytes)


six = np.arange(6, dtype="f4") - 2
serialize_file({
    "half/kernel": tensor("float16", [2, 3], six.astype("f2")),
    # The upper half of a float32.
    "bfloat16/kernel": tensor("bfloat16", [3, 2], (six.view("u4") >> 16).astype("u2")),
    "float32/kernel": tensor("float32", [1, 2, 3], six),
    "float64/kernel": tensor("float64", [6], six.astype("f8")),
    "int64/count": tensor("int64", [2], np.array([7, -7])),
    "int8/kernel": tensor("int8", [3], np.array([1, 2, 3], "i1")),
    "bool/mask": tensor("bool", [2], np.array([True, False])),
    "single/value": tensor("float32", [], np.array(42, "f4")),
    "empty/kernel": tensor("float32", [0, 3], np.zeros((0, 3), "f4")),
    'a "quoted\\ name\n\u00fc\U0001F600/kernel': tensor("float32", [1], np.ones(1, "f4")),
    "layer1.0.conv1.weight": tensor("float32", [1], np.ones(1, "f4")),
}, path("types.safetensors"), {"variant": "slim", "text": 'l\u00ednea "1"\n\t\\ \U0001F600'})

# In the order in which the library writes them, by name.
save_file({
    "conv1/bias": np.array([0.5, -1], "f4"),
    "conv1/kernel": np.arange(12, dtype="f4").reshape(1, 2, 3, 2),
}, path("float32.safetensors"), {"network": 'resnet50 "1"\n'})
save_file({
    "conv1/bias": np.array([0.5, -1], "f2"),
    "conv1/kernel": np.arange(12, dtype="f2").reshape(1, 2, 3, 2),
}, path("float16.safetensors"))
