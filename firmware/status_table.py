"""What `status` shows: one line a subject, in the words of whoever looks at the board."""
# MIT License; see LICENSE

import gc

import trial
from micropython import const
from roomtone import __version__

_WIDTH = const(9)
_WEAK_DBM = const(-75)


def text(app):
    """The table as text."""
    found = app.stats()
    lines = [("board", _board(app)), ("state", _state(app))]
    error = _reason(app)
    if error:
        lines.append(("reason", error))
    if app.room:
        lines.append(("people", _people(app.room)))
    lines.append(("network", _network(app)))
    if app.room and "frames" in found:
        lines.append(("sound", _sound(app, found)))
        lines.append(("delay", _delay(found)))
        lines.append(("packets", _packets(found)))
    lines.append(("memory", _memory()))
    log = _crashes()
    if log:
        lines.append(("trouble", log))
    return "\n".join([" " * (_WIDTH - len(name)) + name + ": " + value for name, value in lines])


def _board(app):
    words = f"{app.settings['name']} ({app.board_name}), Roomtone {__version__}"
    up = ", up " + span(app.up_ms // 1000)
    return words + (", update on trial" if trial.on else "") + up


def _state(app):
    room = app.room
    if not room:
        where = app.settings["room"]
        mode = f", {app.care.mode}" if app.care.mode else ""
        return app.state + mode + (f"; the room is {where}" if where else "; no room is set")
    muted = ", muted" if app.muted else ""
    again = f", {room.reconnects} times back" if room.reconnects else ""
    return f"{room.state} to {room.room_id} at {app.settings['server']}{muted}{again}"


def _reason(app):
    if app.room and app.room.reason:
        return f"{app.room.reason.code}: {app.room.reason.text}"
    return ": ".join(app.error) if app.error else ""


def _people(room):
    names = []
    for one in room.participants.values():
        words = f"{one.name} ({one.kind}"
        if one.audio and one.audio.muted:
            words += ", muted"
        if one is room.active_speaker:
            words += ", speaks"
        names.append(words + ")")
    return ", ".join(names) or "nobody else"


def _network(app):
    network = app.care.network
    if network is None or not network.connected():
        why = network.reason if network else ""
        return "none" + (f": {why}" if why else "")
    if not network.ssid:
        return "the host's"
    dbm = network.signal_dbm()
    weak = ", weak: expect gaps" if dbm < _WEAK_DBM else ""
    return f"{network.ssid}, {dbm} dBm{weak}, {network.address()}"


def _sound(app, found):
    level = found.get("level_dbov")
    heard = "" if level is None else f", microphone {level} dBov"
    dry = found.get("speaker_dry")
    codec = found.get("codec")
    words = f"{codec}, " if codec else ""
    words += f"volume {app.settings['volume']}{heard}"
    return words + (f", ran dry {dry} times" if dry else "")


def _delay(found):
    words = "{} ms in the jitter buffer".format(found.get("delay_ms", "?"))
    trip = found.get("round_trip_ms")
    return words + (f", {trip} ms to the server and back" if trip is not None else "")


def _packets(found):
    words = "{} sent, {} received".format(
        found.get("packets_sent", 0), found.get("packets_received", 0)
    )
    for name in ("lost", "late", "concealed", "rejected"):
        if found.get(name):
            words += f", {found[name]} {name}"
    return words


def _memory():
    used, free = gc.mem_alloc(), gc.mem_free()
    return f"{free // 1024} KB free, {used // 1024} KB used"


def _crashes():
    import crashlog

    count = crashlog.read().count("\n--- ") + crashlog.read().startswith("--- ")
    return f"{count} entries in the crash log: crashes" if count else ""


def span(seconds):
    """A span of time in the two units that matter."""
    for unit, size, below, part in (
        ("d", 86400, "h", 3600),
        ("h", 3600, "min", 60),
        ("min", 60, "s", 1),
    ):
        if seconds >= size:
            return f"{seconds // size} {unit} {seconds % size // part} {below}"
    return f"{seconds} s"
