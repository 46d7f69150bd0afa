#!/usr/bin/env python3
"""Time a whole Faster R-CNN of `zoo bench --detector` and of torchvision, in turn.

    python3 -m venv venv && venv/bin/pip install torch torchvision
    venv/bin/python Benchmarks/detection_side_by_side.py [--modes detect train] [--rounds 3] [--json FILE]
    venv/bin/python Benchmarks/detection_side_by_side.py --memory

Both put the same detector on ResNet50 up to conv4, of stride 16: anchors of 5 sizes and 3 ratios, a 3×3
convolution to 512 channels, regions aligned to 7×7 cells of 2×2 points, and conv5 with the mean of its
cells (--head backbone) or two layers of 1024 units (--head two-layer). Detecting looks at 300 of 6000
proposals; a step of training has 2000 of 12000, 128 regions, 20 objects of 20 classes, and SGD with
momentum and a limited norm. Weights are random, batch norms use stored statistics.

torchvision is timed from the image on its canvas to boxes or new weights, without its resizing;
channels-last, and under autocast for bf16. Its frozen batch norm (torchvision_frozen) neither fuses nor
trains; the ordinary one in evaluation mode (torchvision_stored) does as ours does: scales and shifts
train. Ours counts preprocessing in a step of training. Each round starts every program anew and takes the
median of its runs; the table has the medians of the rounds, and the median, least and greatest of the
rounds' ratios to the faster torchvision. Nothing else should run on the machine.
"""
import argparse, contextlib, json, statistics, subprocess, sys, warnings

from rounds import median_ms, own_ms, parse, ratios, zoo_command, zoo_ms

CLASSES, OBJECTS = 20, 20
PEERS = ["torchvision_frozen", "torchvision_stored"]


def detector(name, head, norm, height, width):
    """torchvision's, of the same operations as ours, with strides where ours has them."""
    import torch
    from torch import nn
    from torchvision import models
    from torchvision.models.detection import FasterRCNN
    from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
    from torchvision.models.detection.rpn import AnchorGenerator, RPNHead
    from torchvision.ops import Conv2dNormActivation, FrozenBatchNorm2d, MultiScaleRoIAlign

    frozen = norm == "torchvision_frozen"
    net = getattr(models, name.removesuffix("_v1"))(
        weights=None, norm_layer=FrozenBatchNorm2d if frozen else nn.BatchNorm2d)
    for stage in (net.layer2, net.layer3, net.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    body = nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool, net.layer1, net.layer2, net.layer3)
    channels = net.layer4[0].conv1.in_channels
    body.out_channels = channels

    anchors = AnchorGenerator(((32, 64, 128, 256, 512),), ((0.5, 1.0, 2.0),))
    count = anchors.num_anchors_per_location()[0]
    rpn = RPNHead(512, count)
    rpn.conv = Conv2dNormActivation(channels, 512, kernel_size=3, norm_layer=None)
    # As ours: boxes of random numbers leave the image, and few would be left to look at.
    nn.init.zeros_(rpn.bbox_pred.weight)
    nn.init.normal_(rpn.conv[0].weight, std=0.01)
    if head == "two-layer":
        box_head, features = TwoMLPHead(channels * 49, 1024), 1024
    else:
        box_head, features = nn.Sequential(net.layer4, nn.AdaptiveAvgPool2d(1)), net.fc.in_features
    predictor = FastRCNNPredictor(features, CLASSES + 1)
    model = FasterRCNN(
        body, min_size=min(height, width), max_size=max(height, width), rpn_anchor_generator=anchors,
        rpn_head=rpn, rpn_pre_nms_top_n_train=12000, rpn_post_nms_top_n_train=2000,
        rpn_pre_nms_top_n_test=6000, rpn_post_nms_top_n_test=300, rpn_score_thresh=0.0,
        box_roi_pool=MultiScaleRoIAlign(["0"], 7, 2), box_head=box_head, box_predictor=predictor,
        box_score_thresh=0.05, box_batch_size_per_image=128)
    for module in (predictor.cls_score, predictor.bbox_pred):
        nn.init.normal_(module.weight, std=0.01 if module is predictor.cls_score else 0.001)
        nn.init.zeros_(module.bias)
    return model.to(memory_format=torch.channels_last)


def random_target(height, width):
    """Objects whose sides are a tenth to a half of the image's, as ours."""
    import torch
    extent = torch.tensor([width, height], dtype=torch.float32)
    size = extent * (0.1 + 0.4 * torch.rand(OBJECTS, 2))
    start = torch.rand(OBJECTS, 2) * (extent - size)
    return dict(boxes=torch.cat([start, start + size], 1), labels=torch.arange(OBJECTS) % CLASSES + 1)


