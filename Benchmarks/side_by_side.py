#!/usr/bin/env python3
"""Time `zoo bench` and what one would run instead, in turn, on the same network, shape and threads.

    python3 -m venv venv && venv/bin/pip install torch torchvision onnx onnxscript onnxruntime openvino
    venv/bin/python Benchmarks/side_by_side.py [--zoo .build/release/zoo] [--rounds 3] [CASE …]

A CASE is BACKBONE:BATCH:HEIGHT:WIDTH; without any, those of Benchmarks/RESULTS.md. Each round starts
every program anew, one after the other, and takes the median of its runs; the table has the median of
the rounds and the ratio to the best peer of the same precision. Weights are random: times do not
depend on them. Nothing else should run on the machine.
"""
import argparse, statistics, tempfile, warnings

from rounds import median_ms, own_ms, parse, ratios, zoo_ms

CASES = ["resnet50_v1:1:224:224", "resnet50_v1:1:608:800", "resnet50_v1:8:224:224",
         "vgg16:1:608:800", "mobilenet_v1:1:480:640"]
PEERS = ["openvino_bf16", "openvino_f32", "onnxruntime_f32", "torch_bf16"]


def mobilenet_v1():
    from torch import nn
    def unit(inputs, outputs, size, stride, groups=1):
        convolution = nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False)
        return [convolution, nn.BatchNorm2d(outputs), nn.ReLU6()]
    layers, inputs = unit(3, 32, 3, 2), 32
    for outputs, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + \
            [(512, 1)] * 5 + [(1024, 2), (1024, 1)]:
        layers += unit(inputs, inputs, 3, stride, inputs) + unit(inputs, outputs, 1, 1)
        inputs = outputs
    return nn.Sequential(*layers)


def network(name):
    """The same operations as ours: VGG and MobileNet without classifier, ResNet v1 with its strides."""
    from torchvision import models
    if name == "mobilenet_v1": return mobilenet_v1()
    if name == "vgg16": return models.vgg16(weights=None).features
    net = getattr(models, name.removesuffix("_v1"))(weights=None)
    for stage in (net.layer2, net.layer3, net.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    return net


def time_peer(peer, case, threads, runs):
    """Runs in a process of its own; prints the milliseconds."""
    warnings.filterwarnings("ignore")
    import torch
    name, batch, height, width = parse(case)
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    net, x = network(name).eval(), torch.randn(batch, 3, height, width)
    if peer == "torch_bf16":
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            return print(median_ms(lambda: net(x), runs))
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/net.onnx"
        with torch.inference_mode(): torch.onnx.export(net, x, path, dynamo=False)
        data = x.numpy()
        if peer == "onnxruntime_f32":
            import onnxruntime
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            feed = {session.get_inputs()[0].name: data}
            return print(median_ms(lambda: session.run(None, feed), runs))
        import openvino
        core = openvino.Core()
        model = core.read_model(path)
        model.reshape(list(x.shape))
        hint = dict(INFERENCE_PRECISION_HINT=peer.removeprefix("openvino_"),
                    INFERENCE_NUM_THREADS=threads, PERFORMANCE_HINT="LATENCY")
        request = core.compile_model(model, "CPU", hint).create_infer_request()
        print(median_ms(lambda: request.infer({0: data}), runs))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("cases", nargs="*", default=[])
    p.add_argument("--zoo", default=".build/release/zoo")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--runs", type=int, default=15)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--peers", nargs="*", default=PEERS)
    p.add_argument("--one", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.one: return time_peer(a.one, a.cases[0], a.threads, a.runs)
    for case in a.cases or CASES:
        times = {}
        for _ in range(a.rounds):
            for precision in ("bf16", "f32"):
                times.setdefault(f"zoo_{precision}", []).append(
                    zoo_ms(a.zoo, case, precision, a.threads, a.runs))
            for peer in a.peers:
                times.setdefault(peer, []).append(own_ms(
                    __file__, case, "--one", peer, "--threads", a.threads, "--runs", a.runs))
        medians = {name: statistics.median(values) for name, values in times.items()}
        print(case, "  ".join(f"{name} {ms:.2f}" for name, ms in medians.items()))
        for precision in ("bf16", "f32"):
            rivals = [n for n in a.peers if n.endswith(precision)]
            if not rivals: continue
            found = sorted(ratios(times[f"zoo_{precision}"], [times[n] for n in rivals]))
            print(f"  {precision}: {statistics.median(found):.2f} of the best peer "
                  f"(rounds {', '.join(f'{r:.2f}' for r in found)})", flush=True)


if __name__ == "__main__":
    main()
