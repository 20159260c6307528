"""The operator Conv of ONNX, as ONNX Runtime computes it."""

from __future__ import annotations

import numpy as np


def conv(x, w, mode=None, stride=None, dilation=None, **attributes):
    """Run a model of one node on one plane."""
    import onnxruntime
    from onnx import helper, numpy_helper

    if mode is not None:
        attributes["auto_pad"] = mode
    if stride is not None:
        attributes["strides"] = [stride, stride]
    if dilation is not None:
        attributes["dilations"] = [dilation, dilation]
    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["y"], **attributes)],
        "conv",
        [helper.make_tensor_value_info("x", kind, (1, 1, *x.shape))],
        [helper.make_tensor_value_info("y", kind, None)],
        [numpy_helper.from_array(np.ascontiguousarray(w[None, None]), "w")],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10
    )
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"x": np.ascontiguousarray(x[None, None])})[0][0, 0]
