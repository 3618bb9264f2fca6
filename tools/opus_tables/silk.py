"""Derives lib/opus/silk_tables.py from the reference code of RFC 6716 (libopus' source folder).

    python tools/opus_tables/silk.py FOLDER >lib/opus/silk_tables.py

FOLDER holds the files that RFC 6716 appendix A prints, as in Debian's source package `opus`.
"""
# MIT License; see LICENSE

import re
import struct
import sys
from pathlib import Path

HEAD = '''"""Tables of the SILK decoder, one after the other."""
# MIT License; see LICENSE

# Made by tools/opus_tables/silk.py. Inverse cumulative tables are out of 256; numbers of two bytes
# are little-endian, signed bytes two's complement. Each table's place, name and section of
# RFC 6716 (the modules that read it repeat the place as a constant, which folds into their code):
#'''

# Name here; file, name and shape there; format of one number; section of the RFC.
TABLES = (
    ("TYPE_INACTIVE", "tables_other", "silk_type_offset_no_VAD_iCDF", "B", "4.2.7.3"),
    ("TYPE_ACTIVE", "tables_other", "silk_type_offset_VAD_iCDF", "B", "4.2.7.3"),
    ("GAIN_HIGH", "tables_gain", "silk_gain_iCDF", "B", "4.2.7.4"),
    ("GAIN_DELTA", "tables_gain", "silk_delta_gain_iCDF", "B", "4.2.7.4"),
    ("UNIFORM_3", "tables_other", "silk_uniform3_iCDF", "B", "4.2.7.1"),
    ("UNIFORM_4", "tables_other", "silk_uniform4_iCDF", "B", "4.2.7.7"),
    ("UNIFORM_5", "tables_other", "silk_uniform5_iCDF", "B", "4.2.7.1"),
    ("UNIFORM_6", "tables_other", "silk_uniform6_iCDF", "B", "4.2.7.6.1"),
    ("UNIFORM_8", "tables_other", "silk_uniform8_iCDF", "B", "4.2.7.4"),
    ("STEREO", "tables_other", "silk_stereo_pred_joint_iCDF", "B", "4.2.7.1"),
    ("STEREO_WEIGHTS", "tables_other", "silk_stereo_pred_quant_Q13", "h", "4.2.7.1"),
    ("MID_ONLY", "tables_other", "silk_stereo_only_code_mid_iCDF", "B", "4.2.7.2"),
    ("LBRR_2", "tables_other", "silk_LBRR_flags_2_iCDF", "B", "4.2.4"),
    ("LBRR_3", "tables_other", "silk_LBRR_flags_3_iCDF", "B", "4.2.4"),
    ("NLSF_EXTENSION", "tables_other", "silk_NLSF_EXT_iCDF", "B", "4.2.7.5.3"),
    ("INTERPOLATION", "tables_other", "silk_NLSF_interpolation_factor_iCDF", "B", "4.2.7.5.5"),
    ("LAG_HIGH", "tables_pitch_lag", "silk_pitch_lag_iCDF", "B", "4.2.7.6.1"),
    ("LAG_DELTA", "tables_pitch_lag", "silk_pitch_delta_iCDF", "B", "4.2.7.6.1"),
    ("CONTOUR_WIDE_20", "tables_pitch_lag", "silk_pitch_contour_iCDF", "B", "4.2.7.6.1"),
    ("CONTOUR_NARROW_20", "tables_pitch_lag", "silk_pitch_contour_NB_iCDF", "B", "4.2.7.6.1"),
    ("CONTOUR_WIDE_10", "tables_pitch_lag", "silk_pitch_contour_10_ms_iCDF", "B", "4.2.7.6.1"),
    (
        "CONTOUR_NARROW_10",
        "tables_pitch_lag",
        "silk_pitch_contour_10_ms_NB_iCDF",
        "B",
        "4.2.7.6.1",
    ),
    ("LAGS_WIDE_20", "pitch_est_tables", "silk_CB_lags_stage3", "b", "4.2.7.6.1"),
    ("LAGS_NARROW_20", "pitch_est_tables", "silk_CB_lags_stage2", "b", "4.2.7.6.1"),
    ("LAGS_WIDE_10", "pitch_est_tables", "silk_CB_lags_stage3_10_ms", "b", "4.2.7.6.1"),
    ("LAGS_NARROW_10", "pitch_est_tables", "silk_CB_lags_stage2_10_ms", "b", "4.2.7.6.1"),
    ("LTP_PERIODICITY", "tables_LTP", "silk_LTP_per_index_iCDF", "B", "4.2.7.6.2"),
    ("LTP_FILTER_0", "tables_LTP", "silk_LTP_gain_iCDF_0", "B", "4.2.7.6.2"),
    ("LTP_FILTER_1", "tables_LTP", "silk_LTP_gain_iCDF_1", "B", "4.2.7.6.2"),
    ("LTP_FILTER_2", "tables_LTP", "silk_LTP_gain_iCDF_2", "B", "4.2.7.6.2"),
    ("LTP_TAPS_0", "tables_LTP", "silk_LTP_gain_vq_0", "b", "4.2.7.6.2"),
    ("LTP_TAPS_1", "tables_LTP", "silk_LTP_gain_vq_1", "b", "4.2.7.6.2"),
    ("LTP_TAPS_2", "tables_LTP", "silk_LTP_gain_vq_2", "b", "4.2.7.6.2"),
    ("LTP_SCALE", "tables_other", "silk_LTPscale_iCDF", "B", "4.2.7.6.3"),
    ("RATE_LEVEL", "tables_pulses_per_block", "silk_rate_levels_iCDF", "B", "4.2.7.8.1"),
    ("PULSES", "tables_pulses_per_block", "silk_pulses_per_block_iCDF", "B", "4.2.7.8.2"),
    ("SPLIT_16", "tables_pulses_per_block", "silk_shell_code_table3", "B", "4.2.7.8.3"),
    ("SPLIT_8", "tables_pulses_per_block", "silk_shell_code_table2", "B", "4.2.7.8.3"),
    ("SPLIT_4", "tables_pulses_per_block", "silk_shell_code_table1", "B", "4.2.7.8.3"),
    ("SPLIT_2", "tables_pulses_per_block", "silk_shell_code_table0", "B", "4.2.7.8.3"),
    (
        "SPLIT_OFFSETS",
        "tables_pulses_per_block",
        "silk_shell_code_table_offsets",
        "B",
        "4.2.7.8.3",
    ),
    ("SIGNS", "tables_pulses_per_block", "silk_sign_iCDF", "B", "4.2.7.8.5"),
    ("COSINES", "table_LSF_cos", "silk_LSFCosTab_FIX_Q12", "h", "4.2.7.5.6"),
    ("NARROW_STAGE_1", "tables_NLSF_CB_NB_MB", "silk_NLSF_CB1_iCDF_NB_MB", "B", "4.2.7.5.1"),
    ("NARROW_NLSF", "tables_NLSF_CB_NB_MB", "silk_NLSF_CB1_NB_MB_Q8", "B", "4.2.7.5.3"),
    ("NARROW_WEIGHTS", "tables_NLSF_CB_NB_MB", "silk_NLSF_CB1_Wght_Q9", "h", "4.2.7.5.3"),
    ("NARROW_SELECT", "tables_NLSF_CB_NB_MB", "silk_NLSF_CB2_SELECT_NB_MB", "B", "4.2.7.5.2"),
    ("NARROW_STAGE_2", "tables_NLSF_CB_NB_MB", "silk_NLSF_CB2_iCDF_NB_MB", "B", "4.2.7.5.2"),
    ("NARROW_PREDICTION", "tables_NLSF_CB_NB_MB", "silk_NLSF_PRED_NB_MB_Q8", "B", "4.2.7.5.3"),
    ("NARROW_SPACING", "tables_NLSF_CB_NB_MB", "silk_NLSF_DELTA_MIN_NB_MB_Q15", "h", "4.2.7.5.4"),
    ("WIDE_STAGE_1", "tables_NLSF_CB_WB", "silk_NLSF_CB1_iCDF_WB", "B", "4.2.7.5.1"),
    ("WIDE_NLSF", "tables_NLSF_CB_WB", "silk_NLSF_CB1_WB_Q8", "B", "4.2.7.5.3"),
    ("WIDE_WEIGHTS", "tables_NLSF_CB_WB", "silk_NLSF_CB1_WB_Wght_Q9", "h", "4.2.7.5.3"),
    ("WIDE_SELECT", "tables_NLSF_CB_WB", "silk_NLSF_CB2_SELECT_WB", "B", "4.2.7.5.2"),
    ("WIDE_STAGE_2", "tables_NLSF_CB_WB", "silk_NLSF_CB2_iCDF_WB", "B", "4.2.7.5.2"),
    ("WIDE_PREDICTION", "tables_NLSF_CB_WB", "silk_NLSF_PRED_WB_Q8", "B", "4.2.7.5.3"),
    ("WIDE_SPACING", "tables_NLSF_CB_WB", "silk_NLSF_DELTA_MIN_WB_Q15", "h", "4.2.7.5.4"),
)


