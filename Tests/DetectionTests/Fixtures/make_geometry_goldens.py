#!/usr/bin/env python3
"""Makes geometry.json beside it: what torchvision gives for random boxes, logits and deltas.

    python3 -m venv venv && venv/bin/pip install torch torchvision
    venv/bin/python make_geometry_goldens.py

Tensors are flat lists. The background's deltas, of which torchvision makes no use, are left out,
and labels count from 0 without the background. torchvision's anchors are centred on the upper left
corners of cells and have rounded edges, and their shapes are ordered by ratio, then by side; the
test accounts for all three.
"""

import json
from pathlib import Path

import torch
import torchvision
from torchvision.models.detection import _utils, roi_heads, rpn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import box_iou, nms

random = torch.Generator().manual_seed(20)


def uniform(*shape, low=0.0, high=1.0, steps=64):
  """Numbers on a grid, which are short to write."""
  numbers = torch.rand(shape, generator=random) * (high - low) + low
  return (numbers * steps).round() / steps


def random_boxes(count, width, height, side):
  corners = uniform(count, 2, steps=4) * torch.tensor([width, height]) * 0.8
  return torch.cat([corners, corners + uniform(count, 2, low=4, high=side, steps=4)], dim=1)


def listed(tensor):
  numbers = tensor.flatten().tolist()
  return [round(number, 6) if isinstance(number, float) else number for number in numbers]


def anchors():
  sides, ratios, (height, width), stride = (32, 64), (0.5, 1.0, 2.0), (2, 3), 16
  maker = AnchorGenerator((sides,), (ratios,))
  images = ImageList(torch.zeros(1, 3, height * stride, width * stride), [(32, 48)])
  boxes = maker(images, [torch.zeros(1, 1, height, width)])[0]
  return {"sides": sides, "ratios": ratios, "height": height, "width": width, "stride": stride,
          "boxes": listed(boxes)}


def coding(weights):
  coder = _utils.BoxCoder(weights)
  boxes, references = random_boxes(24, 400, 300, 150), random_boxes(24, 400, 300, 150)
  deltas = uniform(24, 4, low=-3, high=3)
  deltas[::5] *= 8  # beyond the clamp
  return {"weights": weights, "boxes": listed(boxes), "references": listed(references),
          "deltas": listed(deltas), "encoded": listed(coder.encode([boxes], [references])[0]),
          "decoded": listed(coder.decode(deltas, [references]))}


def matching():
  # Whole numbers, so that several boxes overlap an object equally.
  corner, size = uniform(160, 2, low=0, high=60, steps=1), uniform(160, 2, low=4, high=24, steps=1)
  boxes = torch.cat([corner, corner + size], dim=1)
  boxes[120:140] = boxes[40:60]
  objects = torch.cat([boxes[[3, 50, 90]] + torch.tensor([0, 0, 3, 0]),
                       torch.tensor([[0.0, 0, 9, 50], [30, 30, 33, 33], [10, 20, 44, 61]])])
  overlaps = box_iou(objects, boxes)
  return {"boxes": listed(boxes), "objects": listed(objects), "overlaps": listed(overlaps.amax(0)),
          "anchors": listed(_utils.Matcher(0.7, 0.3, True)(overlaps)),
          "regions": listed(_utils.Matcher(0.5, 0.5, False)(overlaps))}


def suppression():
  boxes = random_boxes(160, 200, 150, 90)
  scores = torch.arange(160, 0, -1.0)
  return {"boxes": listed(boxes),
          "kept": [{"overlap": overlap, "indices": listed(nms(boxes, scores, overlap))}
                   for overlap in (0.1, 0.3, 0.5, 0.7, 0.9)]}


def proposals():
  count, height, width = 200, 120, 160
  candidates, kept, overlap = 120, 40, 0.7
  boxes = random_boxes(count, width + 40, height + 40, 70)
  logits = (torch.randperm(count, generator=random) - count // 2) / 32
  deltas = uniform(count, 4, low=-1, high=1)
  network = rpn.RegionProposalNetwork(
      None, None, 0.7, 0.3, 256, 0.5, {"training": 1, "testing": candidates},
      {"training": 1, "testing": kept}, overlap).eval()
  network.min_size = 1
  decoded = network.box_coder.decode(deltas, [boxes]).view(1, -1, 4)
  found, scores = network.filter_proposals(decoded, logits[None], [(height, width)], [count])
  return {"anchors": listed(boxes), "logits": listed(logits), "deltas": listed(deltas),
          "height": height, "width": width, "candidates": candidates, "count": kept,
          "overlap": overlap, "boxes": listed(found[0]), "scores": listed(scores[0])}


def detections():
  count, classes, height, width = 48, 3, 120, 160
  regions = random_boxes(count, width, height, 70)
  logits = uniform(count, classes + 1, low=-2, high=2, steps=4096)
  deltas = uniform(count, classes + 1, 4, low=-4, high=4)
  heads = roi_heads.RoIHeads(
      None, None, None, 0.5, 0.5, 128, 0.25, (10.0, 10.0, 5.0, 5.0), 0.05, 0.5, 100)
  boxes, scores, labels = heads.postprocess_detections(
      logits, deltas.flatten(1), [regions], [(height, width)])
  return {"regions": listed(regions), "probabilities": listed(logits.softmax(-1)),
          "deltas": listed(deltas[:, 1:]), "classes": classes, "height": height, "width": width,
          "count": 100, "boxes": listed(boxes[0]), "scores": listed(scores[0]),
          "labels": listed(labels[0] - 1)}


goldens = {
    "versions": {"torch": torch.__version__, "torchvision": torchvision.__version__},
    "anchors": anchors(),
    "codings": [coding((1.0, 1.0, 1.0, 1.0)), coding((10.0, 10.0, 5.0, 5.0))],
    "matching": matching(),
    "suppression": suppression(),
    "proposals": proposals(),
    "detections": detections(),
}
with open(Path(__file__).with_name("geometry.json"), "w") as file:
  json.dump(goldens, file, separators=(",", ":"))
  file.write("\n")
