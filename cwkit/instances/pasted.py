"""What was pasted, as plain text: decoded, without line numbers, mail marks, HTML entities or colours."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cwkit.errors import ReadError

__all__ = ["LARGEST", "Source", "text_of", "tidied", "unescaped"]

Source = str | bytes | bytearray | Path | Mapping[str, Any] | list[Any]
"""What can be read: a text, its bytes, a file, or what JSON was already parsed into."""

LARGEST = 1_000_000_000
"""The largest file or text that is read, in bytes or characters."""

_NUMBERED = re.compile(r"[ \t]*(\d{1,6})(?:[ \t]*[:|.)\]│→][ \t]?|[ \t]{1,8}|\t|$)")
_MAIL = re.compile(r"(?:[ \t]*>)+[ \t]?")
_COLOURS = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|[@-Z\\-_])")
_PATH_LIKE = re.compile(r"[^\s{}\[\]\"<>]+\.(?:json|txt|har|log|md|html?)", re.I)


def text_of(source: str | bytes | bytearray | Path) -> str:
    """Return the text of a source; a short text without braces that names a file stands for the file.

    Raises ``ReadError`` where there is no such file, it cannot be read, or it is larger than ``LARGEST``.
    """
    if isinstance(source, Path):
        return _decoded(_file(source))
    if isinstance(source, bytes | bytearray):
        _refuse_too_long(len(source))
        return _decoded(bytes(source))
    _refuse_too_long(len(source))
    if len(source) < 1000 and "{" not in source and "\n" not in source.strip() and "\0" not in source:
        path = Path(source.strip()).expanduser()
        if _is_file(path):
            return _decoded(_file(path))
        if _PATH_LIKE.fullmatch(source.strip()):
            raise ReadError(
                f"There is no file {source.strip()}.",
                fix="Give the path of a file that exists, or paste the text itself.",
            )
    return source


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _refuse_too_long(length: int) -> None:
    if length > LARGEST:
        raise ReadError(
            f"The text is too long: {length:,} characters, at most {LARGEST:,} are read.",
            fix="Cut it into parts.",
        )


def _file(path: Path) -> bytes:
    reason = ""
    try:
        size = path.stat().st_size
        if size <= LARGEST:
            return path.read_bytes()
        reason = f"it is larger than {LARGEST:,} bytes"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    raise ReadError(
        f"The file {path} cannot be read: {reason}.",
        fix="Check the path, and that you may read the file.",
    )


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def tidied(text: str, notes: list[str]) -> str:
    """Return ``text`` without what mail programs, editors, terminals and web pages add; tell it."""
    if "\x1b" in text:
        text = _COLOURS.sub("", text)
        notes.append("Terminal colours were taken away.")
    if text.startswith("\ufeff") or "\u200b" in text or "\0" in text:
        text = re.sub("[\ufeff\u200b\0]", "", text)
    if "&quot;" in text and '"' not in text.replace("&quot;", "")[:100_000]:
        text = html.unescape(text)
        notes.append("HTML entities (&quot;) were read as the characters they stand for.")
    text = text.replace("\u00a0", " ").replace("\r\n", "\n")
    lines = text.split("\n")
    if len(lines) >= 3:
        lines = _without_mail_marks(lines, notes)
        lines = _without_numbers(lines, notes)
    return "\n".join(lines)


def _without_mail_marks(lines: list[str], notes: list[str]) -> list[str]:
    marked = sum(1 for line in lines if _MAIL.match(line))
    if marked < 3 or marked * 2 < sum(1 for line in lines if line.strip()):
        return lines
    notes.append("Reply marks (>) at the start of lines were taken away.")
    return [_MAIL.sub("", line, count=1) for line in lines]


def _without_numbers(lines: list[str], notes: list[str]) -> list[str]:
    """Take away line numbers: three lines or more in a row whose leading numbers count up by one."""
    matches = [_NUMBERED.match(line) for line in lines]
    result, taken = list(lines), 0
    start = 0
    while start < len(lines):
        end = start
        while (
            end + 1 < len(lines)
            and (here := matches[end])
            and (after := matches[end + 1])
            and int(after[1]) == int(here[1]) + 1
        ):
            end += 1
        if end - start >= 2 and _is_json(lines[start : end + 1]):
            for index in range(start, end + 1):
                match = matches[index]
                result[index] = lines[index][match.end() :] if match else lines[index]
            taken += end - start + 1
        start = end + 1
    if taken:
        notes.append("Line numbers in front were taken away.")
    return result


def _is_json(lines: list[str]) -> bool:
    """Say whether most of the numbered lines are JSON; the steps of an instruction are not."""
    rest = [_NUMBERED.sub("", line, count=1).strip() for line in lines]
    told = [line for line in rest if line]
    return sum(line[0] in "{}[]\"'“”" or line[-1] in "{}[]," for line in told) * 2 > len(told)


def unescaped(text: str) -> str | None:
    r"""Return a text that is escaped as a whole (``{\"id\": 1}``) as a plain one; any other is ``None``."""
    if "{" not in text or '\\"' not in text or re.search(r'(?<!\\)"\s{0,20}:', text):
        return None
    return re.sub(r"\\([\\\"/nrt])", lambda m: {"n": "\n", "r": "", "t": "\t"}.get(m[1], m[1]), text)
