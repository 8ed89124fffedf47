"""`greenchannel demo`: plays, shows the figures beside the script's, and goes on."""

import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live
from rich.table import Table
from rich.text import Text

from cli.console import OUT, say
from cli.demo.backstage import Backstage
from cli.demo.cluster import ClusterStage, stop_left
from cli.demo.figures import (
    Figure,
    day_figures,
    first_day_figures,
    last_day_figures,
)
from cli.demo.first_day import play_first_day
from cli.demo.journeys import tracked
from cli.demo.message import Message, Script
from cli.demo.noise import with_noise
from cli.demo.odd import findings_figures
from cli.demo.period import play_period
from cli.demo.player import Player, Sent
from cli.demo.script import DAYS, MARK, START, Day
from cli.demo.setting import set_stage
from cli.demo.stage import Stage
from cli.demo.trouble import troubled
from projections.calendar import end_of, local_day, start_of

SEED = 20200216
FIRST_SPEED, SPEED = 60, 20_000
OPENS, CLOSES = DAYS[0].at("5:30"), DAYS[0].at("17:45")
"""What is worth watching: the first day from the loading to the way home."""
KILLED_AT = DAYS[-2].at("9:00")
DEMO_DATA = Path("build/demo")


def demo(
    data: Annotated[Path, typer.Option(help="Its data folder")] = DEMO_DATA,
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one")] = 8420,
    speed: Annotated[
        float, typer.Option(help="Of the first day, in seconds per second; 0: no wait")
    ] = FIRST_SPEED,
    day: Annotated[int, typer.Option(help="Stop after this day of February")] = 26,
    seed: Annotated[int, typer.Option(help="Seed of the noise")] = SEED,
    check: Annotated[  # noqa: FBT002 -- an option of the command line
        bool, typer.Option("--check", help="Afresh, unattended, then compare")
    ] = False,
    is_cluster: Annotated[  # noqa: FBT002 -- an option of the command line
        bool, typer.Option("--cluster", help="On three nodes and three brokers")
    ] = False,
) -> None:
    """Play 16 to 26 February 2020; run it again and it goes on where it stopped."""
    if is_cluster:
        stop_left(data)
    if check:
        shutil.rmtree(data, ignore_errors=True)
        speed, port = 0, 0
    opened = _watched(speed)
    kind = ClusterStage if is_cluster else Backstage
    stage: Stage = kind(data, START, port)
    _end_in_order()
    try:
        stage.open()
        with troubled(stage, seed) if check else nullcontext():
            figures = _Show(stage, Player(stage, opened), seed, day).run()
        if sys.stdout.isatty() and not check:
            say(f"协调员链接 · coordinator: {stage.invite()}")
            say("Ctrl-C 结束 · Ctrl-C ends it")
            with suppress(KeyboardInterrupt):
                stage.wait()
    finally:
        stage.close()
    if not all(figure.agrees for figure in figures):
        raise typer.Exit(1)
    if isinstance(stage, ClusterStage) and not stage.copies_agree():
        raise typer.Exit(1)


def _end_in_order() -> None:
    """As by Ctrl-C: who closes the window leaves no node behind."""
    for told in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, signal.default_int_handler)


def _watched(speed: float) -> Callable[[datetime], float]:
    """The first day at `speed`, what goes before it and the days after fast."""
    return lambda now: speed if OPENS <= now <= CLOSES else SPEED if speed else 0


def whole_script() -> list[Message]:
    script = Script()
    set_stage(script)
    play_first_day(script)
    play_period(script)
    return script.in_order()


class _Show:
    """One run: the live table, a kill in the middle of the 25th, the comparison."""

    def __init__(self, stage: Stage, player: Player, seed: int, last: int) -> None:
        self._stage, self._player, self._seed = stage, player, seed
        self._days = [d for d in DAYS if d.day.day <= last]
        self._figures: list[Figure] = []
        self._killed, self._now = False, START

    def run(self) -> Sequence[Figure]:
        messages = whole_script()
        noisy = with_noise(messages, self._seed)
        say(
            f"{MARK} · seed {self._seed} · {len(noisy.messages)} messages:"
            f" {noisy.late} late, {noisy.doubled} doubled, {noisy.wrong} wrong"
        )
        say(f"协调员链接 · coordinator: {self._stage.invite()}")
        say("登录后打开 /map · sign in, then open /map")
        sent: list[Sent] = [*noisy.messages, *tracked(messages, self._seed)]
        sent.sort(key=lambda one: one.send_time)
        begun = time.monotonic()
        with Live(get_renderable=self._table, console=OUT, refresh_per_second=8):
            for day in self._days:
                self._play_day(day, sent)
        self._figures += first_day_figures(self._stage)
        self._figures += findings_figures(self._stage, self._days)
        if self._days[-1] == DAYS[-1]:
            self._figures += last_day_figures(self._stage)
        _print(self._figures, self._player, time.monotonic() - begun)
        return self._figures

    def _play_day(self, day: Day, messages: Sequence[Sent]) -> None:
        today = [m for m in messages if _is_of(m.send_time, day)]

        def after(now: datetime) -> None:
            self._now = now
            if now > KILLED_AT and not self._killed:
                self._kill()

        self._player.play(today, after)
        self._stage.drive(end_of(day.day))
        self._stage.settle()
        self._figures += day_figures(self._stage, day)

    def _kill(self) -> None:
        """The script's power cut: SIGKILL in mid-demo, and a new start."""
        self._killed = True
        self._stage.kill()
        self._stage.open()

    def _table(self) -> Table:
        """Drawn eight times a second, while the player goes on."""
        table = Table(title=f"绿色通道 · {MARK}", caption=self._caption())
        for heading in ("日期", "箱", "斤", "元", "累计斤", "累计元", "小区", "复工"):
            table.add_column(heading, justify="right")
        for row in _rows(tuple(self._figures)):
            name = row[0].name.split()[0]
            table.add_row(name, *(_cell(figure) for figure in row))
        return table

    def _caption(self) -> str:
        answers = self._player.answers.copy()
        told = " · ".join(f"{name} {answers[name]}" for name in sorted(answers))
        return f"{self._now:%m-%d %H:%M} · {told}"


def _is_of(time: datetime, day: Day) -> bool:
    """The eve belongs to the first day; what is sent after midnight to the next."""
    if day == DAYS[0]:
        return local_day(time) <= day.day
    if day == DAYS[-1]:
        return start_of(day.day) <= time
    return local_day(time) == day.day


def _rows(figures: Sequence[Figure]) -> Iterator[Sequence[Figure]]:
    daily = 7
    for start in range(0, len(figures) - daily + 1, daily):
        row = figures[start : start + daily]
        if row[0].name.endswith(" 箱"):
            yield row


def _cell(figure: Figure) -> Text:
    found = (
        f"{figure.found:,}" if isinstance(figure.found, float | int) else figure.found
    )
    found = found.removesuffix(".0")
    differs = Text(f"{found} ≠ {figure.wanted}", style="red")
    return Text(found) if figure.agrees else differs


def _print(figures: Sequence[Figure], player: Player, seconds: float) -> None:
    table = Table(title="剧本与节点 · the script and the node")
    for heading in ("", "剧本", "节点", ""):
        table.add_column(heading, justify="right")
    for figure in figures:
        mark = Text("✓") if figure.agrees else Text("✗", style="red")
        table.add_row(figure.name, str(figure.wanted), str(figure.found), mark)
    OUT.print(table)
    wrong = sum(not figure.agrees for figure in figures)
    told = dict(player.answers)
    say(f"{len(figures)} figures, {wrong} differ · {told} · {seconds:.0f} s")
