"""Writes the data sets with the figures that pycocotools, and a plain voc_eval below, give for them.

    pip install pycocotools==2.0.11 numpy==2.4.6 && python make_fixtures.py

Each file is text, a line a fact:
    classes N, images N
    object IMAGE CLASS X1 Y1 X2 Y2 FLAG AREA    FLAG: 0, crowd, difficult; AREA: a number or -
    detection IMAGE CLASS SCORE X1 Y1 X2 Y2
    figure NAME VALUE                           -1 where there is none
Coordinates are multiples of 1/4 and scores of 1/1024, which floats hold exactly.
"""

import contextlib
import io
import pathlib
import random

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

FOLDER = pathlib.Path(__file__).parent


def data_set(seed, images, classes, objects, detections, crowds=0.0, difficult=0.0, levels=1024,
             grid=0.25, empty=0.0, absent=(), areas=False, sides=(4, 300)):
  """Objects, and detections near them and elsewhere.

  levels: how many different scores there are. absent: classes that have detections only.
  areas: whether outlines are smaller than boxes.
  """
  rng = random.Random(seed)
  snap = lambda value: round(value / grid) * grid

  def box():
    low, high = sides
    width, height = (snap(low * (high / low) ** rng.random()) or grid for _ in range(2))
    x, y = snap(rng.uniform(0, 640 - width)), snap(rng.uniform(0, 480 - height))
    return x, y, x + width, y + height

  def moved(other):
    width, height = other[2] - other[0], other[3] - other[1]
    amount = rng.choice([0, 0.03, 0.1, 0.3])
    x1, x2 = (snap(v + rng.gauss(0, amount) * width) for v in (other[0], other[2]))
    y1, y2 = (snap(v + rng.gauss(0, amount) * height) for v in (other[1], other[3]))
    return (x1, y1, x2, y2) if x2 > x1 and y2 > y1 else other

  present = [c for c in range(classes) if c not in absent]
  truth, found = [], []
  for image in range(images):
    if rng.random() < empty:
      continue
    for _ in range(rng.randint(0, objects)):
      flag = "crowd" if rng.random() < crowds else "difficult" if rng.random() < difficult else "0"
      shape = box()
      area = (shape[2] - shape[0]) * (shape[3] - shape[1])
      truth.append((image, rng.choice(present), shape, flag,
                    round(area * rng.uniform(0.4, 1) * 4) / 4 if areas else None))
  for image in range(images):
    here = [t for t in truth if t[0] == image]
    for _ in range(rng.randint(0, detections)):
      if here and rng.random() < 0.7:
        _, label, shape, _, _ = rng.choice(here)
        shape, label = moved(shape), label if rng.random() < 0.9 else rng.randrange(classes)
      else:
        shape, label = box(), rng.randrange(classes)
      found.append((image, label, rng.randint(1, levels) / levels, shape))
  return classes, images, truth, found


