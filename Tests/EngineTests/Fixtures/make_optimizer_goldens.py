"""Writes optimizers.h5: what PyTorch's optimisers make of given gradients.

Needs torch, numpy and h5py: `make_optimizer_goldens.py optimizers.h5`.
"""

import sys

import h5py
import numpy as np
import torch

STEPS = 8
SHAPES = {"kernel": (5, 7), "bias": (7,)}
RATES = np.float32([0.1, 0.1, 0.05, 0.05, 0.2, 0.01, 0.01, 0.1])


def real(x):
    """The float32 next to x, which is what the other side is given."""
    return float(np.float32(x))


# Name: optimiser, its options, decay of the kernel, rate multiplier of the bias, clipping norm.
CASES = {
    "plain": ("SGD", {}, 0, 1, None),
    "plain_decay": ("SGD", {}, 0.01, 2, None),
    "momentum": ("SGD", {"momentum": real(0.9)}, 0, 1, None),
    "momentum_decay_clip": ("SGD", {"momentum": real(0.9)}, 0.01, 2, 3),
    "nesterov_decay": ("SGD", {"momentum": real(0.9), "nesterov": True}, 0.01, 2, None),
    "adam": ("Adam", {"betas": (real(0.9), real(0.999)), "eps": real(1e-7)}, 0, 1, None),
    "adam_decay_clip": ("Adam", {"betas": (real(0.9), real(0.99)), "eps": real(1e-3)}, 0.01, 2, 3),
}


def arrays():
    random = np.random.default_rng(1)
    initial = {n: random.normal(size=s).astype("f4") for n, s in SHAPES.items()}
    out = {f"initial/{n}": v for n, v in initial.items()}
    gradients = []
    for step in range(STEPS):
        # Some norms above the clipping norm, some below.
        size = 1.0 if step % 2 else 0.3
        gradients.append(
            {n: (size * random.normal(size=s)).astype("f4") for n, s in SHAPES.items()})
        for name, value in gradients[step].items():
            out[f"gradient/{step}/{name}"] = value
    out["rates"] = RATES
    for case, (kind, options, decay, multiplier, clip) in CASES.items():
        tensors = {n: torch.tensor(v, requires_grad=True) for n, v in initial.items()}
        groups = [
            {"params": [tensors["kernel"]], "weight_decay": real(decay), "multiplier": 1},
            {"params": [tensors["bias"]], "weight_decay": 0, "multiplier": multiplier},
        ]
        optimizer = getattr(torch.optim, kind)(groups, lr=0.1, **options)
        for step in range(STEPS):
            for name, tensor in tensors.items():
                tensor.grad = torch.tensor(gradients[step][name])
            norm = torch.nn.utils.clip_grad_norm_(tensors.values(), clip or float("inf"))
            for group in optimizer.param_groups:
                group["lr"] = float(RATES[step]) * group["multiplier"]
            optimizer.step()
            out[f"{case}/{step}/norm"] = np.float32([norm.item()])
            for name, tensor in tensors.items():
                out[f"{case}/{step}/{name}"] = tensor.detach().numpy().copy()
    return out


def write(path):
    # Steps are stacked, so that the file's bookkeeping does not outgrow its numbers.
    out = arrays()
    with h5py.File(path, "w") as file:
        for name in SHAPES:
            file[f"initial/{name}"] = out[f"initial/{name}"]
            file[f"gradient/{name}"] = np.stack(
                [out[f"gradient/{s}/{name}"] for s in range(STEPS)])
        file["rates"] = out["rates"]
        for case in CASES:
            for name in [*SHAPES, "norm"]:
                file[f"{case}/{name}"] = np.stack(
                    [out[f"{case}/{s}/{name}"] for s in range(STEPS)])


if __name__ == "__main__":
    write(sys.argv[1])
