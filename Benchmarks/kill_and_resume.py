#!/usr/bin/env python3
"""Kill a training run at random moments, resume it each time, and compare it with one left alone.

    python3 Benchmarks/kill_and_resume.py --zoo .build/release/zoo --kills 20

Renders scenes, trains a detector on them once undisturbed, and once killed with SIGKILL at random
moments, among them the seconds of starting, measuring and writing checkpoints. Both must end with the
same bytes in last.h5 and best.h5.
"""
import argparse
import filecmp
import os
import random
import signal
import subprocess
import tempfile
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--zoo", default=".build/release/zoo")
    parser.add_argument("--weights", default="zoo/assets/mobilenet_1_0_224_imagenet.float16.h5")
    parser.add_argument("--schedule", default="joint", choices=["joint", "alternating"])
    parser.add_argument("--epochs", default="3")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    moments = random.Random(options.seed)

    with tempfile.TemporaryDirectory() as folder:
        scenes = f"{folder}/scenes"
        subprocess.run(
            [options.zoo, "data", "scenes", "--output", scenes, "--training", "60", "--test", "8"],
            check=True, stdout=subprocess.DEVNULL)

        def command(run, *more):
            return [options.zoo, "train", "--output", run, "--checkpoint-every", "7", *more]

        start = ["--data", scenes, "--split", "trainval", "--val-split", "test",
                 "--backbone", "mobilenet_v1", "--weights", options.weights, "--size", "256",
                 "--schedule", options.schedule, "--epochs", options.epochs]
        quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        began = time.monotonic()
        subprocess.run(command(f"{folder}/alone", *start), check=True, **quiet)
        seconds = time.monotonic() - began

        killed, run = 0, f"{folder}/killed"
        # On average a run gets a little further than its share before it is killed.
        longest = 3 * seconds / options.kills
        process = subprocess.Popen(command(run, *start), **quiet)
        while killed < options.kills:
            try:
                process.wait(timeout=moments.uniform(0.05, longest))
                if process.returncode != 0:
                    raise SystemExit(f"the run failed after {killed} kills; look into {run}")
                # It has come to its end early: what is killed next is a resumed run that has no work.
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                killed += 1
            more = ["--resume"] if os.path.exists(f"{run}/last.h5") else start
            process = subprocess.Popen(command(run, *more), **quiet)
        if process.wait() != 0:
            raise SystemExit("the last resumed run failed")

        same = [filecmp.cmp(f"{folder}/alone/{name}", f"{run}/{name}", shallow=False)
                for name in ("last.h5", "best.h5")]
        print(f"{options.schedule}: killed {killed} times, undisturbed {seconds:.0f} s; "
              f"last.h5 {'equal' if same[0] else 'DIFFERENT'}, "
              f"best.h5 {'equal' if same[1] else 'DIFFERENT'}")
        raise SystemExit(0 if all(same) else 1)


if __name__ == "__main__":
    main()
