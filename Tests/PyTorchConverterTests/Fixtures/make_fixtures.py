"""Makes the small checkpoints of these tests with PyTorch, torchvision and safetensors themselves.

    pip install torch==2.15.0 torchvision==0.29.2 safetensors==0.8.0 numpy && python3 make_fixtures.py

All numbers are derived from names: the i-th number of the tensor NAME, in PyTorch's order, is
(sum of the bytes of NAME modulo 97) + i modulo 151, which every type here holds exactly.
Beside each NETWORK.pth stands NETWORK.txt: a line for each parameter under Keras's name, with its
shape and numbers in Keras's order. The names are written out, not derived by any rule.
"""
import io
import os
import struct
import zipfile
from collections import OrderedDict

import numpy as np
import torch
import torchvision
from safetensors.torch import save_file
from torch import nn
from torchvision.models.mobilenetv2 import InvertedResidual
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.ops.misc import Conv2dNormActivation

folder = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(folder, name)


def numbers(name, shape, dtype=torch.float32):
    count = int(np.prod(shape))
    start = sum(name.encode()) % 97
    return (start + torch.arange(count) % 151).to(dtype).reshape(tuple(shape))


def filled(model):
    """The model's state dictionary with numbers derived from names; counts of batches stay."""
    state = model.state_dict()
    for name, tensor in state.items():
        if not name.endswith("num_batches_tracked"):
            tensor.copy_(numbers(name, tensor.shape))
    return state


NORM = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean",
        "running_var": "moving_variance"}


def expect(file, state, layers):
    """Writes the numbers as Keras has them; `layers` lists (module, Keras's layer, kind)."""
    lines, done = [], set()
    for module, layer, kind in layers:
        for variable in ("weight", "bias", "running_mean", "running_var"):
            name = f"{module}.{variable}"
            if name not in state:
                continue
            done.add(name)
            array = state[name].float().numpy()
            keras = NORM[variable] if kind == "norm" else "bias" if variable == "bias" else "kernel"
            if keras == "kernel":
                if kind == "conv":
                    array = np.transpose(array, (2, 3, 1, 0))
                elif kind == "depthwise":
                    array = np.transpose(array, (2, 3, 0, 1))
                elif kind == "dense":
                    array = array.T
                else:  # a matrix that reads a flattened map of `kind` channels, height and width
                    out = array.shape[0]
                    array = array.reshape((out,) + kind).transpose(2, 3, 1, 0).reshape(-1, out)
            text = " ".join(str(int(number)) for number in array.ravel())
            lines.append(f"{layer}/{keras} {','.join(map(str, array.shape))} {text}")
    left = [name for name in state if name not in done and "num_batches" not in name]
    assert not left, left
    with open(path(file), "w") as out:
        out.write("\n".join(lines) + "\n")


# --- Networks of torchvision's own blocks, as narrow as can be.

def resnet(block, last):
    """Two stages of a residual network under torchvision's names."""
    def down(before, after, stride):
        return nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))
    model = nn.Module()
    model.conv1 = nn.Conv2d(3, 4, 3, 2, 1, bias=False)
    model.bn1 = nn.BatchNorm2d(4)
    if block is BasicBlock:
        model.layer1 = nn.Sequential(BasicBlock(4, 4), BasicBlock(4, 4))
        model.layer2 = nn.Sequential(BasicBlock(4, 6, 2, down(4, 6, 2)))
    else:
        model.layer1 = nn.Sequential(Bottleneck(4, 2, 1, down(4, 8, 1)), Bottleneck(8, 2))
    model.fc = nn.Linear(last, 5)
    return model


