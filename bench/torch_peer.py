"""PyTorch as the peer of against-torch.ts: times training steps of a panel's networks.

Speaks JSON lines. First line in: {"nets": [...], "batch": 64} (networks as in nets.json); out: {"version": ...}.
Then a request a line: {"net": "x3", "threads": 1, "steps": 5}; out: {"ms": [...], "cpuMs": ...,
"layout": ..., "macs": ..., "params": ...} or {"error": ...}. One more step comes first: it is in cpuMs, not in ms. A step is forward, cross-entropy, backward and Nesterov SGD (one fused update), until the new
parameters are there. The first request of a network and thread count tries both memory formats and keeps the faster.
"""

import json
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional

WARM_UP_STEPS = 3
TRIAL_STEPS = 7


def activation(name):
    return nn.SiLU(inplace=True) if name == "swish" else nn.ReLU(inplace=True)


def conv_norm(channels, filters, kernel=1, stride=1, groups=1, act=None):
    conv = nn.Conv2d(channels, filters, kernel, stride, kernel // 2, groups=groups, bias=False)
    parts = [conv, nn.BatchNorm2d(filters)]
    return nn.Sequential(*parts, activation(act)) if act else nn.Sequential(*parts)


class SqueezeExcitation(nn.Module):
    def __init__(self, channels, squeezed, act):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.act = activation(act)
        self.excite = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x):
        pooled = functional.adaptive_avg_pool2d(x, 1)
        return x * torch.sigmoid(self.excite(self.act(self.squeeze(pooled))))


class XBlock(nn.Module):
    """1x1, group 3x3, squeeze-and-excitation, 1x1; a projection where the shape changes; activation after the sum."""

    def __init__(self, net, channels, width, stride, _kernel):
        super().__init__()
        act = net["act"]
        parts = [
            conv_norm(channels, width, act=act),
            conv_norm(width, width, 3, stride, width // net["group_width"], act),
        ]
        squeezed = round(channels * net.get("se", 0))
        if squeezed:
            parts.append(SqueezeExcitation(width, squeezed, act))
        self.transform = nn.Sequential(*parts, conv_norm(width, width))
        keeps = stride == 1 and channels == width
        self.shortcut = nn.Identity() if keeps else conv_norm(channels, width, 1, stride)
        self.act = activation(act)

    def forward(self, x):
        return self.act(self.transform(x) + self.shortcut(x))


class MbConv(nn.Module):
    """1x1 expansion, depthwise k x k, squeeze-and-excitation, linear 1x1; plus the input where the shape is kept."""

    def __init__(self, net, channels, width, stride, kernel):
        super().__init__()
        act = net["act"]
        expanded = int(channels * net["expand"])
        parts = [] if expanded == channels else [conv_norm(channels, expanded, act=act)]
        parts.append(conv_norm(expanded, expanded, kernel, stride, expanded, act))
        if net.get("se"):
            parts.append(SqueezeExcitation(expanded, max(1, int(channels * net["se"])), act))
        self.transform = nn.Sequential(*parts, conv_norm(expanded, width))
        self.keeps = stride == 1 and channels == width

    def forward(self, x):
        return x + self.transform(x) if self.keeps else self.transform(x)


def build(net):
    block = MbConv if net["block"] == "mb" else XBlock
    channels = net["stem"]
    layers = [conv_norm(net["input"][2], channels, 3, act=net["act"])]
    for stage in net["stages"]:
        for i in range(stage["d"]):
            stride = stage["stride"] if i == 0 else 1
            layers.append(block(net, channels, stage["w"], stride, stage.get("k", 3)))
            channels = stage["w"]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, net["classes"]))


def count_macs(model, net):
    """Multiply-adds of convolutions and linear layers for one image, as pycls counts: a bias is one addition more."""
    total = 0

    def count(module, _inputs, output):
        nonlocal total
        terms = module.weight.numel() + (0 if module.bias is None else module.bias.numel())
        total += terms * (output.shape[2] * output.shape[3] if output.dim() == 4 else 1)

    counted = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    hooks = [module.register_forward_hook(count) for module in counted]
    height, width, channels = net["input"]
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, channels, height, width))
    model.train()
    for hook in hooks:
        hook.remove()
    return total


class Training:
    def __init__(self, net, batch, memory_format):
        self.model = build(net)
        self.macs = count_macs(self.model, net)
        self.params = sum(p.numel() for p in self.model.parameters())
        self.model = self.model.to(memory_format=memory_format)
        height, width, channels = net["input"]
        self.images = torch.randn(batch, channels, height, width).contiguous(memory_format=memory_format)
        self.labels = torch.arange(batch) * 7 % net["classes"]
        parameters = self.model.parameters()
        self.optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9, nesterov=True, weight_decay=5e-4, fused=True)

    def step(self):
        start = time.perf_counter()
        self.optimizer.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(self.model(self.images), self.labels)
        loss.backward()
        self.optimizer.step()
        loss.item()
        return 1e3 * (time.perf_counter() - start)


FORMATS = {"NCHW": torch.contiguous_format, "NHWC": torch.channels_last}


def fastest(net, batch):
    """The training in whichever memory format is faster; the two take turns while they are tried."""
    trainings = {name: Training(net, batch, memory_format) for name, memory_format in FORMATS.items()}
    times = {name: [] for name in trainings}
    for step in range(WARM_UP_STEPS + TRIAL_STEPS):
        for name, training in trainings.items():
            ms = training.step()
            if step >= WARM_UP_STEPS:
                times[name].append(ms)
    best = min(times, key=lambda name: statistics.median(times[name]))
    return best, trainings[best]


def main():
    panel = json.loads(sys.stdin.readline())
    nets = {net["name"]: net for net in panel["nets"]}
    print(json.dumps({"version": torch.__version__}), flush=True)
    kept = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = (request["net"], request["threads"])
        try:
            torch.set_num_threads(request["threads"])
            if key not in kept:
                kept[key] = fastest(nets[request["net"]], panel["batch"])
            layout, training = kept[key]
            before = time.process_time()
            if request["steps"] > 0:
                training.step()
            ms = [training.step() for _ in range(request["steps"])]
            cpu_ms = 1e3 * (time.process_time() - before)
            answer = {"ms": ms, "cpuMs": cpu_ms, "layout": layout, "macs": training.macs, "params": training.params}
        except (RuntimeError, MemoryError, ValueError) as error:
            answer = {"error": " ".join(str(error).split())[:400]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
