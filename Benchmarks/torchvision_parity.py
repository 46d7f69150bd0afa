#!/usr/bin/env python3
"""Compare `zoo features` with what torchvision computes from the same weights and input.

    python3 -m venv venv && venv/bin/pip install torch torchvision safetensors h5py numpy
    venv/bin/python Benchmarks/torchvision_parity.py --zoo .build/release/zoo [--backbones NAME …]

Makes each network with random weights, saves it in each form (`torch.save` as of today and as before
1.6, safetensors), and prints ‖ours − torchvision's‖ / ‖torchvision's‖ for the ends of the stages at an
odd and the usual size, and for the probabilities at the usual size. Fails where one is above 2e-5.
`--forms` and `--sizes` choose others; `--keep FOLDER` keeps the files.
"""
import argparse, contextlib, os, subprocess, sys, tempfile
import h5py, numpy as np, torch, torchvision
from safetensors.torch import save_file
from torch import nn

LIMIT = 2e-5
SUFFIXES = {"archive": "pth", "legacy": "legacy.pth", "safetensors": "safetensors"}


def resnet(make):
    def network():
        model = make(weights=None)
        stages = [model.layer1, model.layer2, model.layer3, model.layer4]
        ends = [(f"conv{k + 2}_block{len(stage)}_out", stage) for k, stage in enumerate(stages)]
        return model, [("pool1_pool", model.maxpool)] + ends
    return network


def vgg(make):
    def network():
        model = make(weights=None)
        pools = [k for k, layer in enumerate(model.features) if isinstance(layer, nn.MaxPool2d)]
        ends, first = [], 0
        for block, pool in enumerate(pools, 1):
            convolutions = sum(isinstance(layer, nn.Conv2d) for layer in model.features[first:pool])
            # Keras's convolutions have their activation in them.
            ends.append((f"block{block}_conv{convolutions}", model.features[pool - 1]))
            first = pool
        return model, ends + [("block5_pool", model.features[pools[-1]])]
    return network


def mobilenet_v2():
    model = torchvision.models.mobilenet_v2(weights=None)
    f = model.features
    return model, [("Conv1_relu", f[0]), ("block_3_expand_relu", f[4].conv[0]),
                   ("block_6_expand_relu", f[7].conv[0]), ("block_13_expand_relu", f[14].conv[0]),
                   ("block_16_project_BN", f[17]), ("out_relu", f[18])]


NETWORKS = {
    "resnet34_v1": resnet(torchvision.models.resnet34),
    "resnet50_v1": resnet(torchvision.models.resnet50),
    "resnet101_v1": resnet(torchvision.models.resnet101),
    "resnet152_v1": resnet(torchvision.models.resnet152),
    "vgg16": vgg(torchvision.models.vgg16),
    "vgg19": vgg(torchvision.models.vgg19),
    "mobilenet_v2": mobilenet_v2,
}


def randomise(model):
    """Numbers as after some training: no normalisation is the identity, no bias is zero."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.0)
            nn.init.normal_(module.bias, 0, 0.1)
            nn.init.normal_(module.running_mean, 0, 0.1)
            nn.init.uniform_(module.running_var, 0.8, 1.2)
        elif getattr(module, "bias", None) is not None:
            nn.init.normal_(module.bias, 0, 0.1)
    return model.eval()


def save(model, form, path):
    state = model.state_dict()
    if form == "safetensors":
        save_file(state, path)
    else:
        torch.save(state, path, _use_new_zipfile_serialization=form == "archive")


def compute(model, layers, image, classifies):
    """Maps N×H×W×C by Keras's names of the layers."""
    maps, hooks = {}, []
    for name, layer in layers:
        def keep(_, __, output, name=name):
            # The next layer may work in place.
            maps[name] = output.clone().permute(0, 2, 3, 1).numpy()
        hooks.append(layer.register_forward_hook(keep))
    with torch.no_grad():
        logits = model(torch.from_numpy(image).permute(0, 3, 1, 2))
    if classifies:
        maps["predictions"] = logits.softmax(1).numpy()
    for hook in hooks:
        hook.remove()
    return maps


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--zoo", default=".build/release/zoo")
    p.add_argument("--backbones", nargs="*", choices=NETWORKS,
                   default=["resnet34_v1", "resnet50_v1", "vgg16", "mobilenet_v2"])
    p.add_argument("--forms", nargs="*", choices=SUFFIXES, default=list(SUFFIXES))
    p.add_argument("--sizes", nargs="*", default=["225x193", "224x224"])
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--keep")
    p.add_argument("--options", nargs="*", default=[], help="further arguments of zoo features")
    a = p.parse_args()
    failed = False
    with contextlib.ExitStack() as stack:
        folder = a.keep or stack.enter_context(tempfile.TemporaryDirectory())
        os.makedirs(folder, exist_ok=True)
        for backbone in a.backbones:
            torch.manual_seed(a.seed)
            model, layers = NETWORKS[backbone]()
            randomise(model)
            files = {form: f"{folder}/{backbone}.{SUFFIXES[form]}" for form in a.forms}
            for form, path in files.items():
                save(model, form, path)
            for size in a.sizes:
                height, width = map(int, size.split("x"))
                image = np.random.default_rng(a.seed).standard_normal((1, height, width, 3), "f4")
                np.save(f"{folder}/input.npy", image)
                expected = compute(model, layers, image, classifies=(height, width) == (224, 224))
                for form, path in files.items():
                    command = [a.zoo, "features", f"{folder}/input.npy", "--backbone", backbone]
                    command += ["--weights", path, "--endpoints", ",".join(expected)]
                    command += ["--output", f"{folder}/out.h5", "--precision", "f32"] + a.options
                    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                    with h5py.File(f"{folder}/out.h5") as ours:
                        for name, map_ in expected.items():
                            theirs, found = map_.astype("f8"), np.asarray(ours[name], "f8")
                            error = np.inf
                            if found.shape == theirs.shape:
                                error = np.linalg.norm(found - theirs) / np.linalg.norm(theirs)
                            failed |= not error <= LIMIT
                            verdict = "ok" if error <= LIMIT else "FAILED"
                            print(f"{backbone} {size} {form:<11} {name:<20} {error:.1e} {verdict}")
                if not a.keep:
                    os.remove(f"{folder}/out.h5")
            if not a.keep:
                for path in files.values():
                    os.remove(path)
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
