"""MicroPython script: SILK's short-term predictors of line spectral frequencies.

    run_predictors.py IN OUT ORDER

IN has `order` numbers of 16 bits (Q15) for each predictor, OUT gets as many coefficients (Q12).
"""
# MIT License; see LICENSE

import sys
from array import array

sys.path.insert(0, "lib")

from opus import silk_channel, silk_frame_viper
from opus.silk_decoder import SilkDecoder


def main(source, target, order):
    parts = SilkDecoder(16000, 1).parts[0]
    parts[0][silk_channel.ORDER] = order
    nlsf = array("h", bytes(2 * 16))
    out = array("h", bytes(2 * 16))
    with open(source, "rb") as rows, open(target, "wb") as predictors:
        while rows.readinto(memoryview(nlsf)[:order]):
            silk_frame_viper.predictor(parts, nlsf, out)
            predictors.write(memoryview(out)[:order])


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
