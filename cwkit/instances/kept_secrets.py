"""Secrets taken out of a pasted text before it is read, so that no broken quote makes a part of one a key."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from cwkit.redaction import MASK, Secret, is_secret

__all__ = ["put_back", "stars", "take_out"]

_QUOTE = r"""(?:["'“”„‘’]|&quot;|&\#34;|&\#39;|&apos;)"""
_SPACE = r"(?:\s|\\{1,8}[nrt])*"
_NEXT = rf"\\{{0,8}}{_QUOTE}[\w.$ -]{{1,80}}\\{{0,8}}{_QUOTE}{_SPACE}[:=]"
_CUT = rf"\\{{0,8}}{_QUOTE}[\w.$ -]{{0,80}}[\r\n]"  # a key that is cut off
_HEAD = re.compile(
    rf"""
    (?: (?P<named>\\{{0,8}}{_QUOTE}) (?P<name>[\w.$ -]{{1,80}}) | \b (?P<bare>[\w.$-]{{1,80}}) )
    (?P<closed>\\{{0,8}}{_QUOTE})?+
    {_SPACE} (?P<sign> => | [:=] | ,(?!{_SPACE}{_NEXT}) | \.\.\. )? {_SPACE}
    (?: (?P<open>\\{{0,8}}) (?P<quote>{_QUOTE}) | (?=[^\s{{}}\[\],:=\\&"']) )
    """,
    re.X,
)
_BARE_END = re.compile(r"[,}\]\r\n]")
_WORDS = re.compile(r"(?:true|false|null|None|True|False)\b")
_LONGEST = 8000


@cache
def _end(slashes: int) -> re.Pattern[str]:
    # The end of a value is known by what follows it: a quote inside a badly escaped one is not its end.
    gap = r"(?:[\s>\d:|]|\\{1,8}[nrt])*"  # with the line numbers and mail marks of a ticket
    return re.compile(
        rf"""(?<!\\) \\{{{slashes}}} {_QUOTE}
               (?= {gap} (?: [}}\])] | \Z | ,{gap} (?: {_NEXT} | [}}] | \Z | \.\.\. | {_CUT} ) )
                 | {_SPACE} [\r\n]{gap} {_NEXT} )
           | [\r\n]+ (?= {gap} (?: {_NEXT} | [}}\]{{] ) )
           | \Z""",
        re.X,
    )


_ENTRY = re.compile(
    rf"{_QUOTE}key\\{{0,8}}{_QUOTE}\s*:\s*\\{{0,8}}{_QUOTE}([\w.$ -]{{1,80}})\\{{0,8}}{_QUOTE}"
)
_BLANKED = re.compile(r"(\W|_)*|(.)\2*|<[^<>]*>|\$?\{[^{}]*\}|\[[^\[\]]*\]|\.\.\..*|[xX*•.…-]+", re.S)
_PLACE = re.compile(r"xKept(\d{1,6})Secretx")


def take_out(text: str) -> tuple[str, list[Secret]]:
    """Return ``text`` with a placeholder for the value of each key that names a secret, and the values.

    What is blanked out (``xxxx``, ``<KEY>``, ``[...]``) stays.
    """
    kept: list[Secret] = []
    parts: list[str] = []
    done, at = 0, 0
    while head := _HEAD.search(text, at):
        start, at = head.end(), head.end("closed" if head["closed"] else "name" if head["name"] else "bare")
        if (name := _key_of(head)) is None or not is_secret(name):
            continue
        pattern = _BARE_END if head["open"] is None else _end(len(head["open"]))
        found = pattern.search(text, start, start + _LONGEST)
        end = found.start() if found else min(len(text), start + _LONGEST)
        raw = text[start:end]
        if (
            _BLANKED.fullmatch(raw)
            or (head["open"] is None and _WORDS.match(raw))
            or not is_secret(name, value=raw)
        ):
            continue
        kept.append(Secret(_decoded(raw, len(head["open"] or ""), head["quote"] or "")))
        parts += [text[done:start], f"xKept{len(kept) - 1}Secretx"]
        done = at = end
    return ("".join([*parts, text[done:]]), kept) if kept else (text, kept)


def stars(text: str) -> str:
    """Return ``text`` with stars in place of the value of each key that names a secret."""
    return _PLACE.sub(MASK, take_out(text)[0])


def _key_of(head: re.Match[str]) -> str | None:
    """Return the key of a value, or ``None`` where it is a word of prose or a parameter of an address."""
    name = (head["name"] or head["bare"]).strip()
    if head["open"] is None and (head["sign"] != ":" or not (head["named"] or head["closed"])):
        return None
    if head["sign"] is None and not (head["named"] or head["closed"]):
        return None
    if name in ("propertyValue", "value"):  # an entry of a list: its key is beside it
        before = _ENTRY.findall(head.string, max(0, head.start() - 300), head.start())
        after = _ENTRY.findall(head.string, head.end(), head.end() + 4000)
        return str(before[-1] if before else after[0] if after else name)
    return name


def _decoded(raw: str, slashes: int, quote: str) -> str:
    """Return what a written value means; its quotes show how often it was escaped."""
    for _ in range(slashes.bit_length() + 1):
        try:
            raw = (
                str(ast.literal_eval(f"'{raw}'"))
                if quote == "'"
                else str(json.loads(f'"{raw}"', strict=False))
            )
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            break
    return raw


def put_back(value: Any, kept: list[Secret]) -> Any:
    """Return a value that was read from the text, with its secrets in place of the placeholders.

    A placeholder that has become a part of something else is shown as stars.
    """
    if not kept:
        return value
    if isinstance(value, Mapping):
        return {_PLACE.sub(MASK, str(name)): put_back(item, kept) for name, item in value.items()}
    if isinstance(value, list):
        return [put_back(item, kept) for item in value]
    if isinstance(value, str) and (match := _PLACE.search(value)):
        whole = match[0] == value.strip() and int(match[1]) < len(kept)
        return kept[int(match[1])] if whole else _PLACE.sub(MASK, value)
    return value
