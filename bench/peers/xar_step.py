#!/usr/bin/env python3
"""A training step of xAR in PyTorch, at the shapes of `bar bench`: the peer on a GPU.

    python3 bench/peers/xar_step.py --model b --batch 256 --precision bf16 --mode compile
    python3 bench/peers/xar_step.py --check run/checkpoints/step-.../model.safetensors --config run/config.json

Needs torch alone (and safetensors for --check). Prints one line a mode: milliseconds a step as median,
least and most, images a second, and the memory held. --check loads weights that BAR for Java wrote and
prints the velocity of fixed inputs, by which both programs are seen to compute the same function.
"""

import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

SIZES = {  # width, heads, blocks in each half, tokens along a side, cells along a side, numbers a token
    "demo": (128, 4, 2, 8, 2, 12),
    "step": (256, 4, 3, 8, 2, 48),
    "b": (768, 12, 8, 16, 2, 48),
    "l": (1024, 16, 16, 16, 2, 48),
    "h": (1280, 16, 20, 16, 2, 48),
}


class RmsNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return normalise(x) * self.weight


def normalise(x):
    x = x.float()
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x, cosine, sine, mask):
        batch, tokens, width = x.shape
        parts = self.qkv(x).view(batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        query, key = rotate(query, cosine, sine), rotate(key, cosine, sine)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.proj(mixed.transpose(1, 2).reshape(batch, tokens, width))


def rotate(x, cosine, sine):
    even, odd = x[..., 0::2], x[..., 1::2]
    c, s = cosine[..., 0::2], sine[..., 0::2]
    return torch.stack((even * c - odd * s, odd * c + even * s), -1).flatten(-2).to(x.dtype)


class GatedMlp(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1_g = nn.Linear(width, hidden)
        self.fc1_x = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1_g(x)) * self.fc1_x(x))


