"""The boards' checker: every board is right, and each fault is refused with its cure."""
# MIT License; see LICENSE

import copy
import json
import shutil

import pytest
from roomtone_host.boards import readme, source
from roomtone_host.boards.check import check
from roomtone_host.boards.chips import CHIPS
from roomtone_host.boards.model import FOLDER, load, names
from typer.testing import CliRunner

ALL = names()


@pytest.mark.parametrize("name", ALL)
def test_every_board_is_right(name):
    assert check(name) == []


@pytest.mark.parametrize("name", ALL)
def test_table_and_drawing_are_those_of_board_json(name):
    assert readme.stale(load(name)) == [], "run `roomtone boards draw`"


@pytest.fixture
def changed(tmp_path):
    """A function: what the checker says of a board after `change(facts)` and of its code."""

    def check_changed(name, change, code=None):
        folder = tmp_path / name
        shutil.copytree(FOLDER / name, folder, dirs_exist_ok=True)
        facts = json.loads((FOLDER / name / "board.json").read_text())
        change(facts, facts["roomtone"], facts["roomtone"]["parts"])
        (folder / "board.json").write_text(json.dumps(facts))
        board = folder / "board.py"
        board.write_text(code(board.read_text()) if code else follow(board, facts))
        return check(name, tmp_path)

    return check_changed


def follow(path, facts):
    """board.py with the constants of a changed board.json, so that only the pins are at fault."""
    lines = [line for line in path.read_text().splitlines() if "const(" not in line]
    for role, part in facts["roomtone"]["parts"].items():
        for signal, gpio in part.get("pins", {}).items():
            lines.append(f"_{role}_{signal} = const({gpio})".upper().replace("CONST", "const"))
    return "\n".join(lines)


def pin(role, signal, gpio):
    def change(facts, own, parts):
        parts[role]["pins"][signal] = gpio

    return change


def only(texts):
    assert len(texts) == 1, texts
    return texts[0]


@pytest.mark.parametrize(
    ("name", "role", "signal", "gpio", "says"),
    [
        ("esp32_devkitc", "microphone", "sck", 24, "an ESP32 does not have; take another pin"),
        ("esp32_devkitc", "microphone", "sck", 40, "does not have"),
        ("esp32s3_devkitc", "speaker", "sd", 22, "an ESP32-S3 does not have"),
        ("esp32c3_devkit", "speaker", "sd", 22, "an ESP32-C3 does not have"),
        ("esp32c6_devkit", "speaker", "sd", 31, "an ESP32-C6 does not have"),
        ("esp32_devkitc", "microphone", "sck", 6, "uses for its flash; take another pin"),
        ("esp32s3_devkitc", "microphone", "sck", 27, "uses for its flash"),
        ("esp32c3_devkit", "microphone", "sck", 12, "uses for its flash"),
        ("esp32c6_devkit", "microphone", "sck", 24, "uses for its flash"),
        ("esp32s3_devkitc", "microphone", "sck", 35, "octal PSRAM uses; take another pin"),
        ("esp32_a1s", "amplifier", "enable", 16, "quad PSRAM uses"),
        ("m5_atom_echo", "led", "data", 16, "is taken (flash, inside the ESP32-PICO-D4)"),
        ("esp32_devkitc", "microphone", "sck", 34, "can only read, as all from GPIO34 up"),
        ("esp32_a1s", "control", "sda", 36, "can only read"),
        ("esp32s3_korvo2_v3", "button", "signal", 12, "can't measure voltages while Wi-Fi is on"),
        ("esp32_devkitc", "speaker", "sck", 12, 'at reset (high at reset gives a 3.3 V flash'),
        ("esp32s3_devkitc", "speaker", "sck", 45, "the chip reads at reset"),
        ("esp32c3_devkit", "speaker", "sck", 2, "the chip reads at reset"),
        ("esp32c6_devkit", "speaker", "sck", 15, "the chip reads at reset"),
        ("esp32_devkitc", "speaker", "sck", 0, "the chip reads at reset"),
        ("esp32_devkitc", "speaker", "sck", 1, "is UART0 TX, by which the board is flashed"),
        ("esp32c3_devkit", "speaker", "sck", 18, "is USB D-, by which the board is flashed"),
    ],
)  # fmt: skip
def test_pins_that_do_not_do(changed, name, role, signal, gpio, says):
    text = [t for t in changed(name, pin(role, signal, gpio)) if "is used by" not in t]
    assert says in only(text)
    assert f"{name}: {role} {signal} is at GPIO{gpio}" in text[0]


