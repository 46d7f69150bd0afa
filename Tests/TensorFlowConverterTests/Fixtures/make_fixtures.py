"""Makes the checkpoints and graphs of this folder with the real TensorFlow.

Needs tensorflow 2.21 and keras 3.15. Number i of variable k is ((7 i + k) mod 61 - 30) / 8, which all
types hold exactly; k counts the variables of a file in the order of their making, from 0.
"""
import os
import shutil
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
here = os.path.dirname(os.path.abspath(__file__))


def numbers(shape, k, dtype):
    count = int(np.prod(shape))
    values = ((7 * np.arange(count) + k) % 61 - 30) / 8
    return values.reshape(shape).astype(dtype)


class Graph:
    """A graph with variables of known numbers."""

    def __init__(self):
        self.graph, self.count = tf.Graph(), 0

    def variable(self, name, shape, dtype=tf.float32, value=None):
        with self.graph.as_default():
            if value is None:
                value = numbers(shape, self.count, dtype.as_numpy_dtype)
            self.count += 1
            return v1.get_variable(name, initializer=tf.constant(value, dtype), use_resource=False)

    def save(self, name, run=lambda session: None, devices=1, **options):
        with self.graph.as_default():
            config = v1.ConfigProto(device_count={"CPU": devices})
            with v1.Session(config=config) as session:
                session.run(v1.global_variables_initializer())
                run(session)
                saver = v1.train.Saver(v1.global_variables(), **options)
                saver.save(
                    session, os.path.join(here, name), write_meta_graph=False, write_state=False)


def types(graph, last=tf.bfloat16):
    graph.variable("conv1/kernel", [3, 3, 2, 4])
    graph.variable("conv1/bias", [4], tf.float64)
    graph.variable("conv1_bn/gamma", [4], tf.float16)
    graph.variable("conv1_bn/beta", [4], last)
    graph.variable("empty/kernel", [0, 4])
    graph.variable("quantised/kernel", [2, 2], tf.int32, np.ones([2, 2]))
    graph.variable("global_step", [], tf.int64, 7)


def slim(graph):
    """A few of the variables of a training of ResNet-50 v1, with a quarter of its filters."""
    scope = "resnet_v1_50/"
    graph.variable(scope + "conv1/weights", [7, 7, 3, 4])
    for name in ["gamma", "beta", "moving_mean", "moving_variance"]:
        graph.variable(scope + "conv1/BatchNorm/" + name, [4])
    graph.variable(scope + "block1/unit_1/bottleneck_v1/shortcut/weights", [1, 1, 4, 8])
    graph.variable(scope + "logits/weights", [1, 1, 8, 5])
    graph.variable(scope + "logits/biases", [5])
    graph.variable(scope + "mean_rgb", [3])
    graph.variable(scope + "conv1/weights/Momentum", [7, 7, 3, 4])
    graph.variable(scope + "conv1/weights/ExponentialMovingAverage", [7, 7, 3, 4])
    graph.variable("global_step", [], tf.int64, 7)


def make_version2():
    graph = Graph()
    types(graph)
    graph.save("types.ckpt")
    graph = Graph()
    slim(graph)
    graph.save("slim.ckpt")
    graph = Graph()
    with graph.graph.as_default():
        for k in range(4):
            with tf.device(f"/cpu:{k % 2}"):
                graph.variable(f"dense_{k}/kernel", [k + 1, 3])
    graph.save("shards.ckpt", devices=2, sharded=True)
    graph = Graph()
    with graph.graph.as_default():
        v1.get_variable(
            "conv1/kernel", [4, 3], initializer=v1.zeros_initializer(), use_resource=False,
            partitioner=v1.fixed_size_partitioner(2))
    graph.save("parts.ckpt")


def make_version1():
    """The form of version 1 has no bfloat16."""
    graph = Graph()
    types(graph, last=tf.float32)
    graph.save("types1.ckpt", write_version=v1.train.SaverDef.V1)
    graph = Graph()
    slim(graph)
    graph.save("slim1.ckpt", write_version=v1.train.SaverDef.V1)


