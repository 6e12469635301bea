"""An ONNX graph as it is put together, in 32-bit numbers or with the products of 8-bit ones."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Collects nodes and constants under names that are the same in every run."""

    def __init__(self):
        self.nodes, self.constants = [], {}

    def constant(self, name, array):
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def op(self, kind, inputs, name, outputs=1, **attributes):
        names = [name] if outputs == 1 else [f"{name}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, name=name, **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, x, weight, bias, name):
        product = self.op("MatMul", [x, self.constant(f"{name}.weight", weight.T)], f"{name}.matmul")
        return self.op("Add", [product, self.constant(f"{name}.bias", bias)], f"{name}.out")

    def products(self):
        """What is multiplied with which constants, by the name of the activation."""
        found = {}
        for node in self.nodes:
            if node.op_type == "MatMul":
                x, weight = node.input
                found.setdefault(x, []).append(numpy_helper.to_array(self.constants[weight]))
        return found


class QuantizedGraph(Graph):
    """Multiplies 8-bit numbers: weights have a scale per output column, activations one by where they come from.

    One scale for all that a product is given loses too much, for some components are ten times as large as others.
    After a norm these always are the same, so each is divided by a factor that its weights are multiplied with
    (SmoothQuant, arXiv 2211.10438). After GELU they change from token to token, so each token has a scale of its own.
    """

    # GELU is never below minus this.
    GELU_DEPTH = np.float32(0.17)

    def __init__(self, factors):
        """`factors`: what the components of an activation are divided by, by its name."""
        super().__init__()
        self.factors = factors
        self.quantized = {}  # by the name of the activation: its 8-bit form, scale, zero point, and scales of tokens

    def linear(self, x, weight, bias, name):
        weight = weight.T * self.factors[x][:, None] if x in self.factors else weight.T
        scale = np.abs(weight).max(axis=0, keepdims=True) / 127
        whole, x_scale, zero, tokens = self.quantize(x)
        columns = self.constant(f"{name}.scale", scale[0].astype(np.float32))
        weight = self.constant(f"{name}.weight", np.rint(weight / scale).astype(np.int8))
        product = self.op("MatMulInteger", [whole, weight, zero], f"{name}.matmul")
        product = self.op("Cast", [product], f"{name}.float", to=TensorProto.FLOAT)
        # One factor for both scales, and right behind: ONNX Runtime makes one operator of the three.
        product = self.op("Mul", [product, self.op("Mul", [x_scale, columns], f"{name}.scales")], f"{name}.scaled")
        if tokens:
            product = self.op("Mul", [product, tokens], f"{name}.product")
        return self.op("Add", [product, self.constant(f"{name}.bias", bias)], f"{name}.out")

    def quantize(self, x):
        if x not in self.quantized:
            made_by = next(node.op_type for node in self.nodes if x in node.output)
            self.quantized[x] = self.by_token(x) if made_by == "Gelu" else self.by_text(x)
        return self.quantized[x]

    def by_text(self, x):
        if x in self.factors:
            x = self.op("Mul", [x, self.constant(f"{x}.factors", 1 / self.factors[x])], f"{x}.smoothed")
        return *self.op("DynamicQuantizeLinear", [x], f"{x}.quantized", outputs=3), None

    def by_token(self, x):
        last = self.constant("last", np.array([-1], dtype=np.int64))
        largest = self.op("ReduceMax", [x, last], f"{x}.largest", keepdims=1)
        largest = self.op("Max", [largest, self.constant("gelu.depth", self.GELU_DEPTH)], f"{x}.scale")
        shares = self.op("Div", [x, largest], f"{x}.shares")
        scale = self.constant("share.scale", np.float32(1 / 127))
        zero = self.constant("share.zero", np.uint8(128))
        return self.op("QuantizeLinear", [shares, scale, zero], f"{x}.quantized"), scale, zero, largest