def test_a_pin_that_only_reads_may_read(changed):
    assert changed("esp32_devkitc", pin("microphone", "sd", 39)) == []


def test_the_boot_button_may_be_a_strapping_pin_and_nothing_else_may(changed):
    assert changed("esp32_devkitc", pin("button", "signal", 0)) == []
    assert "the chip reads at reset" in only(changed("esp32_devkitc", pin("button", "signal", 2)))


def test_a_strapping_pin_with_a_reason_is_accepted(changed):
    def change(facts, own, parts):
        parts["led"]["pins"]["signal"] = 2
        own["accepts"] = {"2": "the LED pulls it down, as it must be"}

    assert changed("esp32_devkitc", change) == []


def test_a_reason_does_not_help_where_the_flash_is(changed):
    def change(facts, own, parts):
        parts["led"]["pins"]["signal"] = 7
        own["accepts"] = {"7": "it should work"}

    assert "uses for its flash" in only(changed("esp32_devkitc", change))


def test_a_reason_for_a_pin_that_nothing_uses_is_told(changed):
    def change(facts, own, parts):
        own["accepts"] = {"2": "it was moved"}

    assert "names GPIO2, which nothing uses; remove it" in only(changed("esp32_devkitc", change))


def test_two_uses_of_one_pin(changed):
    text = only(changed("esp32_devkitc", pin("led", "signal", 25)))
    assert "GPIO25 is used by speaker ws and led signal; give each its own" in text


def full(facts, own, parts):
    own["duplex"] = "full"


def true_duplex(text):
    return text.replace("duplex = False", "duplex = True")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("esp32c3_devkit", "an ESP32-C3 has one I2S port"),
        ("esp32c6_devkit", "an ESP32-C6 has one I2S port"),
        ("esp32s3_box3", "share one bus's clocks"),
        ("m5_atom_echo", "share one bus's clocks"),
    ],
)
def test_a_duplex_claim_that_the_wiring_cannot_keep(changed, name, says):
    text = only(changed(name, full, true_duplex))
    assert says in text
    assert text.endswith('write "duplex": "half".')


def test_both_at_one_port_are_not_full_duplex(changed):
    def change(facts, own, parts):
        parts["speaker"]["port"] = 0

    assert "give the speaker port 1" in only(changed("esp32_devkitc", change))


def test_a_port_that_the_chip_does_not_have(changed):
    def change(facts, own, parts):
        parts["speaker"]["port"] = 1

    assert "an ESP32-C3 has 1, counted from 0" in only(changed("esp32c3_devkit", change))

    def forget(facts, own, parts):
        del parts["speaker"]["port"]

    assert 'speaker lacks "port"' in changed("esp32_devkitc", forget)[0]


def edited(action):
    def change(facts, own, parts):
        action(facts, own, parts)

    return change


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (lambda f, o, p: f.pop("vendor"), 'lacks "vendor"'),
        (lambda f, o, p: o.pop("verified"), '"roomtone" lacks "verified"'),
        (lambda f, o, p: o["verified"].pop("hardware"), '"verified" lacks "hardware"'),
        (lambda f, o, p: f.update(mcu="esp8266"), "no chip that Roomtone knows; use one of esp32"),
        (lambda f, o, p: f.update(id="other"), '"id" must be the name of the folder'),
        (lambda f, o, p: f.update(deploy_options={"flash_offset": "0x0"}), "boots from 0x1000"),
        (lambda f, o, p: o.update(codecs=["MP3"]), "codec 'MP3' is unknown"),
        (lambda f, o, p: o.update(duplex="both"), 'must be "full" or "half"'),
        (lambda f, o, p: o.update(psram="octal"), "no PSRAM of the kind 'octal'"),
        (lambda f, o, p: p["microphone"].update(kind="ear"), "kind 'ear' is unknown"),
        (lambda f, o, p: p["microphone"].update(kind="neopixel"), "that is for led"),
        (lambda f, o, p: p["microphone"]["pins"].pop("ws"), "lacks the pin for ws"),
        (lambda f, o, p: p["microphone"]["pins"].update(x=5), "has no signal 'x'"),
        (lambda f, o, p: p["microphone"].update(part=""), 'lacks "part"'),
        (lambda f, o, p: p.pop("led"), "has no led"),
        (lambda f, o, p: p.pop("speaker"), "has no speaker"),
        (lambda f, o, p: p.update(nose=p.pop("led")), "nose is no role"),
    ],
)
def test_what_is_missing_or_unknown(changed, action, says):
    texts = changed("esp32_devkitc", edited(action))
    assert any(says in text for text in texts), texts
    assert all("esp32_devkitc" in text and text.endswith(".") for text in texts)


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (lambda f, o, p: f.pop("roomtone"), 'has no object "roomtone"'),
        (lambda f, o, p: o.update(parts=[]), '"parts" must be an object'),
        (lambda f, o, p: p.update(led=5), "led must be an object"),
        (lambda f, o, p: p["led"].update(pins={"signal": "4"}), "GPIO numbers by signal"),
        (lambda f, o, p: p["led"].update(chips={"X": "zz"}), 'addresses like "0x18"'),
        (lambda f, o, p: o.update(accepts={"x": "y"}), "texts by GPIO number"),
    ],
)
def test_what_is_no_description_at_all(changed, action, says):
    def change(facts, own, parts):
        action(facts, own, parts)

    assert says in only(changed("esp32_devkitc", change, lambda text: text))