def time_torchvision(norm, case, mode, head, precision, threads, runs):
    """Runs in a process of its own; prints the milliseconds."""
    warnings.filterwarnings("ignore")
    import torch
    name, batch, height, width = parse(case)
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = detector(name, head, norm, height, width).train(mode == "train")
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d): module.eval()
    targets = [random_target(height, width) for _ in range(batch)] if mode == "train" else None
    images, targets = model.transform([torch.rand(3, height, width) for _ in range(batch)], targets)
    if images.image_sizes != [(height, width)] * batch: sys.exit(f"{case}: resized to {images.image_sizes}")
    images.tensors = images.tensors.contiguous(memory_format=torch.channels_last)

    def forward():
        with torch.autocast("cpu", torch.bfloat16) if precision == "bf16" else contextlib.nullcontext():
            features = {"0": model.backbone(images.tensors)}
            proposals, losses = model.rpn(images, features, targets)
            detections, more = model.roi_heads(features, proposals, images.image_sizes, targets)
        return detections, {**losses, **more}

    if mode == "detect":
        with torch.inference_mode(): return print(median_ms(forward, runs))
    parameters = [p for p in model.parameters() if p.requires_grad]
    sgd = torch.optim.SGD(parameters, lr=1e-4, momentum=0.9)

    def step():
        sgd.zero_grad(set_to_none=True)
        sum(forward()[1].values()).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 10)
        sgd.step()

    print(median_ms(step, runs))


def zoo_options(mode, head, freeze):
    options = ["--detector", "--head", head] + (["--train"] if mode == "train" else [])
    return options + (["--freeze", *freeze] if freeze and mode == "train" else [])


def print_memory(a):
    """The most memory that one step of training takes, by GNU time."""
    for precision in a.precisions:
        command = zoo_command(a.zoo, a.case, precision, a.threads, 1, *zoo_options("train", a.head, a.freeze))
        run = subprocess.run(["/usr/bin/time", "-v", *command], capture_output=True, text=True)
        if run.returncode: sys.exit(f"{' '.join(command)}: failed\n{run.stderr}")
        peak = next(line for line in run.stderr.splitlines() if "Maximum resident" in line)
        print(f"{a.case} {a.head} {precision}: {int(peak.split()[-1]) / 1024:.0f} MiB at most", flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("case", nargs="?", default="resnet50_v1:1:600:800", help="BACKBONE:BATCH:HEIGHT:WIDTH")
    p.add_argument("--zoo", default=".build/release/zoo")
    p.add_argument("--modes", nargs="+", default=["detect", "train"], choices=["detect", "train"])
    p.add_argument("--precisions", nargs="+", default=["bf16", "f32"], choices=["bf16", "f32"])
    p.add_argument("--head", default="backbone", choices=["backbone", "two-layer"])
    p.add_argument("--freeze", nargs="+", default=[], help="time our step with these frozen, theirs with none")
    p.add_argument("--peers", nargs="+", default=PEERS, choices=PEERS)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--runs", type=int, default=10)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--memory", action="store_true", help="print our step's peak memory instead of times")
    p.add_argument("--json", metavar="FILE", help="also write every round's times")
    p.add_argument("--one", nargs=3, metavar=("PEER", "MODE", "PRECISION"), help=argparse.SUPPRESS)
    a = p.parse_args()
    name, batch, height, width = parse(a.case)
    if not name.startswith("resnet"): p.error(f"{name}: torchvision's is on a ResNet, such as resnet50_v1")
    if batch > 1 and "detect" in a.modes and not (a.one or a.memory):
        p.error("detecting is of one image at a time; choose --modes train")
    if a.one:
        peer, mode, precision = a.one
        return time_torchvision(peer, a.case, mode, a.head, precision, a.threads, a.runs)
    if a.memory: return print_memory(a)
    results = []
    for mode in a.modes:
        for precision in a.precisions:
            times = {}
            for _ in range(a.rounds):
                times.setdefault("zoo", []).append(zoo_ms(
                    a.zoo, a.case, precision, a.threads, a.runs, *zoo_options(mode, a.head, a.freeze)))
                for peer in a.peers:
                    times.setdefault(peer, []).append(own_ms(
                        __file__, a.case, "--one", peer, mode, precision, "--head", a.head,
                        "--threads", a.threads, "--runs", a.runs))
            found = ratios(times["zoo"], [times[peer] for peer in a.peers])
            medians = "  ".join(f"{n} {statistics.median(v):.1f} ms" for n, v in times.items())
            print(f"{a.case} {a.head} {mode} {precision}: {medians}  ratio {statistics.median(found):.2f} "
                  f"({min(found):.2f} to {max(found):.2f})", flush=True)
            results.append(dict(case=a.case, head=a.head, mode=mode, precision=precision, freeze=a.freeze,
                                threads=a.threads, runs=a.runs, times_ms=times, ratios=found))
    if a.json:
        with open(a.json, "w") as file: json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
