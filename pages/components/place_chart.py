"""A chart of one entry's place among all: the likely places, and the cut."""

from __future__ import annotations

from typing import Final

import altair as alt

from pages.components.charts import SMALL, configured, theme, whole_ticks
from pages.components.interval_charts import SHAPES, Kind

HEIGHT: Final = 56
CLOSE: Final = 0.08
"""Of the axis: figures nearer to an end than this are left out."""


def place_chart(
    entries: int, place: int, likely: tuple[int, int], cut: int, kind: Kind = "main", mean_place: int | None = None
) -> alt.LayerChart:
    """From place 1 to the last: likely places as a rule, the place as a mark, another place as a tick, and the cut."""
    if not 1 <= likely[0] <= place <= likely[1] <= entries:
        raise ValueError(f"place {place} with likely {likely} of {entries}")
    colours = theme()
    colour = {"main": colours.main, "undecided": colours.mark, "below": colours.below, "stopped": colours.red}[kind]
    apart = entries * CLOSE
    ticks = [1, *(tick for tick in whole_ticks(1, entries) if 1 + apart < tick < entries - apart), entries]
    axis = alt.Axis(orient="bottom", values=ticks, format="d", labelOverlap="greedy")
    scale = alt.Scale(domain=[0.5, entries + 0.5], nice=False, zero=False)
    middle = alt.value(HEIGHT - 20)

    def at(**values: float) -> alt.Chart:
        return alt.Chart(alt.Data(values=[values])).encode(alt.X("place:Q", title=None, scale=scale, axis=axis))

    layers = [
        at(place=likely[0], last=likely[1]).mark_rule(color=colour, strokeWidth=3).encode(alt.X2("last:Q"), y=middle),
        at(place=place).mark_point(filled=True, size=110, opacity=1, color=colour, shape=SHAPES[kind]).encode(y=middle),
    ]
    if mean_place is not None:
        layers.append(
            at(place=mean_place)
            .mark_tick(color=colours.text, thickness=2, size=18, opacity=1, orient="vertical")
            .encode(y=middle)
        )
    if cut < entries:
        line = at(place=cut + 0.5)
        layers.append(line.mark_rule(color=colours.quiet, strokeWidth=2, strokeDash=[4, 3]))
        right = cut > entries / 2
        layers.append(
            line.mark_text(
                text=f"{cut} place{'' if cut == 1 else 's'}",
                align="right" if right else "left",
                dx=-6 if right else 6,
                fontSize=SMALL,
                color=colours.quiet,
                baseline="top",
            ).encode(y=alt.value(0))
        )
    chart = alt.layer(*layers).properties(height=HEIGHT, padding={"left": 8, "right": 8, "top": 4, "bottom": 4})
    return configured(chart, colours, grid="x")