def make_objects():
    keras.utils.clear_session()
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, name="conv1")(inputs)
    x = keras.layers.BatchNormalization(name="conv1_bn")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(5, name="predictions")(x))
    for k, weight in enumerate(model.weights):
        weight.assign(numbers(weight.shape, k, np.float32))
    model.compile("sgd", "mse")
    model.optimizer.build(model.trainable_variables)
    tf.train.Checkpoint(model=model).write(os.path.join(here, "objects"))
    folder = os.path.join(here, "saved_model")
    shutil.rmtree(folder, ignore_errors=True)
    model.export(folder, verbose=False)
    for name in ["assets", "fingerprint.pb"]:
        path = os.path.join(folder, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    # Only that it is there counts.
    open(os.path.join(folder, "saved_model.pb"), "wb").close()
    # As one freezes in TensorFlow 2.
    from tensorflow.python.framework import convert_to_constants

    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(
        tf.TensorSpec([1, 8, 8, 3]))
    frozen = convert_to_constants.convert_variables_to_constants_v2(function)
    write_graph("frozen2.pb", frozen.graph.as_graph_def())


def write_graph(name, definition):
    with open(os.path.join(here, name), "wb") as file:
        file.write(definition.SerializeToString(deterministic=True))


def freeze(graph, variables):
    with graph.graph.as_default(), v1.Session() as session:
        outputs = [tf.identity(v, v.op.name + "_out").op.name for v in variables]
        session.run(v1.global_variables_initializer())
        return v1.graph_util.convert_variables_to_constants(
            session, graph.graph.as_graph_def(), outputs)


def make_frozen():
    graph = Graph()
    slim(graph)
    with graph.graph.as_default():
        kept = [v for v in v1.global_variables() if v.dtype.base_dtype == tf.float32][:8]
    write_graph("slim.pb", freeze(graph, kept))
    graph = Graph()
    types(graph)
    with graph.graph.as_default():
        kept = v1.global_variables()[:4]
    definition = freeze(graph, kept)
    # The other ways of storing numbers: lists by type, and one number for all.
    for node in definition.node:
        if node.op == "Const" and "value" in node.attr:
            tensor = node.attr["value"].tensor
            values = tf.make_ndarray(tensor)
            if node.name == "conv1_bn/gamma":
                tensor.ClearField("tensor_content")
                tensor.ClearField("half_val")
                tensor.half_val.extend(values.view(np.uint16).tolist())
            elif node.name == "conv1_bn/beta":
                tensor.ClearField("tensor_content")
                tensor.ClearField("half_val")
                tensor.half_val.append(0x3FC0)  # 1.5
            elif node.name == "conv1/bias":
                tensor.ClearField("tensor_content")
                tensor.double_val.extend(values.tolist())
    write_graph("types.pb", definition)
    graph = Graph()
    graph.variable("conv1/kernel", [2, 2])
    write_graph("unfrozen.pb", graph.graph.as_graph_def())


def make_detector():
    """Of a Faster R-CNN of the Object Detection API the names, with small shapes."""
    graph = Graph()
    first, second = "FirstStageFeatureExtractor/", "SecondStageFeatureExtractor/"
    graph.variable(first + "resnet_v1_50/conv1/weights", [7, 7, 3, 2])
    graph.variable(first + "resnet_v1_50/block4/unit_1/bottleneck_v1/conv1/weights", [1, 1, 2, 2])
    graph.variable(second + "resnet_v1_50/block4/unit_1/bottleneck_v1/conv1/weights", [1, 1, 2, 2])
    graph.variable("Conv/weights", [3, 3, 2, 2])
    graph.variable("FirstStageBoxPredictor/BoxEncodingPredictor/weights", [1, 1, 2, 4])
    graph.variable("SecondStageBoxPredictor/ClassPredictor/weights", [2, 3])
    graph.save("detector.ckpt")


if __name__ == "__main__":
    make_version2()
    make_version1()
    make_objects()
    make_frozen()
    make_detector()
    sys.exit(0)
