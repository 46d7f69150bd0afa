#!/usr/bin/env python3
"""Time a training step of `zoo bench --train` and of PyTorch, in turn, on the same network, shape and threads.

    python3 -m venv venv && venv/bin/pip install torch torchvision
    venv/bin/python Benchmarks/training_side_by_side.py [--zoo .build/release/zoo] [--rounds 3] [CASE …]

A CASE is BACKBONE:BATCH:HEIGHT:WIDTH. A step is forward, the mean square of the output as loss, backward
and SGD with momentum on every parameter, batch norms with stored statistics; PyTorch runs channels-last
under autocast to bfloat16. Each round starts both programs anew and takes the median of their steps; the
table has the medians of the rounds and of the rounds' ratios. Nothing else should run on the machine.
"""
import argparse, statistics, warnings

from rounds import median_ms, own_ms, parse, ratios, zoo_ms
from side_by_side import network

CASES = ["resnet50_v1:8:224:224", "resnet50_v1:1:608:800", "mobilenet_v1:2:480:640", "vgg16:1:608:800"]


def time_torch(case, threads, runs):
    """Runs in a process of its own; prints the milliseconds."""
    warnings.filterwarnings("ignore")
    import torch
    name, batch, height, width = parse(case)
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    net = network(name).to(memory_format=torch.channels_last).eval()
    x = torch.randn(batch, 3, height, width).to(memory_format=torch.channels_last)
    sgd = torch.optim.SGD(net.parameters(), lr=1e-4, momentum=0.9)

    def step():
        sgd.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16): loss = net(x).float().square().mean()
        loss.backward()
        sgd.step()

    print(median_ms(step, runs))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("cases", nargs="*", default=[])
    p.add_argument("--zoo", action="append", default=[], help="repeat to compare builds")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--runs", type=int, default=10)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--freeze", nargs="*", default=[], help="time our step with these frozen too")
    p.add_argument("--torch", action="store_true", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.torch: return time_torch(a.cases[0], a.threads, a.runs)
    for case in a.cases or CASES:
        times = {}
        for _ in range(a.rounds):
            for zoo in a.zoo or [".build/release/zoo"]:
                step = (zoo, case, "bf16", a.threads, a.runs, "--train")
                times.setdefault(zoo, []).append(zoo_ms(*step))
                if a.freeze:
                    times.setdefault(f"{zoo} frozen", []).append(zoo_ms(*step, "--freeze", *a.freeze))
            times.setdefault("torch", []).append(own_ms(
                __file__, case, "--torch", "--threads", a.threads, "--runs", a.runs))
        print(case)
        for name, values in times.items():
            found = ratios(values, [times["torch"]])
            print(f"  {name}: {statistics.median(values):.1f} ms, {statistics.median(found):.2f} of PyTorch "
                  f"(rounds {', '.join(f'{r:.2f}' for r in found)})", flush=True)


if __name__ == "__main__":
    main()