torch.manual_seed(0)
basic = filled(resnet(BasicBlock, 6))
expect("resnet_basic.txt", basic, [
    ("conv1", "conv1_conv", "conv"), ("bn1", "conv1_bn", "norm"),
    ("layer1.0.conv1", "conv2_block1_1_conv", "conv"),
    ("layer1.0.bn1", "conv2_block1_1_bn", "norm"),
    ("layer1.0.conv2", "conv2_block1_2_conv", "conv"),
    ("layer1.0.bn2", "conv2_block1_2_bn", "norm"),
    ("layer1.1.conv1", "conv2_block2_1_conv", "conv"),
    ("layer1.1.bn1", "conv2_block2_1_bn", "norm"),
    ("layer1.1.conv2", "conv2_block2_2_conv", "conv"),
    ("layer1.1.bn2", "conv2_block2_2_bn", "norm"),
    ("layer2.0.conv1", "conv3_block1_1_conv", "conv"),
    ("layer2.0.bn1", "conv3_block1_1_bn", "norm"),
    ("layer2.0.conv2", "conv3_block1_2_conv", "conv"),
    ("layer2.0.bn2", "conv3_block1_2_bn", "norm"),
    ("layer2.0.downsample.0", "conv3_block1_0_conv", "conv"),
    ("layer2.0.downsample.1", "conv3_block1_0_bn", "norm"),
    ("fc", "predictions", "dense")])
# The form of today, in the usual protocol of pickles and in the newest.
torch.save(basic, path("resnet_basic.pth"))
torch.save(basic, path("resnet_basic_protocol5.pth"), pickle_protocol=5)
# The form of before 1.6, in two protocols.
torch.save(basic, path("resnet_basic_legacy.pth"), _use_new_zipfile_serialization=False)
torch.save(basic, path("resnet_basic_legacy4.pth"), _use_new_zipfile_serialization=False,
           pickle_protocol=4)
# Half of the size, as many people keep weights.
save_file({name: tensor.half() if tensor.is_floating_point() else tensor
           for name, tensor in basic.items()}, path("resnet_basic.safetensors"),
          metadata={"format": "pt"})

bottleneck = filled(resnet(Bottleneck, 8))
layers = [("conv1", "conv1_conv", "conv"), ("bn1", "conv1_bn", "norm")]
for block, keras in (("layer1.0", "conv2_block1"), ("layer1.1", "conv2_block2")):
    for k in "123":
        layers += [(f"{block}.conv{k}", f"{keras}_{k}_conv", "conv"),
                   (f"{block}.bn{k}", f"{keras}_{k}_bn", "norm")]
layers += [("layer1.0.downsample.0", "conv2_block1_0_conv", "conv"),
           ("layer1.0.downsample.1", "conv2_block1_0_bn", "norm"), ("fc", "predictions", "dense")]
expect("resnet_bottleneck.txt", bottleneck, layers)
# A training run's checkpoint: DataParallel's names, an optimiser's state, parameters of a module.
wrapped = nn.DataParallel(resnet(Bottleneck, 8))
wrapped.module.load_state_dict(bottleneck)
optimizer = torch.optim.SGD(wrapped.parameters(), 0.1, momentum=0.9)
for parameter in wrapped.parameters():
    parameter.grad = torch.zeros_like(parameter)
optimizer.step()
wrapped.module.load_state_dict(bottleneck)
light = optimizer.state_dict()
light["state"] = {0: light["state"][0]}
torch.save({"epoch": 90, "arch": "resnet50", "best_acc1": torch.tensor(76.13), "lr": 1e-3,
            "seed": 2 ** 80, "device": torch.device("cpu"), "size": torch.Size([3, 224, 224]),
            "state_dict": wrapped.state_dict(keep_vars=True), "optimizer": light},
           path("resnet_bottleneck.pth"))


class VGG(nn.Module):
    def __init__(self, configuration, norm=False):
        super().__init__()
        self.features = torchvision.models.vgg.make_layers(configuration, batch_norm=norm)
        self.classifier = nn.Sequential(
            nn.Linear(5 * 2 * 2, 7), nn.ReLU(), nn.Dropout(), nn.Linear(7, 6), nn.ReLU(),
            nn.Dropout(), nn.Linear(6, 4))


