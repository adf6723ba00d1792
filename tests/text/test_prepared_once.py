"""The first use of an encoder on a machine is one line, and no remark of the exporter's."""

import logging
import warnings

from interestlake.text.encoder_files import find_encoder
from interestlake.text.onnx_files import export_onnx


def test_the_export_is_one_line_once(tmp_path, caplog):
    encoder = find_encoder("", 64)
    with caplog.at_level(logging.INFO), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        folders = {export_onnx(encoder, tmp_path), export_onnx(encoder, tmp_path)}
    assert len(folders) == 1 and [str(one.message) for one in warned] == []
    assert [record.getMessage() for record in caplog.records] == ["preparing the encoder for this machine, once"]
    assert logging.getLogger().level != logging.ERROR
