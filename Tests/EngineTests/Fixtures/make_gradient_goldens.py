#!/usr/bin/env python3
"""Makes the gradient goldens beside it: small networks differentiated by Keras in float64.

    python3 -m venv venv && venv/bin/pip install keras==3.15.1 tensorflow-cpu==2.21.0 h5py
    venv/bin/python make_gradient_goldens.py keras
    python3 -m venv other && other/bin/pip install torch==2.15 h5py
    other/bin/python make_gradient_goldens.py torch

The first command writes the files; the second computes the same gradients again with PyTorch in
float64, fails if they differ, and adds how far PyTorch's bfloat16 is from them.

gradients_vgg.h5, gradients_resnet.h5, gradients_mobilenet.h5: the networks of make_goldens.py for
two images of 33×47, with stored statistics. gradients_resnet_batch.h5: the second with those of the
batch (`training=True`). The loss is Σ ⟨cotangent, output⟩ over the endpoints: one in the middle,
the last before the classifier's softmax or its product, and the softmax itself.
  attribute `specification`  one string, a line a parameter, `layer/variable extent extent …`
  attribute `endpoints`      the layers whose outputs the loss is made of
  attribute `rate`           the learning rate of `changes`
  `parameters`               the numbers of all parameters in that order, one after the other,
                             float16 that holds them exactly, as are `input` and the cotangents
  `input`                    N×H×W×C
  `cotangents/LAYER`, `outputs/LAYER`
  `gradients`                the loss's gradients of kernels, biases, γ and β, in order, one after
                             the other; attribute `bf16_error`: ‖g − h‖ / ‖g‖, all parameters
                             together, for h from PyTorch's autocast on a CPU; attribute
                             `bf16_errors`: the same for each parameter, the median over 16 inputs,
                             for in few numbers one ReLU that falls on its other side is most of an
                             error; the others are draws 1 to 15 of `drawn`
  `input_gradient`           the loss's gradient of the input
  `changes`                  what two steps of SGD with momentum 0.9 add to kernels, biases, γ and β
  `statistics`               with the batch's: moving means and variances after one forward run, in
                             the order of the parameters
Results are float32. Of a tensor of more than 70 numbers every 17th is kept, from the first on, and
of the changes of one of more than 8 every 29th: primes that divide no extent, so every filter and
every tap has its turn.
"""
import os, sys
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # what is tested here runs on oneDNN, so Keras must not
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import h5py, numpy as np

FOLDER = os.path.dirname(os.path.abspath(__file__))
IMAGES = (2, 33, 47, 3)
RATE, MOMENTUM = 0.02, 0.9
NAMES = ["vgg", "resnet", "mobilenet"]


def path(name): return os.path.join(FOLDER, f"gradients_{name}.h5")


def thinned(values, limit=70, step=17):
    values = np.asarray(values).ravel()
    return values[::step] if values.size > limit else values


def packed(tensors, **how):
    return np.concatenate([thinned(t, **how) for t in tensors]).astype("f4")


def norm(tensors): return sum(float((np.asarray(t, "f8") ** 2).sum()) for t in tensors) ** 0.5


def difference(a, b): return norm([x - y for x, y in zip(a, b)]) / norm(b)


def drawn(draw):
    """Quarters spread like a normal distribution: of 64 random bits, those set, less 32, over 4.
    The bits are splitmix64's, which any language can make again."""
    with np.errstate(over="ignore"):
        count = np.arange(1, np.prod(IMAGES) + 1, dtype="u8")
        bits = np.uint64(draw) + count * np.uint64(0x9E3779B97F4A7C15)
        bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits = bits ^ (bits >> np.uint64(31))
    ones = np.unpackbits(bits.view("u1").reshape(-1, 8), axis=1).sum(1)
    return ((ones.astype("f8") - 32) / 4).reshape(IMAGES)


# Keras --------------------------------------------------------------------------------------------