class Block(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.attn = Attention(width, heads)
        self.mlp = GatedMlp(width, hidden)
        self.ada_lin = nn.Sequential(nn.SiLU(), nn.Linear(width, 6 * width))

    def forward(self, x, condition, cosine, sine, mask):
        cells = condition.shape[1]
        modulation = self.ada_lin(condition).float().chunk(6, -1)
        spread = [m.repeat_interleave(x.shape[1] // cells, 1) for m in modulation]
        gate1, gate2, scale1, scale2, shift1, shift2 = spread
        x = x + gate1 * self.attn(normalise(x) * (1 + scale1) + shift1, cosine, sine, mask)
        return x + gate2 * self.mlp(normalise(x) * (1 + scale2) + shift2)


class TimeEmbedder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(256, width), nn.SiLU(), nn.Linear(width, width))
        self.register_buffer("frequencies", torch.exp(-torch.log(torch.tensor(10000.0)) * torch.arange(128) / 128), persistent=False)

    def forward(self, time):
        angles = time.float()[..., None] * self.frequencies
        return self.mlp(torch.cat((angles.cos(), angles.sin()), -1))


class Table(nn.Module):
    def __init__(self, rows, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(rows, width) * 0.02)

    def forward(self, index):
        return self.weight[index]


class Xar(nn.Module):
    def __init__(self, width, heads, layers, side, cells_per_side, numbers, classes, hidden=None):
        super().__init__()
        tokens, self.cells = side * side, cells_per_side**2
        hidden = hidden or width * 8 // 3
        self.encoder_pos_embed_learned = nn.Parameter(torch.randn(1, tokens, width) * 0.02)
        self.decoder_pos_embed_learned = nn.Parameter(torch.randn(1, tokens, width) * 0.02)
        self.class_emb = Table(classes + 1, width)
        self.time_embed = TimeEmbedder(width)
        self.z_proj = nn.Linear(numbers, width)
        self.z_proj_ln = RmsNorm(width)
        self.encoder_blocks = nn.ModuleList(Block(width, heads, hidden) for _ in range(layers))
        self.encoder_norm = RmsNorm(width)
        self.decoder_embed = nn.Linear(width, width)
        self.decoder_blocks = nn.ModuleList(Block(width, heads, hidden) for _ in range(layers))
        self.decoder_norm = RmsNorm(width)
        self.pred = nn.Linear(width, numbers)
        cosine, sine = rotary(side, cells_per_side, width // heads)
        self.register_buffer("cosine", cosine, persistent=False)
        self.register_buffer("sine", sine, persistent=False)
        cell = torch.arange(tokens) // (tokens // self.cells)
        self.register_buffer("mask", cell[:, None] >= cell[None, :], persistent=False)

    def forward(self, noisy, time, labels):
        condition = self.time_embed(time) + self.class_emb(labels)[:, None]
        x = self.z_proj_ln(self.z_proj(noisy) + self.encoder_pos_embed_learned)
        for block in self.encoder_blocks:
            x = block(x, condition, self.cosine, self.sine, self.mask)
        x = self.decoder_embed(self.encoder_norm(x)) + self.decoder_pos_embed_learned
        for block in self.decoder_blocks:
            x = block(x, condition, self.cosine, self.sine, self.mask)
        return self.pred(self.decoder_norm(x))


def rotary(side, cells_per_side, head_width):
    """Cosines and sines of every position in cell order: half of a head turns by row, half by column."""
    cell_side = side // cells_per_side
    rows, columns = [], []
    for cell in range(cells_per_side**2):
        for inside in range(cell_side**2):
            rows.append(cell // cells_per_side * cell_side + inside // cell_side)
            columns.append(cell % cells_per_side * cell_side + inside % cell_side)
    half = head_width // 2
    frequencies = 10000 ** (-2.0 * torch.arange(half // 2, dtype=torch.float64) / half)
    angles = torch.cat([torch.tensor(p, dtype=torch.float64)[:, None] * frequencies for p in (rows, columns)], 1)
    angles = angles.repeat_interleave(2, 1)
    return angles.cos().float(), angles.sin().float()


def step_of(model, optimizer, averages, precision, tokens, labels):
    """One step of flow matching with AdamW, clipping and a moving average."""
    parameters = list(model.parameters())

    def step():
        time = torch.sigmoid(torch.randn(tokens.shape[0], model_cells(model), device=tokens.device))
        noise = torch.randn_like(tokens)
        t = time.repeat_interleave(tokens.shape[1] // time.shape[1], 1)[..., None]
        with torch.autocast("cuda" if tokens.is_cuda else "cpu", torch.bfloat16, enabled=precision == "bf16"):
            velocity = model((1 - t) * tokens + t * noise, (1000 * time).trunc(), labels)
        loss = (velocity.float() - (noise - tokens)).square().mean()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            torch._foreach_lerp_(averages, parameters, 1e-4)

    return step


def model_cells(model):
    return getattr(model, "_orig_mod", model).cells


def measure(arguments, mode, device):
    torch.manual_seed(1)
    width, heads, layers, side, cells, numbers = SIZES[arguments.model]
    model = Xar(width, heads, layers, side, cells, numbers, 12).to(device)
    averages = [p.detach().clone() for p in model.parameters()]
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4, (0.9, 0.96), 1e-8, 0.02, fused=device == "cuda")
    if mode == "compile":
        model = torch.compile(model)
    tokens = torch.randn(arguments.batch, side * side, numbers, device=device)
    labels = torch.randint(0, 12, (arguments.batch,), device=device)
    step = step_of(model, optimizer, averages, arguments.precision, tokens, labels)
    synchronize = torch.cuda.synchronize if device == "cuda" else (lambda: None)
    for _ in range(5):
        step()
    synchronize()
    times = []
    for _ in range(arguments.rounds):
        begin = time.perf_counter()
        for _ in range(arguments.steps):
            step()
        synchronize()
        times.append((time.perf_counter() - begin) / arguments.steps * 1e3)
    median = statistics.median(times)
    memory = torch.cuda.max_memory_allocated() / 1e6 if device == "cuda" else float("nan")
    print(
        f"torch {torch.__version__} {mode:8} {arguments.model} batch {arguments.batch} {arguments.precision}: "
        f"{median:.2f} ms ({min(times):.2f} to {max(times):.2f}), {arguments.batch / median * 1e3:.1f} img/s, {memory:.0f} MB"
    )


def check(arguments):
    from safetensors.torch import load_file

    with open(arguments.config) as file:
        network = json.load(file)["network"]
    model = Xar(
        network["width"], network["heads"], network["layers"], network["gridSide"], network["cellsPerSide"],
        network["tokenDimension"], network["classes"], network["mlpWidth"],
    ).double()
    weights = {name: value.double() for name, value in load_file(arguments.check).items() if name != "transform.A"}
    model.load_state_dict(weights)
    count = network["gridSide"] ** 2
    index = torch.arange(count * network["tokenDimension"], dtype=torch.float64)
    noisy = torch.sin(index).view(1, count, -1)
    time = torch.arange(1, model.cells + 1, dtype=torch.float64)[None] * 100
    with torch.no_grad():
        velocity = model(noisy, time, torch.tensor([0]))
    print("velocity", " ".join(f"{v:.6f}" for v in velocity.flatten()[:8].tolist()), f"sum {velocity.sum().item():.6f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=SIZES, default="demo")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--mode", choices=("eager", "compile", "both"), default="both")
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", help="weights of a run of BAR for Java")
    parser.add_argument("--config", help="config.json of that run")
    arguments = parser.parse_args()
    if arguments.check:
        check(arguments)
        return
    device = "cuda" if torch.cuda.is_available() else "cpu"
    for mode in ("eager", "compile") if arguments.mode == "both" else (arguments.mode,):
        measure(arguments, mode, device)


if __name__ == "__main__":
    main()
