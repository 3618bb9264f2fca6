"""What goes wrong between host and board, said so that a person knows what to do."""
# MIT License; see LICENSE

from __future__ import annotations


class DeviceError(RuntimeError):
    """Something between host and board failed.

    `code` is a word for programs, `text` a sentence, `cure` what to do about it ("" when nothing
    is known). `str()` gives both sentences.
    """

    def __init__(self, code: str, text: str, cure: str = "") -> None:
        super().__init__(f"{text} {cure}".strip())
        self.code = code
        self.text = text
        self.cure = cure
