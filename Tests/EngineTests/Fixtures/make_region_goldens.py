#!/usr/bin/env python3
"""Makes regions.h5 beside it: regions pooled by torchvision in float32, and the features' gradients.

    python3 -m venv venv && venv/bin/pip install torch torchvision h5py
    venv/bin/python make_region_goldens.py

Maps are N×H×W×C here, as everywhere in this package; torchvision's are N×C×H×W.
  `features`   [2, 7, 9, 3], multiples of 1/4, many of them equal
  `regions`    [R, 5]: image, x1, y1, x2, y2 in pixels; the map has a cell for each 8 × 8 of them
  `upstream`   [R, 3, 4, 3]: the gradient of the pooled regions, 3 bins high and 4 wide
  `CASE/output`, `CASE/gradient`   what they are pooled to, and the gradient of the features. CASE is
               align_S and aligned_S for S samples (0: as many as cells) without and with the shift
               by half a cell, and pool for the maximum. In aligned_0 reversed regions are zero:
               torchvision fails on them.
"""
from pathlib import Path

import h5py
import numpy as np
import torch
from torchvision.ops import roi_align, roi_pool

STRIDE = 8
BINS = (3, 4)

random = np.random.default_rng(7)
features = random.integers(-6, 7, (2, 7, 9, 3)).astype(np.float32) / 4
regions = np.array(
    [
        [0, 9.25, 4.5, 50.75, 43.0],
        [1, 0, 0, 72, 56],  # the whole image
        [0, 16, 8, 48, 40],  # edges on whole cells
        [0, 30.5, 20.25, 33.75, 22.0],  # less than a cell
        [1, 30, 30, 30, 30],  # a point
        [1, -14.5, -11.25, 25.5, 30.0],  # over the upper left corner
        [0, 50.5, 33.0, 91.75, 80.5],  # over the lower right corner
        [0, 100, 90, 140, 130],  # outside
        [1, -60, -70, -30, -35],
        [1, -40.5, -30.25, 150.5, 120.75],  # around the image
        [0, 60.25, 50.5, 20.5, 10.25],  # reversed
        [0, 60.25, 5.5, 20.5, 35.25],  # reversed along one axis
        [1, 3.3, 41.7, 71.1, 55.9],
    ],
    np.float32,
)
upstream = random.integers(-8, 9, (len(regions), *BINS, 3)).astype(np.float32) / 8

operations = {
    f"{'aligned' if aligned else 'align'}_{samples}": (
        lambda x, boxes, samples=samples, aligned=aligned: roi_align(
            x, boxes, BINS, 1 / STRIDE, samples or -1, aligned
        )
    )
    for aligned in (False, True)
    for samples in (2, 1, 0)
}
operations["pool"] = lambda x, boxes: roi_pool(x, boxes, BINS, 1 / STRIDE)

with h5py.File(Path(__file__).with_name("regions.h5"), "w", libver="earliest") as file:
    file["features"], file["regions"], file["upstream"] = features, regions, upstream
    for name, operation in operations.items():
        x = torch.from_numpy(features.transpose(0, 3, 1, 2).copy()).requires_grad_()
        pooled = np.full(len(regions), True)
        if name == "aligned_0":
            pooled = (regions[:, 3] >= regions[:, 1]) & (regions[:, 4] >= regions[:, 2])
        result = operation(x, torch.from_numpy(regions[pooled]))
        result.backward(torch.from_numpy(upstream[pooled].transpose(0, 3, 1, 2).copy()))
        output = np.zeros_like(upstream)
        output[pooled] = result.detach().numpy().transpose(0, 2, 3, 1)
        file[f"{name}/output"] = output
        file[f"{name}/gradient"] = x.grad.numpy().transpose(0, 2, 3, 1)
