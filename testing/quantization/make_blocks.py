"""Writes random blocks of GGUF tensor types with the values that the `gguf` package gives them.

    pip install gguf==0.19.0 numpy
    python3 make_blocks.py ../src/test/resources/goldens/quantization/gguf

Every file holds `random.blocks` (bytes) and `random.dequantized`; scales are finite, all other bits are random.
"""

import json
import os
import struct
import sys

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

BLOCKS = {
    "MXFP4": 64,
    "TQ1_0": 16,
    "TQ2_0": 16,
    "NVFP4": 64,
    "IQ3_S": 8,
    "IQ3_XXS": 8,
    "IQ2_S": 8,
    "IQ2_XS": 8,
    "IQ2_XXS": 8,
    "IQ1_M": 8,
    "IQ1_S": 8,
    "Q1_0": 16,
}

SCALE_AT_END = ("TQ1_0", "TQ2_0")


def random_blocks(name, count, random):
    kind = GGMLQuantizationType[name]
    blocks = random.integers(0, 256, (count, GGML_QUANT_SIZES[kind][1]), dtype=np.uint8)
    if name == "MXFP4":
        blocks[:, 0] = random.integers(0, 250, count)
        blocks[:6, 0] = [0, 1, 2, 3, 127, 249]  # subnormal scales, the smallest normal ones, 1, the largest
    elif name == "NVFP4":
        blocks[:64, :4] = np.arange(256).reshape(64, 4)  # every scale once
    else:
        scales = random.normal(0, 0.05, count).astype(np.float16)
        scales[:3] = [0, -1, 6e-8]
        if name not in SCALE_AT_END:  # elements may be 0, and infinite times zero is not a number
            scales[3:5] = [np.inf, -np.inf]
        if name == "IQ1_M":  # four bits of the scale on top of each of the last four words
            words = blocks[:, -8:].copy().view(np.uint16)
            parts = scales.view(np.uint16)[:, None] >> np.array([0, 4, 8, 12], dtype=np.uint16)
            blocks[:, -8:] = ((words & 0x0FFF) | ((parts & 15) << 12)).astype(np.uint16).view(np.uint8)
        elif name in SCALE_AT_END:
            blocks[:, -2:] = scales.view(np.uint8).reshape(count, 2)
        else:
            blocks[:, :2] = scales.view(np.uint8).reshape(count, 2)
    if name == "TQ1_0":
        # Any byte reads as digits; the encoder writes only some of them, and so does the first half.
        digits = random.integers(0, 243, (count // 2, 52), dtype=np.uint16)
        blocks[: count // 2, :52] = (digits * 256 + 242) // 243
    return blocks, values(name, blocks)


def values(name, blocks):
    if name != "Q1_0":
        return dequantize(blocks, GGMLQuantizationType[name])
    # The package cannot read this type: a scale, then a bit for each element's sign.
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    bits = np.unpackbits(blocks[:, 2:], axis=1, bitorder="little")
    return np.where(bits == 1, scale, -scale)


def write(path, tensors):
    header, data = {}, b""
    for name, array in tensors.items():
        kind = {"uint8": "U8", "float32": "F32"}[array.dtype.name]
        header[name] = {
            "dtype": kind,
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + array.nbytes],
        }
        data += array.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def main(folder):
    for seed, (name, count) in enumerate(BLOCKS.items()):
        blocks, values = random_blocks(name, count, np.random.default_rng(seed))
        write(
            os.path.join(folder, name.lower() + ".safetensors"),
            {"random.blocks": blocks.reshape(-1), "random.dequantized": values.astype(np.float32).reshape(-1)},
        )


main(sys.argv[1])
