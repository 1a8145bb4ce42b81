"""Finds a service by what somebody types: spelling is forgiven, both languages are read.

In memory, over the few services of one office: no statement is sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from math import log
from typing import Final

from licensing.queries.services import Service
from workflows.sop import Text

MOST_WORDS: Final = 8
"""Words of a question that are looked at; nobody types more, and each costs time."""
LONGEST_WORD: Final = 40

_NAME, _TITLE, _PRODUCT, _CATEGORY, _FOR_WHOM, _SUMMARY, _PAPER = 8.0, 6.0, 4.0, 3.0, 3.0, 2.0, 1.0
_ENOUGH: Final = 0.74
"""How alike a misspelt word must be: one letter wrong in four is, two are not."""
_SHORTEST_FUZZY: Final = 4
_KEPT: Final = 0.2
"""Services that match this much less well than the best are not shown."""
_NOT_A_WORD: Final = re.compile(r"[^0-9a-z]+")
_SUFFIXES: Final = ("nya", "kah", "lah", "ku", "mu")
_FILLERS: Final = frozenset(
    {"a", "an", "and", "apa", "atau", "bikin", "buat", "cara", "dan", "dari", "dengan", "di", "for",
     "get", "how", "i", "in", "ingin", "ke", "mau", "mengurus", "my", "of", "or", "saya", "the",
     "to", "untuk", "urus", "want", "yang"}
)  # fmt: skip
"""Words that say nothing of what is looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a question has found, best first."""

    services: Sequence[Service]
    meant: str | None
    """The question as it was understood, where a word had to be guessed; None where none had."""


@dataclass(frozen=True, slots=True)
class _Match:
    """One word of the question and what it was taken for."""

    word: str
    taken_for: Mapping[str, float]
    """Known word → how well it fits, up to 1."""
    guessed: bool


def search(services: Sequence[Service], question: str) -> Found:
    """Return the services that fit `question` best; all of them where it holds no word."""
    asked = words_in(question)[:MOST_WORDS]
    asked = [word for word in asked if word not in _FILLERS] or asked
    if not asked:
        return Found(services, None)
    indexes = [_index(service) for service in services]
    rarity = _rarity(tuple(services))
    matches = [match for match in (_match(word, rarity) for word in asked) if match.taken_for]
    scored = [
        (*_score(index, matches, rarity), -len(words_in(service.sop.title["id"])), -place)
        for place, (service, index) in enumerate(zip(services, indexes, strict=True))
    ]
    covered = max((score[0] for score in scored), default=0)
    if not covered:
        return Found((), None)
    # Of two that fit alike the shorter title is the one that was meant: "dokter", not its kinds.
    fitting = sorted((score for score in scored if score[0] == covered), reverse=True)
    best = fitting[0][1]
    kept = [services[-place] for _, points, _, place in fitting if points >= best * _KEPT]
    guessed = any(match.guessed for match in matches) or len(matches) < len(asked)
    return Found(kept, " ".join(_meant(matches, _index(kept[0]))) if guessed else None)


def words_in(text: str) -> list[str]:
    """Return the words of a text in small plain letters: `É-Izin` → e, izin."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return [word[:LONGEST_WORD] for word in _NOT_A_WORD.split(plain) if word]


@lru_cache(maxsize=1024)
def _index(service: Service) -> Mapping[str, float]:
    """Return each word that a service uses, with the weight of the best place it stands in."""
    weights: dict[str, float] = {}
    for weight, text in _texts(service):
        for word in words_in(text):
            weights[word] = max(weights.get(word, 0.0), weight)
    return weights


def _texts(service: Service) -> Iterator[tuple[float, str]]:
    sop = service.sop
    yield _NAME, sop.name
    yield from _both(_TITLE, sop.title)
    if sop.product is not None:
        yield _NAME, sop.product.series
        yield from _both(_PRODUCT, sop.product.title)
    yield from _both(_CATEGORY, sop.category)
    yield from _both(_FOR_WHOM, sop.for_whom)
    yield from _both(_SUMMARY, sop.summary)
    for paper in sop.papers.values():
        yield from _both(_PAPER, paper.title)


def _both(weight: float, text: Text | None) -> Iterator[tuple[float, str]]:
    for words in (text or {}).values():
        yield weight, words


@lru_cache(maxsize=64)
def _rarity(services: tuple[Service, ...]) -> Mapping[str, float]:
    """Return how much a word tells: one that every service uses tells little."""
    counts: dict[str, int] = {}
    for service in services:
        for word in _index(service):
            counts[word] = counts.get(word, 0) + 1
    return {word: 0.2 + log(1 + len(services) / count) for word, count in counts.items()}


def _match(word: str, known: Mapping[str, float]) -> _Match:
    """Return the known words that `word` can stand for: itself, its beginnings, its misspellings.

    A misspelling is looked for only where nothing else fits.
    """
    fits = {}
    for other in known:
        if word in other:
            if other == word:
                fits[other] = 1.0
            elif other.startswith(word):
                fits[other] = 0.6 + 0.3 * len(word) / len(other) if len(word) > 1 else 0.0
            elif len(word) >= _SHORTEST_FUZZY:
                fits[other] = 0.5
    for suffix in _SUFFIXES:
        bare = word.removesuffix(suffix)
        if bare != word and bare in known:
            fits[bare] = 0.8
    fits = {other: quality for other, quality in fits.items() if quality}
    if fits or len(word) < _SHORTEST_FUZZY:
        return _Match(word, fits, guessed=False)
    return _Match(word, _misspelt(word, known), guessed=True)


def _misspelt(word: str, known: Mapping[str, float]) -> Mapping[str, float]:
    """Return the known words of which `word` may be a misspelling, those that are nearest."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word)
    length, letters, fits = len(word), set(word), {}
    for other in known:
        # Cheap tests first: comparing letter by letter is what costs.
        if abs(len(other) - length) > 2 or len(letters.intersection(other)) * 2 < len(letters):
            continue
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() < _ENOUGH or matcher.quick_ratio() < _ENOUGH:
            continue
        alike = matcher.ratio()
        if alike >= _ENOUGH:
            fits[other] = alike * (1.0 if other[0] == word[0] else 0.85)
    best = max(fits.values(), default=0.0)
    return {other: alike for other, alike in fits.items() if alike >= best - 0.08}


def _score(
    index: Mapping[str, float], matches: Sequence[_Match], rarity: Mapping[str, float]
) -> tuple[int, float]:
    """Return how many words of the question a service answers, and how well."""
    points = [
        max((index[w] * quality * rarity[w] for w, quality in one.taken_for.items() if w in index),
            default=0.0)
        for one in matches
    ]  # fmt: skip
    return sum(point > 0 for point in points), sum(points)


def _meant(matches: Sequence[_Match], index: Mapping[str, float]) -> Iterator[str]:
    """Return the question in words that the best service uses."""
    for match in matches:
        if not match.guessed:
            yield match.word
            continue
        here = {w: (q, index[w]) for w, q in match.taken_for.items() if w in index}
        yield max(here or {match.word: (0.0, 0.0)}, key=lambda w: here.get(w, (0.0, 0.0)))
