#!/usr/bin/env python3
"""Time `zoo bench` and OpenVINO in bfloat16, in turn, on every backbone at its usual size, batch 1.

    python3 -m venv keras && keras/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0 h5py
    keras/bin/python Benchmarks/zoo_side_by_side.py --export MODELS [NAME …]
    python3 -m venv peers && peers/bin/pip install openvino
    peers/bin/python Benchmarks/zoo_side_by_side.py --models MODELS [--zoo …] [--rounds 3] [NAME …]

The first step writes what Keras has under each name, cut where `zoo bench` cuts it, as TensorFlow's
SavedModel, which OpenVINO reads by itself; networks that Keras lacks are those of the tests. The second
starts every program anew in each round, one after the other, and takes the median of its runs; the
table has the median of the rounds and of their ratios. Weights are random: times do not depend on them.
Nothing else should run on the machine.
"""
import argparse, json, os, statistics, subprocess, sys

from rounds import median_ms, own_ms, ratios, zoo_ms

GOLDENS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Tests/EngineTests/Fixtures")


def backbones(zoo):
    """Of each backbone: the side of its images and the layer that `zoo bench` ends with."""
    output = subprocess.run([zoo, "list", "--json"], check=True, capture_output=True, text=True).stdout
    return {b["name"]: (b["image_side"], b["benchmarked_endpoint"]) for b in json.loads(output)}


def export(names, folder):
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.path.insert(0, GOLDENS)
    import keras
    from make_network_goldens import NETWORKS
    for name, (side, endpoint) in names.items():
        keras.backend.clear_session()
        model = NETWORKS[name][0]((side, side, 3))
        body = keras.Model(model.input, model.get_layer(endpoint).output)
        body.export(f"{folder}/{name}", verbose=False)
        print(name, endpoint, body.output.shape, flush=True)


def time_openvino(folder, name, side, threads, runs):
    """Runs in a process of its own; prints the milliseconds."""
    import numpy, openvino
    converted = f"{folder}/{name}.xml"
    if not os.path.exists(converted):
        model = openvino.convert_model(f"{folder}/{name}")
        model.reshape([1, side, side, 3])
        openvino.save_model(model, converted, compress_to_fp16=False)
    model = openvino.Core().read_model(converted)
    hint = dict(INFERENCE_PRECISION_HINT="bf16", INFERENCE_NUM_THREADS=threads, PERFORMANCE_HINT="LATENCY")
    request = openvino.Core().compile_model(model, "CPU", hint).create_infer_request()
    data = numpy.random.default_rng(0).normal(size=(1, side, side, 3)).astype("f4")
    print(median_ms(lambda: request.infer({0: data}), runs))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("names", nargs="*", default=[])
    p.add_argument("--export", metavar="MODELS")
    p.add_argument("--models")
    p.add_argument("--zoo", default=".build/release/zoo")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--runs", type=int, default=15)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--one", type=int, help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.one: return time_openvino(a.models, a.names[0], a.one, a.threads, a.runs)
    known = backbones(a.zoo)
    chosen = {name: known[name] for name in a.names or known}
    if a.export: return export(chosen, a.export)
    print("| backbone | image | ours, ms | OpenVINO, ms | ratio | rounds |\n|---|---:|---:|---:|---:|---|")
    for name, (side, _) in chosen.items():
        ours, theirs = [], []
        for _ in range(a.rounds):
            ours.append(zoo_ms(a.zoo, f"{name}:1:{side}:{side}", "bf16", a.threads, a.runs))
            theirs.append(own_ms(__file__, name, "--models", a.models, "--one", side,
                                 "--threads", a.threads, "--runs", a.runs))
        found = sorted(ratios(ours, [theirs]))
        print(f"| {name} | {side} | {statistics.median(ours):.2f} | {statistics.median(theirs):.2f} "
              f"| {statistics.median(found):.2f} | {', '.join(f'{r:.2f}' for r in found)} |", flush=True)


if __name__ == "__main__":
    main()
