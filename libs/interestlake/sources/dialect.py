"""How a publisher writes delimited text: separator, quotes, encoding; and what one record is under that (RFC 4180)."""

import codecs
import re
from dataclasses import dataclass
from functools import cached_property

# Python's name of an encoding -> Java's; in all of them a line break is the one byte 0A, at which Spark cuts lines
ENCODINGS = {
    "utf-8": "UTF-8", "ascii": "ISO-8859-1", "koi8-r": "KOI8-R", "koi8-u": "KOI8-U", "mac-roman": "x-MacRoman",
    "shift_jis": "Shift_JIS", "cp932": "windows-31j", "euc_jp": "EUC-JP", "euc_kr": "EUC-KR", "cp949": "x-windows-949",
    "gb2312": "GB2312", "gbk": "GBK", "gb18030": "GB18030", "big5": "Big5", "cp437": "IBM437", "cp850": "IBM850",
    "cp852": "IBM852", "cp866": "IBM866",
    **{f"iso8859-{n}": f"ISO-8859-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 15)},
    **{f"cp{n}": f"windows-{n}" for n in range(1250, 1259)},
}  # fmt: skip


def java_encoding(name: str) -> str | None:
    """Java's name of an encoding that lines can be read in; None for any other."""
    try:
        return ENCODINGS.get(codecs.lookup(name).name)
    except (LookupError, ValueError):
        return None


@dataclass(frozen=True)
class Dialect:
    """delimiter: one character or several. quote: one character, "" = none; inside quotes it is written behind
    `escape`, or, as RFC 4180 says, twice. encoding: Java's name. names: of the columns where the files have no header.
    fallback: Java's name of the encoding of lines that are not in `encoding`; without it they are at fault.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    encoding: str = "UTF-8"
    names: tuple[str, ...] | None = None
    fallback: str | None = None

    @property
    def spark_options(self) -> dict[str, str]:
        """Of Spark's CSV parser."""
        return {"sep": self.delimiter, "quote": self.quote, "escape": self.escape or self.quote}

    @cached_property
    def _inside(self) -> str:
        quote = re.escape(self.quote)
        if not self.escape:
            return f"(?:[^{quote}]|{quote}{quote})*+"
        escape = re.escape(self.escape)
        return f"(?:[^{quote}{escape}]|{escape}.|{quote}{quote})*+"

    @cached_property
    def _field(self) -> re.Pattern:
        plain = f"(?:(?!{re.escape(self.delimiter)}).)*+"
        if not self.quote:
            return re.compile(plain, re.DOTALL)
        quote, ends = re.escape(self.quote), f"[ \\t]*+(?={re.escape(self.delimiter)}|\\Z)"
        return re.compile(f"{quote}{self._inside}{quote}{ends}|(?!{quote}){plain}", re.DOTALL)

    @cached_property
    def _open_field(self) -> re.Pattern:
        return re.compile(f"{re.escape(self.quote)}{self._inside}\\Z", re.DOTALL)

    def split(self, text: str) -> list[str] | None:
        """The fields of one record as written, with their quotes; None where one is not closed or goes on behind."""
        fields, place = [], 0
        while True:
            found = self._field.match(text, place)
            if found is None:
                return None
            fields.append(found.group())
            place = found.end()
            if place == len(text):
                return fields
            place += len(self.delimiter)

    def stays_open(self, text: str) -> bool:
        """Whether a line ends inside quotes, so that its record goes on in the next one."""
        if not self.quote or self.quote not in text:
            return False
        place = 0
        while True:
            found = self._field.match(text, place)
            if found is None:
                return self._open_field.match(text, place) is not None
            place = found.end()
            if place == len(text):
                return False
            place += len(self.delimiter)

    def columns(self, header: str) -> tuple[str, ...]:
        """The names in a header line, without quotes and the space around them."""
        names = []
        for name in self.split(header) or (header.split(self.delimiter)):
            name = name.strip()
            if self.quote and len(name) > 1 and name.startswith(self.quote) and name.endswith(self.quote):
                name = name[1:-1].replace((self.escape or self.quote) + self.quote, self.quote)
            names.append(name.strip())
        return tuple(names) if header else ()


PLAIN = Dialect()
