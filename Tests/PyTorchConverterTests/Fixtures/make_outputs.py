"""Makes narrow networks of torchvision's and writes down what PyTorch computes with them.

    pip install torch==2.15.0 torchvision==0.29.2 safetensors==0.8.0 numpy && python3 make_outputs.py

NETWORK_outputs.pth holds weights in float16, PyTorch computes with them in float32, and
NETWORK_outputs.safetensors holds maps [1, height, width, channels] by Keras's names of the layers,
with the input's size before them: `37x45/conv2_block1_out`. The i-th number of an input, counted in
the order height, width, channel, is ((37 i) modulo 101 - 50) / 50.
"""
import os

import torch
import torchvision
from safetensors.torch import save_file
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck

folder = os.path.dirname(os.path.abspath(__file__))


def picture(height, width):
    count = height * width * 3
    numbers = ((37 * torch.arange(count)) % 101 - 50).float() / 50
    return numbers.reshape(1, height, width, 3).permute(0, 3, 1, 2)


def randomise(model):
    """Numbers as after some training: no normalisation is the identity."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.2)
            nn.init.normal_(module.running_mean, 0, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
        elif isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight)
            if module.bias is not None:
                nn.init.normal_(module.bias, 0, 0.2)
    return model.half().float().eval()


def record(name, model, layers, legacy=False, classifies=()):
    """`layers` lists (Keras's name, module), all recorded at an odd size, the last at an even one;
    the sizes of `classifies` also record predictions."""
    maps = {}
    for height, width in ((37, 45), (64, 64)):
        key, hooks = f"{height}x{width}", []
        for layer, module in layers if height == 37 else layers[-1:]:
            def keep(_, __, output, layer=layer):
                # The next layer may work in place.
                maps[f"{key}/{layer}"] = output.detach().clone().permute(0, 2, 3, 1).contiguous()
            hooks.append(module.register_forward_hook(keep))
        with torch.no_grad():
            if (height, width) in classifies:
                output = model(picture(height, width)).softmax(1)
                maps[f"{key}/predictions"] = output
            else:
                getattr(model, "features", model)(picture(height, width))
        for hook in hooks:
            hook.remove()
    save_file(maps, os.path.join(folder, f"{name}_outputs.safetensors"))
    state = {key: value.half() for key, value in model.state_dict().items()
             if "num_batches_tracked" not in key}
    torch.save(state, os.path.join(folder, f"{name}_outputs.pth"),
               _use_new_zipfile_serialization=not legacy)


def resnet(block, blocks, widths):
    model = torchvision.models.ResNet(block, [1, 1, 1, 1], num_classes=5)
    model.inplanes = 64
    for stage, (count, width) in enumerate(zip(blocks, widths)):
        layer = model._make_layer(block, width, count, stride=1 if stage == 0 else 2)
        setattr(model, f"layer{stage + 1}", layer)
    model.fc = nn.Linear(widths[-1] * block.expansion, 5)
    return randomise(model)


torch.manual_seed(7)
for name, block, blocks, widths in (
    ("resnet_basic", BasicBlock, [2, 1, 1, 1], [2, 4, 5, 6]),
    ("resnet_bottleneck", Bottleneck, [2, 1, 1, 1], [2, 3, 3, 4]),
):
    model = resnet(block, blocks, widths)
    layers = [(f"conv{stage + 2}_block{count}_out", getattr(model, f"layer{stage + 1}"))
              for stage, count in enumerate(blocks)]
    record(name, model, layers, legacy=block is Bottleneck,
           classifies=[(37, 45), (64, 64)])

# The pooling to 7×7 in torchvision is the identity at 224×224; here the matrices read 2×2.
model = torchvision.models.VGG(
    torchvision.models.vgg.make_layers([2, "M", 3, "M", 4, 4, "M", 5, "M", 3, "M"]), num_classes=5)
model.avgpool = nn.Identity()
model.classifier = nn.Sequential(
    nn.Linear(3 * 2 * 2, 8), nn.ReLU(True), nn.Dropout(), nn.Linear(8, 8), nn.ReLU(True),
    nn.Dropout(), nn.Linear(8, 5))
randomise(model)
record("vgg", model, [
    ("block2_conv1", model.features[4]),
    ("block3_conv2", model.features[9]), ("block4_conv1", model.features[12]),
    ("block5_conv1", model.features[15]), ("block5_pool", model.features[16]),
], classifies=[(64, 64)])

# Only as far as stride 16: what follows is 1280 channels wide in any network.
model = torchvision.models.MobileNetV2(num_classes=5, width_mult=1 / 32)
model.features = model.features[:8]
model.features[7].conv = model.features[7].conv[:1]
del model.classifier
model.features[7].use_res_connect = False
randomise(model)
record("mobilenet_v2", model, [
    ("Conv1_relu", model.features[0]),
    ("block_5_add", model.features[6]),
    ("block_6_expand_relu", model.features[7].conv[0]),
], legacy=True)

# Some units are so narrow that they do not expand. Of the large network only its first units.
for name, places in (("large", (0, 5, 7)), ("small", (0, 2, 10))):
    model = getattr(torchvision.models, f"mobilenet_v3_{name}")(num_classes=5, width_mult=1 / 32)
    if name == "large":
        model.features = model.features[:9]
        del model.classifier
    randomise(model)
    layers = []
    for place in places:
        block = model.features[place + 1]
        unit = f"expanded_conv_{place}" if place else "expanded_conv"
        layers.append((f"{unit}_add" if block.use_res_connect else f"{unit}_project_bn", block))
    record(f"mobilenet_v3_{name}", model, layers, legacy=True,
           classifies=[(37, 45), (64, 64)] if name == "small" else [])