def run_keras():
    import keras, tensorflow as tf
    from keras import layers
    import make_goldens as goldens

    def vgg():
        x = start = layers.Input(IMAGES[1:])
        for block, (count, filters) in enumerate(zip([2, 2, 3, 1, 2], [4, 4, 8, 10, 12]), 1):
            for i in range(1, count + 1):
                x = layers.Conv2D(
                    filters, 3, padding="same", activation="relu", name=f"block{block}_conv{i}")(x)
            x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(16, activation="relu", name="fc1")(x)
        x = layers.Dense(16, activation="relu", name="fc2")(x)
        return keras.Model(start, layers.Dense(5, activation="softmax", name="predictions")(x))

    def resnet():
        def stages(x):
            x = goldens.stack(x, 4, 1, stride1=1, name="conv2")
            x = goldens.stack(x, 6, 2, name="conv3")
            x = goldens.stack(x, 8, 1, name="conv4")
            return goldens.stack(x, 8, 1, name="conv5")
        return goldens.ResNet(stages, preact=False, use_bias=True, weights=None,
                              input_shape=IMAGES[1:], classes=5)

    def mobilenet():
        return goldens.MobileNet(input_shape=IMAGES[1:], alpha=0.065, weights=None, classes=5)

    networks = {
        "vgg": (vgg, ["block3_conv3", "fc2", "predictions"]),
        "resnet": (resnet, ["conv3_block2_out", "avg_pool", "predictions"]),
        "mobilenet": (mobilenet, ["conv_pw_5_relu", "conv_preds", "predictions"]),
    }

    def build(make, policy, weights=None):
        keras.backend.clear_session()
        keras.config.set_floatx(policy)
        keras.config.set_dtype_policy(policy)
        model = make()
        if weights is not None:
            model.set_weights(weights)
        return model

    def differentiate(model, endpoints, x, cotangents, training, steps):
        """Outputs, gradients and statistics of the first run; changes after the last."""
        dtype = model.input.dtype
        tap = keras.Model(model.input, [model.get_layer(e).output for e in endpoints])
        variables = [w for l in model.layers for w in l.weights if w.trainable]
        moving = [w for l in model.layers for w in l.weights if not w.trainable]
        before = [np.asarray(v, "f8") for v in variables]
        optimiser = keras.optimizers.SGD(RATE, momentum=MOMENTUM)
        for step in range(steps):
            start = tf.constant(x.astype(dtype))
            with tf.GradientTape() as tape:
                tape.watch(start)
                outputs = tap(start, training=training)
                loss = sum(tf.reduce_sum(y * c.astype(dtype)) for y, c in zip(outputs, cotangents))
            gradients = tape.gradient(loss, [start] + [v.value for v in variables])
            if step == 0:
                first = ([np.asarray(y, "f8") for y in outputs],
                         [np.asarray(g, "f8") for g in gradients],
                         [np.asarray(m, "f8") for m in moving])
            optimiser.apply_gradients(zip(gradients[1:], variables))
        return first + ([np.asarray(v, "f8") - b for v, b in zip(variables, before)],)

    def make_file(name, network, training, seed):
        make, endpoints = networks[network]
        rng = np.random.default_rng(seed)
        model = build(make, "float32")
        goldens.randomise(model, rng, goldens.inputs(rng, 64, *IMAGES[1:]))
        weights = model.get_weights()
        named = [(f"{l.name}/{w.name}", np.asarray(w)) for l in model.layers for w in l.weights]
        x = goldens.inputs(rng, *IMAGES)
        # Of a size that lets each endpoint count: a softmax passes little on.
        cotangents = [
            goldens.few_bits(rng.normal(0, 8 if e == "predictions" else 1, (2, *s[1:]))
                             / (1 if len(s) == 2 else 4))
            for e in endpoints for s in [model.get_layer(e).output.shape]]
        arguments = (endpoints, x, cotangents, training, 2)
        single = differentiate(model, *arguments)
        exact = differentiate(build(make, "float64", weights), *arguments)
        outputs, (input_gradient, *gradients), statistics, changes = exact
        # What is zero but for rounding, as of a bias before a normalisation, has no error to print.
        # Float32 must not fall on another side of a ReLU or a maximum anywhere.
        errors = [difference([a], [b]) for a, b in zip(single[1], exact[1])]
        sizes = [norm([g]) for g in gradients]
        print(f"{name:13} gradients: norms {min(sizes):.1e}…{max(sizes):.1e}, input "
              f"{norm([input_gradient]):.1e}; Keras's float32: together "
              f"{difference(single[1][1:], gradients):.1e}, input {errors[0]:.1e}, changes "
              f"{difference(single[3], changes):.1e}")
        for (label, _), error, size in zip(
                [n for n in named if "moving" not in n[0]], errors[1:], sizes):
            if error > 3e-6 and size > 1e-9:
                print(f"    {label:28} {error:.1e} of {size:.1e}")
        assert difference(single[1][1:], gradients) < 3e-6 and errors[0] < 3e-6, "take another seed"
        assert difference(single[3], changes) < 1e-5, "take another seed"

        with h5py.File(path(name), "w", libver="latest") as file:
            lines = [" ".join([n, *map(str, v.shape)]) for n, v in named]
            file.attrs["specification"] = np.array(["\n".join(lines)], "S")
            file.attrs["endpoints"] = np.array(endpoints, "S")
            file.attrs["rate"] = RATE
            goldens.write(file, "parameters", np.concatenate(
                [v.ravel() for _, v in named]).astype("f2"))
            goldens.write(file, "input", x.astype("f2"))
            for endpoint, cotangent, output in zip(endpoints, cotangents, outputs):
                goldens.write(file, f"cotangents/{endpoint}", cotangent.astype("f2"))
                goldens.write(file, f"outputs/{endpoint}", thinned(output).astype("f4"))
            goldens.write(file, "gradients", packed(gradients))
            goldens.write(file, "input_gradient", thinned(input_gradient).astype("f4"))
            goldens.write(file, "changes", packed(changes, limit=8, step=29))
            if training:
                goldens.write(file, "statistics", packed(statistics, limit=10**9))
        print(f"{name:13} {os.path.getsize(path(name))} bytes")

    make_file("vgg", "vgg", False, SEEDS["vgg"])
    make_file("resnet", "resnet", False, SEEDS["resnet"])
    make_file("mobilenet", "mobilenet", False, SEEDS["mobilenet"])
    make_file("resnet_batch", "resnet", True, SEEDS["resnet_batch"])