def numbers(folder: Path, file: str, name: str) -> list[int]:
    """The numbers of a table, in the order in which the file has them."""
    text = (folder / "silk" / f"{file}.c").read_text(encoding="utf-8", errors="replace")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    body = re.search(rf"\b{name}\s*(?:\[[^]]*\]\s*)+=\s*\{{(.*?)\}}\s*;", text, re.DOTALL)
    if not body:
        raise SystemExit(f"{file}.c has no table {name}")
    return [int(number) for number in re.findall(r"-?\d+", body.group(1))]


def literal(data: bytes, width: int = 88) -> list[str]:
    """Lines of a bytes literal, at most `width` wide."""
    lines, line = [], ""
    for byte in data:
        text = f"\\x{byte:02x}"
        if chr(byte).isprintable() and byte < 127 and chr(byte) not in '"\\':
            text = chr(byte)
        if len(line) + len(text) > width:
            lines.append(line)
            line = ""
        line += text
    return [f'    b"{text}"' for text in (*lines, line)]


def main() -> None:
    """Print the module."""
    folder = Path(sys.argv[1])
    data = b""
    names = []
    for name, file, theirs, kind, section in TABLES:
        table = numbers(folder, file, theirs)
        names.append(f"# {len(data):4} {name}, {section}")
        data += struct.pack(f"<{len(table)}{kind}", *table)
    print(HEAD)
    print("\n".join(names))
    print()
    print("DATA = (")
    print("\n".join(literal(data)))
    print(")")


if __name__ == "__main__":
    main()