def coco_figures(classes, images, truth, found):
  size = lambda b: [b[0], b[1], b[2] - b[0], b[3] - b[1]]
  coco = COCO()
  coco.dataset = {
      "images": [{"id": i + 1} for i in range(images)],
      "categories": [{"id": c + 1} for c in range(classes)],
      "annotations": [
          {"id": n + 1, "image_id": i + 1, "category_id": c + 1, "bbox": size(b),
           "iscrowd": int(flag == "crowd"),
           "area": area if area is not None else (b[2] - b[0]) * (b[3] - b[1])}
          for n, (i, c, b, flag, area) in enumerate(truth)]}
  with contextlib.redirect_stdout(io.StringIO()):
    coco.createIndex()
    if found:
      results = coco.loadRes([
          {"image_id": i + 1, "category_id": c + 1, "score": s, "bbox": size(b)}
          for i, c, s, b in found])
    else:
      results = COCO()
      results.dataset = dict(coco.dataset, annotations=[])
      results.createIndex()
    evaluation = COCOeval(coco, results, "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
  names = "AP AP50 AP75 APs APm APl AR1 AR10 AR100 ARs ARm ARl".split()
  figures = dict(zip(names, evaluation.stats))
  precision = evaluation.eval["precision"][:, :, :, 0, 2]
  for c in range(classes):
    figures[f"class{c}.AP"] = np.mean(precision[:, :, c])
    figures[f"class{c}.AP50"] = np.mean(precision[0, :, c])
  return figures


def voc_figures(classes, images, truth, found):
  """The measure of VOC, as py-faster-rcnn's voc_eval takes it, with boxes given by edges."""

  def overlap(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
      return 0.0
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    return width * height / (area(a) + area(b) - width * height)

  figures, areas, points = {}, [], []
  for c in range(classes):
    objects = [t for t in truth if t[1] == c]
    total = sum(t[3] == "0" for t in objects)
    used, right, wrong = set(), [], []
    # sorted() is stable, and the detections are in the order of the images.
    for image, _, _, box in sorted((d for d in found if d[1] == c), key=lambda d: -d[2]):
      here = [(overlap(box, t[2]), -n) for n, t in enumerate(objects) if t[0] == image]
      best = max(here, default=(0, 0))
      r = w = 0
      if best[0] > 0.5:
        if objects[-best[1]][3] == "0":
          r, w = (0, 1) if best[1] in used else (1, 0)
          used.add(best[1])
      else:
        w = 1
      right.append(r)
      wrong.append(w)
    if total == 0:
      figures[f"class{c}.area"] = figures[f"class{c}.11point"] = -1
      continue
    tp, fp = np.cumsum(right), np.cumsum(wrong)
    recall = tp / total
    precision = tp / np.maximum(tp + fp, np.finfo(np.float64).eps)
    eleven = 0.0
    for t in np.arange(0.0, 1.1, 0.1):
      eleven += (np.max(precision[recall >= t]) if np.any(recall >= t) else 0.0) / 11
    r = np.concatenate(([0.0], recall, [1.0]))
    p = np.concatenate(([0.0], precision, [0.0]))
    p = np.maximum.accumulate(p[::-1])[::-1]
    area = float(np.sum((r[1:] - r[:-1]) * p[1:]))
    figures[f"class{c}.area"], figures[f"class{c}.11point"] = area, eleven
    areas.append(area)
    points.append(eleven)
  figures["area"] = np.mean(areas) if areas else -1
  figures["11point"] = np.mean(points) if points else -1
  return figures


def write(name, data, figures):
  classes, images, truth, found = data
  number = lambda value: f"{value:g}" if value == float(f"{value:g}") else repr(value)
  lines = [f"classes {classes}", f"images {images}"]
  for image, label, box, flag, area in truth:
    lines.append(" ".join(["object", str(image), str(label), *map(number, box), flag,
                           "-" if area is None else number(area)]))
  for image, label, score, box in found:
    lines.append(" ".join(["detection", str(image), str(label), repr(score), *map(number, box)]))
  lines += [f"figure {key} {float(value):.12g}" for key, value in figures(*data).items()]
  text = "\n".join(lines) + "\n"
  assert len(text) <= 50_000, (name, len(text))
  (FOLDER / name).write_text(text)
  print(name, len(text), lines[-1])


SETS = {
    "many_images": data_set(1, 120, 4, 5, 9),
    "one_image": data_set(3, 1, 2, 12, 60),
    "crowds": data_set(3, 50, 3, 6, 14, crowds=0.3, areas=True),
    "empty_images": data_set(4, 60, 3, 5, 12, empty=0.5),
    # Whole pixels in tens: many overlaps are exactly on a threshold.
    "equal_scores": data_set(5, 50, 2, 5, 14, levels=4, grid=10, sides=(10, 80)),
    "absent_classes": data_set(6, 40, 6, 5, 10, absent=(1, 4)),
    "no_detections": data_set(7, 12, 3, 4, 0),
    "no_objects": data_set(8, 12, 2, 0, 6),
    # More than a hundred of one class, and the limits between small, medium and large.
    "crowded": data_set(9, 4, 1, 150, 330, crowds=0.05, grid=16, sides=(16, 160)),
}
for set_name, values in SETS.items():
  write(f"coco_{set_name}.txt", values, coco_figures)

for set_name, values in {
    "difficult": data_set(11, 80, 4, 6, 12, difficult=0.3, crowds=0.05),
    "equal_scores": data_set(12, 50, 3, 5, 14, difficult=0.2, levels=4, grid=10, sides=(10, 80)),
    # Ten objects: recalls are exact tenths.
    "tenths": (1, 10, [(i, 0, (10, 10, 50, 50), "0", None) for i in range(10)],
               [(i, 0, (20 - 2 * i) / 32, (10, 10, 50, 50 if i != 2 else 90)) for i in range(8)]),
    "absent_classes": data_set(14, 30, 5, 4, 8, absent=(0, 3), empty=0.2),
}.items():
  write(f"voc_{set_name}.txt", values, voc_figures)
