"""Writes the event file that tensorboard's own libraries make of fixed numbers and times.

    pip install tensorboard==2.21.0 && python make_events.py

Then reads it as TensorBoard does. Given paths, it prints what TensorBoard reads from those instead.
"""

import pathlib
import sys

from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

path = pathlib.Path(__file__).parent / "events.tfevents"
STEPS = [
    (0, 1700000000.25, [("loss/total", 1.5), ("rate", 0.0)]),
    (1, 1700000001.5, [("loss/total", 0.1)]),
    (300, 1700000002.0, [("loss/total", float("inf")), ("mAP50", -0.0), ("é", 1e-30)]),
    (5_000_000_000, 1700000003.125, []),
]


def show(file):
  for event in LegacyEventFileLoader(str(file)).Load():
    print(event.wall_time, event.step, event.file_version,
          [(v.tag, v.simple_value) for v in event.summary.value])


if len(sys.argv) > 1:
  for file in sys.argv[1:]:
    show(file)
  sys.exit()

with open(path, "wb") as file:
  writer = RecordWriter(file)
  writer.write(Event(wall_time=1700000000.0, file_version="brain.Event:2").SerializeToString())
  for step, time, values in STEPS:
    summary = Summary(value=[Summary.Value(tag=t, simple_value=v) for t, v in values])
    writer.write(Event(wall_time=time, step=step, summary=summary).SerializeToString())
show(path)
