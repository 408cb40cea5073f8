"""What carried a text to us is undone: encodings, mail, logs, web pages, terminals, Python and shells."""

from __future__ import annotations

import ast
import html
import quopri
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cwkit.errors import ReadError

__all__ = ["LARGEST", "Source", "looks_quoted_printable", "text_of", "undo_carrier"]

Source = str | bytes | bytearray | Path | Mapping[str, Any] | list[Any]
"""What can be read: a text, its bytes, a file, or what JSON was already parsed into."""

LARGEST = 1_000_000_000
"""The largest file or text that is read, in bytes or characters."""

_NUMBERED = re.compile(r"[ \t]*(\d{1,6})(?:[ \t]*[:|.)\]│→][ \t]?|[ \t]{1,8}|\t|$)")
_TIME = re.compile(
    r"""\s*(?: [\w.-]{1,40}\s*\|\s+ )?
        [\[(]? (?: \d{4}-\d\d-\d\d[T ] | \d\d?[/.]\w{2,3}[/.]\d{4}[: ] | [A-Z][a-z]{2}\ +\d\d?\ )?
        \d\d:\d\d:\d\d (?:[.,]\d+)? (?:\ ?Z|\ ?[+-]\d\d:?\d\d)? [\])]?
        (?:\s*[\[(|]?(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL)[\])|:]?)?""",
    re.X,
)
"""The time, and the level, that a log puts in front of a line."""
_LOGGER = re.compile(r"""(?:\[[\w .:-]*\]|[^"'{}\[\]])*""")
_TAG = re.compile(
    r"</?(?:html|head|body|div|p|span|br|pre|code|font|table|tbody|tr|td|th|ul|ol|li|b|i|u|strong|em|a|o:p"
    r"|blockquote|style|meta|title|hr|h[1-6])(?:\s[^<>]{0,500})?/?>",
    re.I,
)
_BREAK = re.compile(r"<br\b|</?(?:p|div|tr|li|pre|blockquote|h[1-6])\b", re.I)
_ENTITY_QUOTE = re.compile(r"&(?:quot|#34|#x22);", re.I)
_LITERAL = re.compile(
    r"""(?<![\w'"\\])[bB](?=['"](?:\\n|\s)*[{\[])('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")""", re.S
)
_DATA = re.compile(r"(?<=\s)(?:-d|--data(?:-raw|-binary|-ascii)?|--json)(?:[ \t=]|\\\r?\n)*(?=[$'\"])")
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
    if raw[:4000].count(0) * 3 > len(raw[:4000]):  # two bytes a character, without the mark that says so
        return raw.decode(
            "utf-16-le" if raw[1:4000:2].count(0) >= raw[0:4000:2].count(0) else "utf-16-be", "replace"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def undo_carrier(text: str, outside: str, notes: list[str]) -> str:
    """Return ``text`` as it was before it was mailed, logged, printed or quoted; ``notes`` say how.

    ``outside`` is the text without what is valid JSON in it as it is: only there are tags and entities those
    of a web page.
    """
    if "\x1b" in text:
        text = _COLOURS.sub("", text)
        notes.append("Terminal colours were removed.")
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\0", "")
    text = _without_quoted_printable(text, notes)
    if _TAG.search(outside) or (_ENTITY_QUOTE.search(outside) and '"' not in outside):
        text = _without_html(text, notes)
    lines = text.split("\n")
    if len(lines) >= 3:
        for step in (_without_reply_signs, _without_times, _without_numbers):
            lines = step(lines, notes)
    text = "\n".join(lines)
    if "curl" in text:
        text = _without_shell_quotes(text)
    text = _LITERAL.sub(lambda match: _bytes_text(match, notes), text)
    return _unescaped(text, notes)


def looks_quoted_printable(text: str) -> bool:
    """Return whether every equals sign in a text begins a code of quoted-printable, and there are some."""
    codes = len(re.findall(r"=(?:[0-9A-F]{2}|\n)", text))
    return codes == text.count("=") and ("=\n" in text or codes >= 3)


def _without_quoted_printable(text: str, notes: list[str]) -> str:
    said = re.search(r"(?i)transfer-encoding:\s*quoted-printable", text)
    if not said and not looks_quoted_printable(text):
        return text
    notes.append("The text was quoted-printable; it was decoded.")
    decoded = quopri.decodestring(text.encode("utf-8", "surrogatepass"))
    try:
        return decoded.decode("utf-8")
    except UnicodeDecodeError:
        return decoded.decode("cp1252", "replace")


def _without_html(text: str, notes: list[str]) -> str:
    if _BREAK.search(text) and not re.search(r"(?i)<pre\b", text):
        text = re.sub(r"\s*\n\s*", " ", text)  # a line break of the page's source is a space
    text = _TAG.sub(lambda match: "\n" if _BREAK.match(match[0]) else "", text)
    notes.append("HTML entities (&quot;) and tags were read as the characters they stand for.")
    return html.unescape(text)


def _without_times(lines: list[str], notes: list[str]) -> list[str]:
    """Remove the time in front of lines, and what every line has after it (level, logger)."""
    timed = [match.end() if (match := _TIME.match(line)) else 0 for line in lines]
    rest = [line[end:] for line, end in zip(lines, timed, strict=True) if end]
    if len(rest) < 3 or len(rest) * 2 < sum(bool(line.strip()) for line in lines):
        return lines
    same = next((n for n, signs in enumerate(zip(*rest, strict=False)) if len(set(signs)) > 1), 0)
    common = _LOGGER.match(rest[0][:same])
    length = len(common[0]) if common else 0
    notes.append("The time in front of lines was removed.")
    return [line[end + length :] if end else line for line, end in zip(lines, timed, strict=True)]


def _bytes_text(match: re.Match[str], notes: list[str]) -> str:
    if "{" not in match[0]:
        return match[0]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text: str = ast.literal_eval("b" + match[1]).decode("utf-8")
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return match[0]
    notes.append("Python's bytes (b'...') were read as text.")
    return text


def _without_shell_quotes(text: str) -> str:
    """Replace the body of each cURL command, quoted for bash or for cmd, by the body itself."""
    if '^"' in text:
        text = re.sub(r"\^\n\n", "\n", text)
        text = re.sub(r"\^(\n|.)", lambda match: " " if match[1] == "\n" else match[1], text)
    parts, at = [], 0
    for match in _DATA.finditer(text):
        if match.start() < at:
            continue
        word, end = _shell_word(text, match.end())
        if "{" in word:
            parts += [text[at : match.end()], "\n", word, "\n"]
            at = end
    return "".join([*parts, text[at:]])


_WORD = re.compile(
    r"""
    \$'(?P<ansi>(?:\\.|[^'\\])*)' | '(?P<single>[^']*)' | "(?P<double>(?:\\.|""|[^"\\])*)" | \\(?P<one>.)
    """,
    re.X | re.S,
)


def _shell_word(text: str, at: int) -> tuple[str, int]:
    parts = []
    while match := _WORD.match(text, at):
        if match["ansi"] is not None:
            inner = re.sub(r"\\u(?=[0-9a-fA-F]{4})", r"\\u", match["ansi"]).replace("\\!", "!")
            try:
                parts.append(str(ast.literal_eval(f"'''{inner}'''")))
            except (ValueError, SyntaxError):
                parts.append(inner)
        elif match["double"] is not None:
            parts.append(re.sub(r'\\([\\"$`])|""', lambda found: found[1] or '"', match["double"]))
        elif match["single"] is not None:
            parts.append(match["single"])
        else:
            parts.append("" if match["one"] == "\n" else match["one"])
            if match["one"] == "\n":
                break
        at = match.end()
    return "".join(parts), at


def _without_reply_signs(lines: list[str], notes: list[str]) -> list[str]:
    marked = sum(1 for line in lines if _MAIL.match(line))
    if marked < 3 or marked * 2 < sum(1 for line in lines if line.strip()):
        return lines
    notes.append("Reply marks (>) at the start of lines were removed.")
    return [_MAIL.sub("", line, count=1) for line in lines]


def _without_numbers(lines: list[str], notes: list[str]) -> list[str]:
    """Remove line numbers: three lines or more in a row whose leading numbers count up by one."""
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
        notes.append("Line numbers in front were removed.")
    return result


def _is_json(lines: list[str]) -> bool:
    """Return whether most of the numbered lines are JSON; the steps of an instruction are not."""
    rest = [_NUMBERED.sub("", line, count=1).strip() for line in lines]
    told = [line for line in rest if line]
    return sum(line[0] in "{}[]\"'“”" or line[-1] in "{}[]," for line in told) * 2 > len(told)


def _unescaped(text: str, notes: list[str]) -> str:
    r"""Return a text that is escaped as a whole (``{\"id\": 1}``) as a plain one; any other as it is."""
    if "{" not in text or '\\"' not in text or re.search(r'(?<!\\)"\s{0,20}:', text):
        return text
    notes.append('The text was escaped as a whole (\\"); it was read without.')
    return re.sub(r"\\([\\\"/nrt])", lambda m: {"n": "\n", "r": "", "t": "\t"}.get(m[1], m[1]), text)
