"""`khung new NAME RULEBOOK --members N --to PLACE`: a made-up population of a rulebook.

What it is called and what its members are says `population.yaml` of the rulebook.

Reports: K0803, K0805, K0806, K0872, K0873 and those of the places written to.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khung.cli import options, output
from khung.cli.exit_codes import ExitCode
from khung.cli.problems import UsageProblem, unknown
from khung.cli.saving import cannot_write
from khung.locale import phrase
from khung.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    import click

    from khung.analysis.population.strata import Layer
    from khung.analysis.population.writing import Wanted
    from khung.driver import Ready
    from khung.ir.program import Program
    from khung.report.workbook.filled import Value
    from khung.rulebook import model as m

WORDS = ("case", "tables", "rulebook")
"""What else `khung new` can make."""

MOST = 50_000_000
_FORMS = ("csv", "parquet")
_SEEDS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class _Made:
    """A population that can be made, and what is asked of it."""

    ready: Ready
    program: Program
    population: m.Population
    layers: tuple[Layer, ...]
    wanted: Wanted


def own_options(lang: str) -> tuple[click.Option, ...]:
    """Return the options that only populations have."""
    return (
        options.option(lang, "members", type=options.Whole(1, MOST), metavar="N"),
        options.option(lang, "seed", type=options.Whole(0, _SEEDS), metavar="N"),
        options.option(lang, "open", type=options.Share(), metavar="1%"),
        options.option(lang, "tables", type=options.OneOf(*_FORMS)),
    )


def is_meant(what: str, how: Mapping[str, Any]) -> bool:
    """Say whether a population is asked for; report options that only one has.

    Raises:
        UsageProblem: K0806.
    """
    given = [f"--{name}" for name in ("members", "seed", "open", "tables") if how[name] is not None]
    if what in WORDS and given:
        raise UsageProblem("K0806", names=tuple(given))
    return what not in WORDS and bool(given)


def new(what: str, rulebook: str, lang: str, rulebooks: str | None, how: Mapping[str, Any]) -> int:
    """Make a population and write it into a new folder, or into a new workbook."""
    from khung.cli.rulebooks import take_sound  # noqa: PLC0415  # not for the help
    from khung.cli.tables import check_place, is_workbook  # noqa: PLC0415  # as above

    for name, key in (("members", "members"), ("to", "output")):
        if how[key] is None:
            raise UsageProblem("K0803", name=f"--{name}")
    check_place(how["output"])
    program, ready, said = take_sound(rulebook, rulebooks)
    if program is None or ready is None:
        output.refuse(said, lang)
        return ExitCode.INVALID
    found = _described(what, rulebook, ready, program, lang)
    if found is None:
        return ExitCode.INVALID
    made = _Made(ready, program, *found, _wanted(found[0], lang, how))
    write = _write_workbook if is_workbook(Path(how["output"])) else _write_folder
    rows = _thousands(write(made, Path(how["output"]), lang), lang)
    output.write(phrase(lang, "cli.new.population", path=how["output"], rows=rows) + "\n")
    return ExitCode.DONE


def _described(
    what: str, called: str, ready: Ready, program: Program, lang: str
) -> tuple[m.Population, tuple[Layer, ...]] | None:
    """Return the population of a rulebook with its strata; None if something is wrong with it.

    Raises:
        UsageProblem: The rulebook describes none (K0872), or none of that name (K0805).
    """
    from khung.analysis.population.checks import check_plan  # noqa: PLC0415  # not for the help
    from khung.analysis.population.plan import Plan  # noqa: PLC0415  # as above
    from khung.analysis.population.strata import layers_of  # noqa: PLC0415  # as above
    from khung.diagnostics.bag import Bag  # noqa: PLC0415  # as above
    from khung.rulebook.population import has_population, read_population  # noqa: PLC0415  # as above

    if not has_population(ready.folder):
        raise UsageProblem("K0872", name=called, what=what)
    bag = Bag()
    population = read_population(ready.folder, bag)
    if population is not None and population.population != what:
        known = (*WORDS, population.population)
        raise unknown("K0805", what, known, option=phrase(lang, "cli.argument.what"))
    layers = () if population is None else layers_of(population, program, bag)
    if population is not None and not bag.diagnostics:
        check_plan(Plan(layers, {ref.name: listed for ref, listed in population.words}, 1, 1), bag)
    if population is None or bag.diagnostics:
        output.refuse(bag.diagnostics, lang)
        return None
    return population, layers


def _wanted(population: m.Population, lang: str, how: Mapping[str, Any]) -> Wanted:
    """Return what is asked of a population."""
    from khung.analysis.population.writing import Form, Wanted  # noqa: PLC0415  # not for the help

    seed, size = 1 if how["seed"] is None else how["seed"], how["members"]
    named = {"label": population.label.said(lang), "size": _thousands(size, lang), "seed": seed}
    title = phrase(lang, "cli.new.population_title", **named)
    form = None if how["tables"] is None else Form(how["tables"])
    return Wanted(size, seed, _unknown(population, how["open"]), form, title)


def _write_folder(made: _Made, target: Path, lang: str) -> int:
    """Write a folder of tables; return the number of rows in it."""
    from khung.analysis.population.writing import write_population  # noqa: PLC0415  # as above
    from khung.cli.folders import new_folder  # noqa: PLC0415  # as above

    with output.steps(lang, "cli.new.making") as tell, new_folder(target) as folder:
        parts = (made.population, made.layers, made.program, made.wanted)
        return sum(write_population(*parts, folder, tell).values())


def _write_workbook(made: _Made, target: Path, lang: str) -> int:
    """Write a workbook; return the number of rows in it."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415  # only here

    from khung.analysis.population.writing import (  # noqa: PLC0415  # not for the help
        TooLongError,
        columns_of_population,
    )
    from khung.cli.tables import save_filled  # noqa: PLC0415  # as above
    from khung.report.workbook.filled import Filled  # noqa: PLC0415  # as above

    parts = (made.population, made.layers, made.program, made.wanted)
    try:
        with output.steps(lang, "cli.new.making") as tell, TemporaryDirectory() as folder:
            tables = columns_of_population(*parts, Path(folder), tell)
    except TooLongError as found:
        table, rows = found.args
        raise UsageProblem("K0873", name=table, rows=_thousands(rows, lang)) from found
    except OSError as error:
        raise cannot_write(target, error) from error
    head: dict[str, Value] = {
        "case": made.wanted.title,
        "on": made.population.on,
        "complete": "true",
    }
    save_filled(made.ready, made.program, Filled(head, tables), target, lang)
    return sum(len(next(iter(columns.values()))) for columns in tables.values())


def _unknown(population: m.Population, asked: Fraction | None) -> Fraction:
    """Return the share that is unknown: as asked, else as the population says."""
    from khung.analysis.population.scalars import share_of  # noqa: PLC0415  # not for the help
    from khung.rulebook.folder import text_at  # noqa: PLC0415  # as above

    if asked is not None:
        return asked
    said = None if population.unknown is None else share_of(text_at(population.unknown.node))
    return Fraction(0) if said is None else said


def _thousands(number: int, lang: str) -> str:
    return f"{number:,}".replace(",", phrase(lang, "cli.new.thousands"))
