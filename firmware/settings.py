"""The board's settings: one JSON file, checked field by field, with secrets that never print."""
# MIT License; see LICENSE

import json
import os
import sys


class SettingsError(ValueError):
    """A setting is missing or wrong; the text names the field."""


class Settings:
    """The settings in `path`; fields are read as items: `settings["wifi.ssid"]`."""

    def __init__(self, path="settings.json"):
        self._path = path
        self._values = {}
        self._defaults = None

    def load(self):
        """Read and check the file; one that is not there means defaults.

        Returns the names in it that are unknown: they are kept and do nothing. Raises
        SettingsError for a file that is not JSON or a wrong value; the settings stay as they were.
        """
        try:
            with open(self._path) as file:
                text = file.read().strip()
            tree = json.loads(text)
            # MicroPython 1.25 takes a file that is cut off for a whole one.
            if text[-1:] != "}":
                raise ValueError
        except OSError:
            tree = {}
        except ValueError:
            raise SettingsError(f"{self._path} is not JSON") from None
        schema = _schema()
        self._values, unknown = schema.check_tree(tree)
        self._defaults = schema.defaults()
        return unknown

    def __getitem__(self, name):
        if name in self._values:
            return self._values[name]
        if self._defaults is None:
            self._defaults = _schema().defaults()
        if name not in self._defaults:
            raise SettingsError(f"there is no setting {name}")
        return self._defaults[name]

    def update(self, changes):
        """Check several fields, save the file, and set them.

        Raises SettingsError, or OSError from a flash that is full; then nothing is set.
        """
        values = dict(self._values)
        values.update(_schema().check_changes(changes))
        self._save(values)
        self._values = values

    def _save(self, values):
        tree = {}
        for name in sorted(values):
            group, _, leaf = name.rpartition(".")
            (tree.setdefault(group, {}) if group else tree)[leaf] = values[name]
        # The old file stays whole until the new one is: power may fail at any time.
        with open(self._path + ".new", "w") as file:
            json.dump(tree, file)
        os.rename(self._path + ".new", self._path)

    def lines(self):
        """What a person may see: a list of "name = value  (meaning)", secrets hidden."""
        return _schema().lines(self)

    def __repr__(self):
        return "Settings({})".format(", ".join(line.split("  (")[0] for line in self.lines()))


def _schema():
    """Checks and texts: 8 KB that are loaded for one use, as a call has none to spare."""
    import schema

    for name in ("schema", "fields"):
        sys.modules.pop(name, None)
    return schema