def test_what_is_no_json(tmp_path):
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "board.json").write_text("{")
    assert "is not JSON" in only(check("odd", tmp_path))
    assert "There is no board other; the boards are odd." in only(check("other", tmp_path))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (lambda t: t.replace("const(32)", "const(31)"), "must say _MICROPHONE_SCK = const(32)"),
        (lambda t: t.replace("duplex = True", "duplex = False"), "must say duplex = True"),
        (lambda t: t.replace("= \"esp32", "= \"esp8266"), "must say name = \"esp32_devkitc\""),
        (lambda t: t.replace("def led", "def lamp"), "lacks led()"),
        (lambda t: t + "\n(", "does not compile"),
    ],
)  # fmt: skip
def test_code_that_says_otherwise(changed, code, says):
    assert says in changed("esp32_devkitc", lambda facts, own, parts: None, code)[0]


def test_a_board_without_code(tmp_path):
    shutil.copytree(FOLDER / "esp32_devkitc", tmp_path / "esp32_devkitc")
    (tmp_path / "esp32_devkitc" / "board.py").unlink()
    assert "has no board.py" in only(check("esp32_devkitc", tmp_path))


def test_pin_tables_do_not_contradict_themselves():
    for chip in CHIPS.values():
        reserved = chip.flash | chip.input_only | chip.adc | set(chip.strapping)
        reserved |= set(chip.console) | {chip.boot}
        assert reserved <= chip.pins
        assert chip.boot in chip.strapping
        assert not chip.flash & set(chip.strapping) | chip.flash & set(chip.console)
        for pins in chip.psram.values():
            assert pins <= chip.pins
            assert not pins & chip.flash


def test_a_constant_is_read_from_code_without_running_it(tmp_path):
    path = tmp_path / "board.py"
    path.write_text("raise SystemExit\n_A = const(7)\nb = 'x'\n_C = f(3)\ndef led(): pass\n")
    found = source.read(path)
    assert found.values == {"_A": 7, "b": "x"}
    assert found.functions == {"led"}


def test_the_command_lists_checks_and_shows():
    from roomtone_host.boards.command import app

    run = CliRunner().invoke
    listed = json.loads(run(app, ["--json"]).stdout)
    assert [board["name"] for board in listed] == ALL
    for board in listed:
        assert board["duplex"] in ("full", "half")
        assert set(board["verified"]) >= {"pins", "fakes", "hardware"}
    assert "esp32_devkitc" in run(app, []).stdout
    assert json.loads(run(app, ["check", "--json"]).stdout) == {name: [] for name in ALL}
    shown = run(app, ["show", "esp32_devkitc"]).stdout
    assert "MAX98357A" in shown and "GPIO26" in shown
    assert run(app, ["show", "nothing"]).exit_code == 1
    assert run(app, ["check", "nothing"]).exit_code == 1


def test_a_copy_is_left_alone_by_the_fixture(changed):
    before = copy.deepcopy(load("esp32_devkitc").facts)
    changed("esp32_devkitc", pin("led", "signal", 99))
    assert load("esp32_devkitc").facts == before
