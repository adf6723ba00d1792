"""What matrix products alone allow: no engine of a number format embeds faster than the machine multiplies in it."""

import json
import time
from pathlib import Path
from statistics import median

ROWS = 1024
SECONDS = 0.5
REPEATS = 3


def work_per_token(folder: str) -> float:
    """Floating point operations of a BERT's weight matrices per word piece; attention's own products are left out.

    Four matrices of (width, width) and two of (width, inner) a layer, two operations a weight.
    """
    config = json.loads((Path(folder) / "config.json").read_text())
    width, inner, layers = (config[name] for name in ("hidden_size", "intermediate_size", "num_hidden_layers"))
    return 2.0 * layers * (4 * width * width + 2 * width * inner)


def operations_per_second(number_format: str, width: int, inner: int) -> float:
    """Operations per processor second of one core: (ROWS, width) x (width, inner) in torch; f32, bf16 or int8."""
    import torch

    torch.set_num_threads(1)
    left, right = (torch.randint(-100, 100, shape, dtype=torch.int8) for shape in ((ROWS, width), (width, inner)))
    multiply = torch._int_mm
    if number_format != "int8":
        dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[number_format]
        left, right, multiply = left.to(dtype), right.to(dtype), torch.mm
    found = []
    for _ in range(REPEATS + 1):  # the first warms up
        began, count = time.process_time(), 0
        while time.process_time() - began < SECONDS:
            multiply(left, right)
            count += 1
        found.append(2.0 * ROWS * width * inner * count / (time.process_time() - began))
    return median(found[1:])


def ceilings(folder: str, threads: int) -> dict[str, float]:
    """number format -> tokens per second that `threads` cores can reach at most, products of the weights alone."""
    config = json.loads((Path(folder) / "config.json").read_text())
    work = work_per_token(folder)
    return {
        name: threads * operations_per_second(name, config["hidden_size"], config["intermediate_size"]) / work
        for name in ("f32", "bf16", "int8")
    }
