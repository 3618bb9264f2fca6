"""What one setting may be, and the sentences that say what is wrong with a value."""
# MIT License; see LICENSE

import json

from settings import SettingsError

_HIDDEN = "********"
_KINDS = {
    str: "a text in quotes",
    int: "a whole number",
    bool: "true or false",
    dict: "a group",
    list: "a list",
}
_UNITS = {str: " characters", int: "", list: " entries"}


class Field:
    """A setting of one `kind`: str, int, bool or dict; `low` and `high` bound it.

    For a string they bound its length, for a number its value. `choices` lists the allowed ones.
    `or_empty`: an empty string, or 0, is allowed besides.
    """

    def __init__(
        self, kind, default, text, low=None, high=None, choices=None, secret=False, or_empty=False
    ):
        self.kind = kind
        self.default = default
        self.text = text
        self.low = low
        self.high = high
        self.choices = choices
        self.secret = secret
        self.or_empty = or_empty

    def check(self, name, value):
        """Return `value` when it is allowed; raises SettingsError with the field's name."""
        if not isinstance(value, self.kind) or (self.kind is int and isinstance(value, bool)):
            raise SettingsError(f"{name} must be {_KINDS[self.kind]}")
        if self.choices and value not in self.choices:
            raise SettingsError("{} must be one of {}".format(name, ", ".join(self.choices)))
        if self.low is not None and not (self.or_empty and not value):
            self._check_size(name, value if self.kind is int else len(value))
        return value

    def _check_size(self, name, size):
        if not self.low <= size <= self.high:
            bounds = self.low if self.low == self.high else f"{self.low} to {self.high}"
            text = f"{name} must be {bounds}{_UNITS[self.kind]}"
            if self.or_empty:
                text += ", or 0" if self.kind is int else ", or empty"
            raise SettingsError(text)

    def shown(self, value):
        """The value as JSON for people; a secret is hidden."""
        return _HIDDEN if self.secret and value else json.dumps(value)


class PinField(Field):
    """A SHA-256 as 64 hexadecimal digits, with or without colons; empty for none."""

    def __init__(self, text):
        super().__init__(str, "", text, 0, 95)

    def check(self, name, value):
        """As Field.check."""
        super().check(name, value)
        digits = value.replace(":", "").lower()
        if digits and (len(digits) != 64 or any(c not in "0123456789abcdef" for c in digits)):
            raise SettingsError(f"{name} must be 64 hexadecimal digits, or empty")
        return value


class ListField(Field):
    """A list of up to `high` groups, each with the fields `item`; `needed` must be there."""

    def __init__(self, text, high, item, needed):
        super().__init__(list, (), text, 0, high)
        self._item = item
        self._needed = needed

    def check(self, name, value):
        """As Field.check; the error names the entry, counted from 0, and its field."""
        super().check(name, value)
        for index, entry in enumerate(value):
            place = f"{name}[{index}]"
            if not isinstance(entry, dict) or self._needed not in entry:
                raise SettingsError(f"{place} must be a group with {self._needed}")
            for leaf in entry:
                if leaf not in self._item:
                    raise SettingsError(f"there is no setting {place}.{leaf}")
                self._item[leaf].check(f"{place}.{leaf}", entry[leaf])
        return value

    def shown(self, value):
        """The list as JSON for people; secrets in it are hidden."""
        return "[" + ", ".join([self._shown_entry(entry) for entry in value]) + "]"

    def _shown_entry(self, entry):
        leaves = [f"{json.dumps(n)}: {self._item[n].shown(entry[n])}" for n in sorted(entry)]
        return "{" + ", ".join(leaves) + "}"
