"""Writes matrices in the formats of quantised safetensors, with the weights that they say.

    pip install numpy ml_dtypes
    python3 make_quantised_safetensors.py ../../formats/src/test/resources/io/hayloft/formats/quantised/cases.safetensors

Written from the descriptions of the formats, with the packing loops of AutoGPTQ, AutoAWQ and compressed-tensors in mind,
not from what reads them here. A case is `CASE.m.*` with `CASE.expected` (F32); its quantization_config is in the metadata.
"""

import json
import struct
import sys

import ml_dtypes
import numpy as np

ROWS, COLUMNS = 16, 64
TYPES = {
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
    "float8_e8m0fnu": "F8_E8M0",
    "int8": "I8",
    "int32": "I32",
    "int64": "I64",
}
random = np.random.default_rng(14)
tensors, configs = {}, {}


def case(name, config, parts, expected):
    configs[name] = json.dumps(config)
    for part, array in parts.items():
        tensors[f"{name}.m.{part}"] = array
    tensors[f"{name}.expected"] = expected.astype(np.float32)


def scales(shape, kind=np.float16):
    return (random.random(shape) * 0.1 + 0.001).astype(np.float32).astype(kind)


def words(numbers, bits):
    """Numbers [n][...] of bits that divide 32, packed along the first axis from the lowest bits on."""
    per_word = 32 // bits
    padded = np.zeros((-(-len(numbers) // per_word) * per_word,) + numbers.shape[1:], dtype=np.uint32)
    padded[: len(numbers)] = numbers
    packed = np.zeros((len(padded) // per_word,) + numbers.shape[1:], dtype=np.uint32)
    for i in range(per_word):
        packed |= padded[i::per_word] << np.uint32(bits * i)
    return packed.view(np.int32)


def words3(numbers):
    """32 numbers of 3 bits in 3 words, two of which straddle: GPTQ."""
    numbers = numbers.astype(np.uint32)
    packed = np.zeros((len(numbers) // 32 * 3,) + numbers.shape[1:], dtype=np.uint32)
    for i in range(len(numbers) // 32):
        a, b, c = 3 * i, 3 * i + 1, 3 * i + 2
        n = numbers[32 * i : 32 * i + 32]
        for j in range(10):
            packed[a] |= n[j] << np.uint32(3 * j)
        packed[a] |= n[10] << np.uint32(30)
        packed[b] |= n[10] >> np.uint32(2)
        for j in range(10):
            packed[b] |= n[11 + j] << np.uint32(3 * j + 1)
        packed[b] |= n[21] << np.uint32(31)
        packed[c] |= n[21] >> np.uint32(1)
        for j in range(10):
            packed[c] |= n[22 + j] << np.uint32(3 * j + 2)
    return packed.view(np.int32)


def gptq(name, bits, group=32, version=1, order=False, with_order=True, kind=np.float16, rows=32, zero=None):
    """Matrices have 32 rows, which zero points of 3 bits need."""
    size = COLUMNS if group < 0 else group
    groups = COLUMNS // size
    of_column = np.arange(COLUMNS) // size
    if order:
        random.shuffle(of_column)
    q = random.integers(0, 2**bits, (rows, COLUMNS))
    z = random.integers(0, 2**bits, (rows, groups)) if zero is None else np.full((rows, groups), zero)
    s = scales((groups, rows), kind)
    stored = (z - (version == 1)) % 2**bits
    pack = words3 if bits == 3 else lambda numbers: words(numbers, bits)
    parts = {"qweight": pack(q.T), "qzeros": np.ascontiguousarray(pack(stored).T), "scales": s}
    if with_order:
        parts["g_idx"] = of_column.astype(np.int32)
    config = {"quant_method": "gptq", "bits": bits, "group_size": group, "desc_act": order, "sym": zero is not None}
    if version == 2:
        config["checkpoint_format"] = "gptq_v2"
    wide = s.astype(np.float32).T
    case(name, config, parts, wide[:, of_column] * (q - z[:, of_column]).astype(np.float32))


def awq(name, group=32):
    size = COLUMNS if group < 0 else group
    of_column = np.arange(COLUMNS) // size
    q = random.integers(0, 16, (ROWS, COLUMNS))
    z = random.integers(0, 16, (ROWS, COLUMNS // size))
    s = scales((COLUMNS // size, ROWS))

    def pack(numbers):  # [rows][n] to [n][rows / 8]
        numbers = numbers.T.astype(np.uint32)
        packed = np.zeros((len(numbers), ROWS // 8), dtype=np.uint32)
        for column in range(ROWS // 8):
            for i, place in enumerate([0, 2, 4, 6, 1, 3, 5, 7]):
                packed[:, column] |= numbers[:, column * 8 + place] << np.uint32(4 * i)
        return packed.view(np.int32)

    config = {"quant_method": "awq", "bits": 4, "group_size": group, "version": "gemm", "zero_point": True}
    expected = s.astype(np.float32).T[:, of_column] * (q - z[:, of_column]).astype(np.float32)
    case(name, config, {"qweight": pack(q), "qzeros": pack(z), "scales": s}, expected)


def compressed_config(form, bits, strategy, group=None, kind="int", block=None):
    weights = {"num_bits": bits, "type": kind, "strategy": strategy, "group_size": group, "symmetric": True}
    if block:
        weights["block_structure"] = block
    return {
        "quant_method": "compressed-tensors",
        "format": form,
        "config_groups": {"group_0": {"targets": ["Linear"], "weights": weights, "input_activations": None}},
        "ignore": ["lm_head"],
    }


def packed(name, bits, group=None, zeros=None, order=False, kind=ml_dtypes.bfloat16):
    groups = COLUMNS // group if group else 1
    of_column = np.arange(COLUMNS) // (group or COLUMNS)
    if order:
        random.shuffle(of_column)
    half = 2 ** (bits - 1)
    q = random.integers(-half, half, (ROWS, COLUMNS))
    z = random.integers(-half, half, (ROWS, groups)) if zeros else np.zeros((ROWS, groups), dtype=np.int64)
    s = scales((ROWS, groups), kind)
    parts = {
        "weight_packed": np.ascontiguousarray(words((q + half).T, bits).T),
        "weight_scale": s,
        "weight_shape": np.array([ROWS, COLUMNS], dtype=np.int64),
    }
    if zeros == "packed":
        parts["weight_zero_point"] = words(z + half, bits)
    elif zeros == "bytes":
        parts["weight_zero_point"] = z.astype(np.int8)
    if order:
        parts["weight_g_idx"] = of_column.astype(np.int32)
    config = compressed_config("pack-quantized", bits, "group" if group else "channel", group)
    case(name, config, parts, s.astype(np.float32)[:, of_column] * (q - z[:, of_column]).astype(np.float32))


def int8(name, shape, zeros=False, group=None):
    q = random.integers(-128, 128, (ROWS, COLUMNS))
    s = scales(shape)
    parts = {"weight": q.astype(np.int8), "weight_scale": s}
    z = np.zeros((1, 1))
    if zeros:
        z = random.integers(-128, 128, s.shape)
        parts["weight_zero_point"] = z.astype(np.int8)
    wide = lambda a: np.repeat(a, group, axis=1) if group else a.reshape(-1, 1) if a.size > 1 else a.reshape(1, 1)
    strategy = "group" if group else "channel" if s.size > 1 else "tensor"
    config = compressed_config("int-quantized", 8, strategy, group)
    case(name, config, parts, wide(s.astype(np.float32)) * (q - wide(z)).astype(np.float32))


def float8(name, kind, config, scale_name=None, s=None, block=None):
    q = random.normal(0, 30, (ROWS, COLUMNS)).astype(np.float32).astype(kind)
    q.reshape(-1)[:256] = np.arange(256, dtype=np.uint8).view(kind)  # every value, those that are no numbers included
    wide = q.astype(np.float32)
    parts = {"weight": q}
    if s is not None:
        parts[scale_name] = s
        factors = s.astype(np.float32)
        if block:
            factors = np.repeat(np.repeat(factors, block[0], axis=0), block[1], axis=1)[:ROWS, :COLUMNS]
        wide = wide * (factors.reshape(-1, 1) if factors.ndim == 1 else factors)
        parts["input_scale"] = np.array([0.5], dtype=np.float32)
    case(name, config, parts, wide)


def main(path):
    for bits in (2, 3, 4, 8):
        gptq(f"gptq{bits}", bits)
        gptq(f"gptq{bits}-v2", bits, version=2)
    gptq("gptq4-symmetric", 4, zero=8)
    gptq("gptq4-order", 4, order=True)
    gptq("gptq3-order", 3, order=True)
    gptq("gptq4-one-group", 4, group=-1)
    gptq("gptq4-small-groups", 4, group=16)
    gptq("gptq4-without-order", 4, with_order=False)
    gptq("gptq4-long-scales", 4, kind=np.float32)
    awq("awq")
    awq("awq-one-group", -1)
    packed("packed4", 4, 32)
    packed("packed4-zeros", 4, 32, "packed")
    packed("packed4-byte-zeros", 4, 32, "bytes")
    packed("packed4-order", 4, 16, order=True)
    packed("packed4-long-scales", 4, 32, kind=np.float32)
    packed("packed8-channel", 8)
    packed("packed2", 2, 32)
    int8("int8-channel", (ROWS, 1))
    int8("int8-tensor", (1,))
    int8("int8-group-zeros", (ROWS, 2), True, 32)
    int8("int8-channel-zeros", (ROWS, 1), True)
    e4m3, e5m2, f32 = ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2, np.float32
    plain = {"quant_method": "fp8", "activation_scheme": "dynamic"}
    blocks = dict(plain, weight_block_size=[12, 24])
    float8("e4m3-plain", e4m3, None)
    float8("e5m2-plain", e5m2, None)
    float8("e4m3-tensor", e4m3, plain, "weight_scale", scales(()))
    float8("e5m2-tensor", e5m2, plain, "weight_scale", scales((1,)))
    float8("e4m3-row", e4m3, {"quant_method": "fbgemm_fp8"}, "weight_scale", scales((ROWS, 1), f32))
    float8("e4m3-scale", e4m3, plain, "scale", scales((), f32))
    float8("e4m3-vector", e4m3, compressed_config("float-quantized", 8, "channel", kind="float"), "weight_scale",
           scales((ROWS,), ml_dtypes.bfloat16))
    float8("e4m3-blocks", e4m3, blocks, "weight_scale_inv", scales((2, 3), f32), (12, 24))
    float8("e4m3-power-blocks", e4m3, blocks, "weight_scale_inv",
           np.exp2(random.integers(-8, 4, (2, 3))).astype(ml_dtypes.float8_e8m0fnu), (12, 24))
    float8("e4m3-compressed-blocks", e4m3,
           compressed_config("float-quantized", 8, "block", kind="float", block=[12, 24]),
           "weight_scale", scales((2, 3), ml_dtypes.bfloat16), (12, 24))

    header, data = {"__metadata__": configs}, b""
    for name, array in tensors.items():
        kind = TYPES[array.dtype.name]
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


main(sys.argv[1])
