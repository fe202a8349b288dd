"""``anigifs figure``: the figures of the paper, and those its tables ask for, one command each."""

from dataclasses import dataclass
from typing import Annotated

import tyro

from anigifs.cli.figure_charts import (
    ClassBars,
    ClassGap,
    ConfusionMatrix,
    Curves,
    GainDots,
    HitLines,
    SearchDots,
)
from anigifs.cli.figure_clips import SaliencyPairs, Strips, TupleStrips

FigureCommand = (
    Annotated[Strips, tyro.conf.subcommand("strips")]
    | Annotated[ClassBars, tyro.conf.subcommand("classes")]
    | Annotated[TupleStrips, tyro.conf.subcommand("tuples")]
    | Annotated[SaliencyPairs, tyro.conf.subcommand("saliency")]
    | Annotated[ConfusionMatrix, tyro.conf.subcommand("confusion")]
    | Annotated[ClassGap, tyro.conf.subcommand("class-gap")]
    | Annotated[SearchDots, tyro.conf.subcommand("search")]
    | Annotated[HitLines, tyro.conf.subcommand("hits")]
    | Annotated[Curves, tyro.conf.subcommand("curves")]
    | Annotated[GainDots, tyro.conf.subcommand("gains")]
)


@dataclass(frozen=True)
class FigureGroup:
    """Draw the paper's figures, and others for papers, each from its data by one command.

    Example: anigifs figure confusion --predictions predictions.parquet --out confusion.svg
    """

    command: FigureCommand

    def run(self) -> int:
        """Run the command that was named."""
        return self.command.run()
