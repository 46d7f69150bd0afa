#!/usr/bin/env python3
"""Compare `zoo features` with what Keras computed from the same checkpoint and input.

    python3 -m venv venv && venv/bin/pip install h5py numpy
    venv/bin/python Benchmarks/parity.py --zoo .build/release/zoo --backbone resnet50_v1 [--alpha A] CHECKPOINT.h5 GOLDEN.h5

GOLDEN.h5 holds a data set `input` (N×H×W×3, float32, preprocessed) and one for each endpoint, with
Keras's own bfloat16 error in the attribute `bf16_error`. Prints ‖ours − Keras's‖ / ‖Keras's‖ for each
endpoint in both precisions; fails where float32 is off by more than 2e-5, or where bfloat16 is off by
more than 1.5 times Keras's own error at the last endpoint.
"""
import argparse, os, subprocess, sys, tempfile
import h5py, numpy as np

FLOAT32_LIMIT = 2e-5
BFLOAT16_FACTOR = 1.5


def main():
    p = argparse.ArgumentParser()
    p.add_argument("checkpoint")
    p.add_argument("golden")
    p.add_argument("--zoo", default=".build/release/zoo")
    p.add_argument("--backbone", required=True)
    p.add_argument("--alpha")
    p.add_argument("--precisions", nargs="*", default=["f32", "bf16"])
    a = p.parse_args()
    failed = False
    with h5py.File(a.golden) as golden, tempfile.TemporaryDirectory() as folder:
        image = np.asarray(golden["input"])
        np.save(f"{folder}/input.npy", image)
        # Smaller maps come later.
        endpoints = sorted((n for n in golden if n != "input"), key=lambda n: (-golden[n].size, n))
        last = min(endpoints, key=lambda n: golden[n].shape[1:3])
        for precision in a.precisions:
            command = [a.zoo, "features", f"{folder}/input.npy", "--backbone", a.backbone]
            command += ["--weights", a.checkpoint, "--endpoints", ",".join(endpoints)]
            command += ["--output", f"{folder}/out.h5", "--precision", precision]
            command += ["--alpha", a.alpha] if a.alpha else []
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            with h5py.File(f"{folder}/out.h5") as ours:
                for name in endpoints:
                    keras = np.asarray(golden[name], "f8")
                    error = np.linalg.norm(np.asarray(ours[name], "f8") - keras) / np.linalg.norm(keras)
                    limit = FLOAT32_LIMIT
                    if precision == "bf16":
                        limit = BFLOAT16_FACTOR * golden[name].attrs["bf16_error"]
                    counts = precision == "f32" or name == last
                    failed |= bool(counts and not error <= limit)
                    verdict = ("ok" if error <= limit else "FAILED") if counts else "-"
                    print(f"{a.backbone} {a.alpha or ''} {image.shape[1]}×{image.shape[2]} {precision} "
                          f"{name:<20} {error:.1e} (limit {limit:.1e}) {verdict}")
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
