#!/usr/bin/env python3
"""How many 8-bit products a second this machine does at most: one large MatMulInteger in ONNX Runtime.

    python int8_peak.py [THREADS]

Needs onnx, onnxruntime and numpy. What `cargo bench --bench embedding` prints is a share of it.
"""

import os
import sys
import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

SIDE, ROUNDS = 1024, 60
OPSET, IR_VERSION = 20, 10


def product():
    """A model that multiplies a square of 8-bit numbers with a constant one."""
    weights = np.random.default_rng(1).integers(-127, 128, (SIDE, SIDE), dtype=np.int8)
    constants = [numpy_helper.from_array(weights, "weights"), numpy_helper.from_array(np.uint8(128), "zero")]
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["x", "weights", "zero"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.UINT8, [SIDE, SIDE])],
        [helper.make_tensor_value_info("y", TensorProto.INT32, [SIDE, SIDE])],
        initializer=constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    return model.SerializeToString()


def main():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count()
    session = onnxruntime.InferenceSession(product(), options, providers=["CPUExecutionProvider"])
    x = np.random.default_rng(2).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        session.run(None, {"x": x})
        best = min(best, time.perf_counter() - begun)
    print(f"{options.intra_op_num_threads} threads: {SIDE**3 / best / 1e9:.0f} thousand million products a second")


if __name__ == "__main__":
    main()