SEEDS = {"vgg": 101, "resnet": 102, "mobilenet": 103, "resnet_batch": 104}


# PyTorch ------------------------------------------------------------------------------------------

def run_torch():
    import torch
    import torch.nn.functional as F

    class Net:
        """Layers by Keras's names, on maps N×C×H×W."""

        def __init__(self, parameters): self.p, self.seen = parameters, {}

        def keep(self, name, x):
            self.seen[name] = x
            return x

        def conv(self, name, x, stride=1, depthwise=False):
            kernel, bias = self.p[f"{name}/kernel"], self.p.get(f"{name}/bias")
            if depthwise:  # height, width, channel, multiplier
                weight, groups = kernel.permute(2, 3, 0, 1).flatten(0, 1)[:, None], kernel.shape[2]
            else:
                weight, groups = kernel.permute(3, 2, 0, 1), 1
            return self.keep(name, F.conv2d(x, weight, bias, stride, groups=groups))

        def same(self, x, size, stride):
            """Keras's padding for ⌈extent / stride⌉ positions: the odd cell after."""
            around = []
            for extent in (x.shape[3], x.shape[2]):
                total = max(0, (-(-extent // stride) - 1) * stride + size - extent)
                around += [total // 2, total - total // 2]
            return F.pad(x, around)

        def norm(self, name, x, epsilon, activation=None):
            p = {k: self.p[f"{name}/{k}"] for k in ("gamma", "beta")}
            mean, variance = self.p[f"{name}/moving_mean"], self.p[f"{name}/moving_variance"]
            return F.batch_norm(x, mean, variance, p["gamma"], p["beta"], False, 0.0, epsilon)

        def dense(self, name, x): return F.linear(x, self.p[f"{name}/kernel"].t(),
                                                  self.p[f"{name}/bias"])

    def vgg(net, x):
        for block, count in enumerate([2, 2, 3, 1, 2], 1):
            for i in range(1, count + 1):
                name = f"block{block}_conv{i}"
                x = net.keep(name, F.relu(net.conv(name, net.same(x, 3, 1))))
            x = F.max_pool2d(x, 2)
        x = x.permute(0, 2, 3, 1).flatten(1)
        for name in ("fc1", "fc2"):
            x = net.keep(name, F.relu(net.dense(name, x)))
        net.keep("predictions", net.dense("predictions", x).softmax(1))

    def resnet(net, x):
        epsilon = 1.001e-5
        x = net.conv("conv1_conv", F.pad(x, [3] * 4), 2)
        x = F.relu(net.norm("conv1_bn", x, epsilon))
        x = F.max_pool2d(F.pad(x, [1] * 4), 3, 2)
        for stage, count in enumerate([1, 2, 1, 1], 2):
            for block in range(1, count + 1):
                name, stride = f"conv{stage}_block{block}", 2 if stage > 2 and block == 1 else 1
                shortcut = x
                if block == 1:
                    shortcut = net.norm(f"{name}_0_bn", net.conv(f"{name}_0_conv", x, stride),
                                        epsilon)
                y = F.relu(net.norm(f"{name}_1_bn", net.conv(f"{name}_1_conv", x, stride), epsilon))
                y = net.conv(f"{name}_2_conv", net.same(y, 3, 1))
                y = F.relu(net.norm(f"{name}_2_bn", y, epsilon))
                y = net.norm(f"{name}_3_bn", net.conv(f"{name}_3_conv", y), epsilon)
                x = net.keep(f"{name}_out", F.relu(shortcut + y))
        x = net.keep("avg_pool", x.mean((2, 3)))
        net.keep("predictions", net.dense("predictions", x).softmax(1))

    def mobilenet(net, x):
        def unit(name, y): return net.keep(
            f"{name}_relu", F.relu6(net.norm(f"{name}_bn", y, 1e-3)))
        x = unit("conv1", net.conv("conv1", net.same(x, 3, 2), 2))
        for i in range(1, 14):
            stride = 2 if i in (2, 4, 6, 12) else 1
            padded = F.pad(x, [0, 1, 0, 1]) if stride == 2 else net.same(x, 3, 1)
            x = unit(f"conv_dw_{i}", net.conv(f"conv_dw_{i}", padded, stride, depthwise=True))
            x = unit(f"conv_pw_{i}", net.conv(f"conv_pw_{i}", x))
        x = net.conv("conv_preds", x.mean((2, 3), keepdim=True))
        net.keep("predictions", x.flatten(1).softmax(1))

    def gradients(run, arrays, x, cotangents, dtype, half=False):
        p = {n: torch.tensor(a, dtype=dtype, requires_grad="moving" not in n)
             for n, a in arrays.items()}
        net = Net(p)
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            run(net, torch.tensor(x.transpose(0, 3, 1, 2), dtype=dtype))
        loss = 0
        for name, c in cotangents.items():
            y = net.seen[name]
            c = torch.tensor(c.transpose(0, 3, 1, 2) if c.ndim == 4 else c, dtype=dtype)
            loss = loss + (y.to(dtype) * c).sum()
        loss.backward()
        return [v.grad.to(torch.float64).numpy() for v in p.values() if v.requires_grad]

    for name in NAMES:
        run = {"vgg": vgg, "resnet": resnet, "mobilenet": mobilenet}[name]
        with h5py.File(path(name), "r+", libver="latest") as file:
            numbers, arrays = file["parameters"][:].astype("f8"), {}
            for line in file.attrs["specification"][0].decode().splitlines():
                label, *shape = line.split()
                count = int(np.prod([int(s) for s in shape]))
                arrays[label] = numbers[:count].reshape([int(s) for s in shape])
                numbers = numbers[count:]
            x = file["input"][:].astype("f8")
            cotangents = {e: file[f"cotangents/{e}"][:].astype("f8") for e in file["cotangents"]}
            exact = gradients(run, arrays, x, cotangents, torch.float64)
            found = packed(exact)
            off = difference([found], [file["gradients"][:]])
            assert off < 1e-6, f"{name}: Keras and PyTorch differ by {off}"
            each, together = [], []
            for draw in range(16):
                if draw > 0:
                    x = drawn(draw)
                    exact = gradients(run, arrays, x, cotangents, torch.float64)
                half = gradients(run, arrays, x, cotangents, torch.float32, half=True)
                together.append(difference(half, exact))
                # All of a gradient that a ReLU has made zero is off.
                each.append([difference([h], [e]) if norm([e]) else 1 for h, e in zip(half, exact)])
            errors = np.median(each, axis=0)
            file["gradients"].attrs["bf16_error"] = float(together[0])
            file["gradients"].attrs["bf16_errors"] = errors
            print(f"{name:13} PyTorch's float64 {off:.1e} from Keras's; bfloat16 together "
                  f"{' '.join(f'{t:.3f}' for t in together)}; parameters {errors.min():.3f}…"
                  f"{errors.max():.3f}; {os.path.getsize(path(name))} bytes")


if __name__ == "__main__":
    {"keras": run_keras, "torch": run_torch}[sys.argv[1]]()