configuration = [2, 2, "M", 3, "M", 3, 4, 5, "M"]
vgg = filled(VGG(configuration))
expect("vgg.txt", vgg, [
    ("features.0", "block1_conv1", "conv"), ("features.2", "block1_conv2", "conv"),
    ("features.5", "block2_conv1", "conv"), ("features.8", "block3_conv1", "conv"),
    ("features.10", "block3_conv2", "conv"), ("features.12", "block3_conv3", "conv"),
    ("classifier.0", "fc1", (5, 2, 2)), ("classifier.3", "fc2", "dense"),
    ("classifier.6", "predictions", "dense")])
torch.save({"model": vgg, "epoch": 3}, path("vgg.pth"))
torch.save(filled(VGG([2, "M", 3], norm=True)), path("vgg_bn.pth"))


class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        relu6 = {"norm_layer": nn.BatchNorm2d, "activation_layer": nn.ReLU6}
        self.features = nn.Sequential(
            Conv2dNormActivation(3, 4, stride=2, **relu6), InvertedResidual(4, 2, 1, 1),
            InvertedResidual(2, 3, 2, 6), InvertedResidual(3, 3, 1, 6),
            Conv2dNormActivation(3, 8, kernel_size=1, **relu6))
        self.classifier = nn.Sequential(nn.Dropout(), nn.Linear(8, 5))


mobilenet = filled(MobileNetV2())
layers = [("features.0.0", "Conv1", "conv"), ("features.0.1", "bn_Conv1", "norm"),
          ("features.1.conv.0.0", "expanded_conv_depthwise", "depthwise"),
          ("features.1.conv.0.1", "expanded_conv_depthwise_BN", "norm"),
          ("features.1.conv.1", "expanded_conv_project", "conv"),
          ("features.1.conv.2", "expanded_conv_project_BN", "norm")]
for k, block in ((2, "block_1"), (3, "block_2")):
    layers += [(f"features.{k}.conv.0.0", f"{block}_expand", "conv"),
               (f"features.{k}.conv.0.1", f"{block}_expand_BN", "norm"),
               (f"features.{k}.conv.1.0", f"{block}_depthwise", "depthwise"),
               (f"features.{k}.conv.1.1", f"{block}_depthwise_BN", "norm"),
               (f"features.{k}.conv.2", f"{block}_project", "conv"),
               (f"features.{k}.conv.3", f"{block}_project_BN", "norm")]
layers += [("features.4.0", "Conv_1", "conv"), ("features.4.1", "Conv_1_bn", "norm"),
           ("classifier.1", "predictions", "dense")]
expect("mobilenet_v2.txt", mobilenet, layers)
torch.save(mobilenet, path("mobilenet_v2.pth"))

# --- Tensors of every kind: types, strides, offsets, shared storages, none at all.

store = numbers("store", (40,))
kinds = OrderedDict([
    ("half.x", numbers("half.x", (2, 3), torch.float16)),
    ("bfloat16.x", numbers("bfloat16.x", (2, 3), torch.bfloat16)),
    ("float32.x", numbers("float32.x", (2, 3))),
    ("float64.x", numbers("float64.x", (2, 3), torch.float64)),
    ("int64.x", torch.arange(3)),
    ("bool.x", torch.tensor([True, False])),
    ("float8.x", torch.zeros(4).to(torch.float8_e4m3fn)),
    ("uint16.x", torch.zeros(4).to(torch.uint16)),
    ("transposed.x", numbers("transposed.x", (3, 4)).t()),
    ("permuted.x", numbers("permuted.x", (2, 3, 4)).permute(2, 0, 1)),
    ("offset.x", store[7:19].reshape(3, 4)),
    ("column.x", store.reshape(5, 8)[:, 3]),
    ("every_other.x", store[1::2]),
    ("last.x", numbers("last.x", (2, 3, 2, 2)).contiguous(memory_format=torch.channels_last)),
    ("single.x", torch.tensor(42.0)),
    ("empty.x", torch.zeros(0, 3)),
    ("ones.x", numbers("ones.x", (1, 4)).expand(1, 4)),
    ("parameter.x", nn.Parameter(numbers("parameter.x", (4,)))),
])
with open(path("kinds.txt"), "w") as out:
    for name, tensor in kinds.items():
        text = " ".join(str(int(x)) for x in tensor.detach().double().reshape(-1).tolist())
        shape = ",".join(map(str, tensor.shape)) or "-"
        out.write(f"{name} {str(tensor.dtype)[6:]} {shape} {text}\n")
