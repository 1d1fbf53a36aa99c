"""Plots as SVG, drawn here: no script, no style of their own, colours by class (static/pages.css).

Each carries the table that it was drawn from; the drawing itself is one picture to a screen reader. Text is escaped.
"""

from collections.abc import Callable, Sequence
from math import ceil, floor, log10
from typing import NamedTuple

from markupsafe import Markup, escape

from api.pages.frame.languages import _

_WIDTH, _HEIGHT = 440, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 4, 8, 24
_ROW = 40
_MOST_LABELS = 4
Format = Callable[[float], str]


class Plot(NamedTuple):
    title: str
    axis: str
    """What the first column of the table says."""
    series: list[str]
    rows: list[tuple[str, list[str]]]
    drawing: Markup


def columns(
    title: str, axis: str, name: str, points: Sequence[tuple[str, float]], shown: Format, *, tick: Format | None = None
) -> Plot:
    """One column for each point. `tick` writes the values at the axis, where they have less room."""
    top, ticks = _scale(max((value for _label, value in points), default=0))
    width = (_WIDTH - _LEFT - _RIGHT) / max(len(points), 1)
    parts = [_grid(ticks, top, tick or shown)]
    for index, (label, value) in enumerate(points):
        x, y = _LEFT + index * width, _y(value, top)
        parts.append(
            Markup('<rect class="series-1" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"></rect>').format(
                x + width * 0.15, y, width * 0.7, _HEIGHT - _BOTTOM - y
            )
        )
        if _is_labelled(index, len(points)):
            parts.append(_below(x + width / 2, label, is_last=index == len(points) - 1))
    rows = [(label, [shown(value)]) for label, value in points]
    return Plot(title, axis, [name], rows, _picture(title, _HEIGHT, parts))


def lines(
    title: str,
    axis: str,
    names: Sequence[str],
    points: Sequence[tuple[str, Sequence[float | None]]],
    shown: Format,
) -> Plot:
    """A line for each name; a point without a value is left out."""
    top, ticks = _scale(max((value for _label, values in points for value in values if value is not None), default=0))
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(points), 1)
    parts = [_grid(ticks, top, shown)]
    for index, (label, _values) in enumerate(points):
        if _is_labelled(index, len(points)):
            parts.append(_below(_LEFT + (index + 0.5) * step, label, is_last=index == len(points) - 1))
    for series in range(len(names)):
        places = [
            (_LEFT + (index + 0.5) * step, _y(value, top))
            for index, (_label, values) in enumerate(points)
            if (value := values[series]) is not None
        ]
        parts.append(
            Markup('<polyline class="line series-{}" points="{}"></polyline>').format(
                series + 1, " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            )
        )
        parts += [
            Markup('<circle class="series-{}" cx="{:.1f}" cy="{:.1f}" r="3"></circle>').format(series + 1, x, y)
            for x, y in places
        ]
    rows = [(label, ["–" if value is None else shown(value) for value in values]) for label, values in points]
    return Plot(title, axis, list(names), rows, _picture(title, _HEIGHT, parts))


def bars(title: str, axis: str, name: str, points: Sequence[tuple[str, float]], shown: Format) -> Plot:
    """A lying bar for each point, with its name and its value above it: long names have the whole width."""
    most = max((value for _label, value in points), default=0) or 1
    parts = []
    for index, (label, value) in enumerate(points):
        top = index * _ROW
        parts.append(_text(0, top + 14, label, "start"))
        parts.append(_text(_WIDTH, top + 14, shown(value), "end", kind="value"))
        for kind, length in (("track", float(_WIDTH)), ("series-1", max(value, 0) / most * _WIDTH)):
            parts.append(
                Markup('<rect class="{}" x="0" y="{}" width="{:.1f}" height="8" rx="4"></rect>').format(
                    kind, top + 22, length
                )
            )
    rows = [(label, [shown(value)]) for label, value in points]
    return Plot(title, axis, [name], rows, _picture(title, max(len(points), 1) * _ROW, parts))


def _picture(title: str, height: int, parts: Sequence[Markup]) -> Markup:
    label = _("%(title)s. Die Werte stehen in der Tabelle darunter.", title=title)
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, height, label, Markup("").join(parts)
    )


def _grid(ticks: Sequence[float], top: float, shown: Format) -> Markup:
    return Markup("").join(
        Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"></line>').format(
            _LEFT, _WIDTH - _RIGHT, _y(tick, top), _y(tick, top)
        )
        + _text(_LEFT - 8, _y(tick, top) + 4, shown(tick), "end")
        for tick in ticks
    )


def _below(x: float, label: str, *, is_last: bool) -> Markup:
    """A label of the axis; the last one ends where the picture ends."""
    return _text(_WIDTH, _HEIGHT - 8, label, "end") if is_last else _text(x, _HEIGHT - 8, label, "middle")


def _text(x: float, y: float, text: str, anchor: str, *, kind: str = "tick") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        kind, x, y, anchor, escape(text)
    )


def _y(value: float, top: float) -> float:
    room = _HEIGHT - _TOP - _BOTTOM
    return _TOP + room - min(max(value, 0), top) / top * room


def _scale(most: float) -> tuple[float, list[float]]:
    """The end of the axis and its ticks, in round steps, none finer than the tenth that labels show."""
    if most <= 0:
        return 1, [0]
    most = max(most, 0.4)
    magnitude = 10 ** floor(log10(most / 4))
    step = next(step for step in (1, 2, 2.5, 5, 10) if most / (step * magnitude) <= 4) * magnitude
    count = ceil(most / step)
    return step * count, [step * index for index in range(count + 1)]


def _is_labelled(index: int, count: int) -> bool:
    """No more labels than fit side by side, on a phone too; the newest point always has one."""
    return (count - 1 - index) % ceil(count / _MOST_LABELS) == 0
