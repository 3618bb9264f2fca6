"""The test vectors of RFC 8251: final ranges, and the sound by the measure of RFC 6716 section 6.

Run with --opus-vectors FOLDER; docs/testing.md says where they are.
"""
# MIT License; see LICENSE

import pytest
import vectors


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", vectors.RATES_HZ)
def test_a_vector_is_decoded_as_the_rfc_wants_it(vector, rate_hz, channels, tmp_path):
    vectors.check(vector, rate_hz, channels, tmp_path)