torch.save(kinds, path("kinds.pth"))
legacy = OrderedDict((name, tensor) for name, tensor in kinds.items())
torch.save(legacy, path("kinds_legacy.pth"), _use_new_zipfile_serialization=False)


# --- The same archives put together in other ways.

def members(name):
    with zipfile.ZipFile(path(name)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def archive(name, content, compression=zipfile.ZIP_STORED):
    """Writes an archive without times, so that the same script makes the same file."""
    with zipfile.ZipFile(path(name), "w", compression) as out:
        for member, data in content:
            info = zipfile.ZipInfo(member)
            info.compress_type = compression
            out.writestr(info, data)


# As a big-endian machine writes it.
swapped = []
for member, data in members("mobilenet_v2.pth"):
    if member.endswith("/byteorder"):
        data = b"big"
    elif "/data/" in member:
        # Counts of batches have other sizes, but all are zero.
        data = np.frombuffer(data, "<f4").byteswap().tobytes()
    swapped.append((member, data))
archive("big_endian.pth", swapped)
state = torch.load(path("big_endian.pth"))
assert all(torch.equal(state[name], mobilenet[name]) for name in state
           if "num_batches" not in name)
archive("deflated.pth", members("vgg.pth"), zipfile.ZIP_DEFLATED)

# With 64-bit sizes and places, as an archive beyond 4 GB has them.
with open(path("vgg.pth"), "rb") as file:
    content = file.read()
end = content.rindex(b"PK\5\6")
count, size, start = struct.unpack("<HII", content[end + 10:end + 20])
directory, at = b"", start
for _ in range(count):
    entry = bytearray(content[at:at + 46])
    compressed, plain = struct.unpack("<II", entry[20:28])
    n, x, c = struct.unpack("<HHH", entry[28:34])
    header, = struct.unpack("<I", entry[42:46])
    extra = struct.pack("<HHQQQ", 1, 24, plain, compressed, header)
    entry[20:28] = b"\xff" * 8
    entry[30:32] = struct.pack("<H", len(extra))
    entry[42:46] = b"\xff" * 4
    directory += bytes(entry) + content[at + 46:at + 46 + n] + extra
    at += 46 + n + x + c
wide = content[:start] + directory
wide += struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, count, count, len(directory), start)
wide += struct.pack("<4sIQI", b"PK\6\7", 0, start + len(directory), 1)
wide += struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
with open(path("zip64.pth"), "wb") as file:
    file.write(wide)
with zipfile.ZipFile(path("zip64.pth")) as check:
    assert check.testzip() is None
torch.load(path("zip64.pth"))


# --- What must be refused.

class Command:
    def __reduce__(self):
        return os.system, ("echo executed > /tmp/pytorch_fixture_was_executed",)


torch.save({"state_dict": {"a": torch.zeros(1)}, "x": Command()}, path("command.pth"))
torch.save({"x": Command()}, path("command_legacy.pth"), _use_new_zipfile_serialization=False,
           pickle_protocol=4)
torch.save(nn.Linear(2, 2), path("whole_model.pth"))
torch.save({"x": torch.eye(3).to_sparse()}, path("sparse.pth"))
torch.save({"acc": np.float64(1), "x": torch.zeros(1)}, path("numpy_scalar.pth"))
torch.save([torch.zeros(2)], path("list.pth"))
torch.save({"epoch": 1}, path("no_tensors.pth"))
torch.save({"generator": {"w": torch.zeros(1)}, "critic": {"w": torch.zeros(1)}},
           path("two_models.pth"))
buffer = io.BytesIO()
torch.jit.save(torch.jit.script(nn.Linear(2, 2)), buffer)
with open(path("script.pt"), "wb") as file:
    file.write(buffer.getvalue())
