"""Kills processes of an installation at moments that a seed chooses, and starts them again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from tests.databases import Given
from tests.losses.people import Moments
from tests.losses.processes import Installation, Process, Web
from tests.mailserver import MailServer

MOMENT_SECONDS = 3.0
"""How long one waits for a chosen moment; what is killed then is killed at any moment."""

WEB_MOMENTS = ("any", "save", "save", "part of a file", "end of a file", "submit", "submit", "score", "decision")
WORKER_MOMENTS = ("any", "mail", "mail", "running")


@dataclass
class Killer:
    """Each kill is of a web process or of a worker, chosen like its moment by the seed."""

    installation: Installation
    given: Given
    mails: MailServer
    moments: Moments
    random: random.Random
    kills: Counter[str] = field(default_factory=Counter)
    down: list[Web] = field(default_factory=list)

    def run(self, kills: int, *, calm: tuple[float, float]) -> None:
        """So many kills, with a calm between one and the next of so many seconds, in which work goes on."""
        for _ in range(kills):
            time.sleep(self.random.uniform(*calm))
            if self.random.random() < 0.5:
                self._kill_web()
            else:
                self._kill_worker()
        for web in self.down:
            web.wait()

    def _kill_web(self) -> None:
        web = self.random.choice(self.installation.webs)
        if web in self.down:
            web.wait()
            self.down.remove(web)
        moment = self.random.choice(WEB_MOMENTS)
        if moment != "any":
            self.moments.wait(moment, MOMENT_SECONDS)
        time.sleep(self._a_little())
        web.kill()
        self.kills[f"{web.name} at {moment}"] += 1
        web.start()
        if len(self.installation.webs) > 1:
            self.down.append(web)
        else:
            web.wait()

    def _kill_worker(self) -> None:
        moment = self.random.choice(WORKER_MOMENTS)
        if moment == "mail":
            self._wait_for_mail()
        elif moment == "running":
            self._wait_for_job()
        time.sleep(self._a_little() / 3)
        if self.installation.workers:
            worker: Process = self.random.choice(self.installation.workers)
            worker.kill()
            worker.start()
            self.kills[f"{worker.name} at {moment}"] += 1
            return
        [web] = self.installation.webs
        until = time.monotonic() + 2 * MOMENT_SECONDS
        while time.monotonic() < until:
            if (pid := web.embedded_worker()) is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                self.kills[f"worker at {moment}"] += 1
                return
            time.sleep(0.05)
        web.kill()
        web.start()
        web.wait()
        self.kills[f"{web.name} while its worker rests"] += 1

    def _a_little(self) -> float:
        """Mostly a few milliseconds, in which most things happen."""
        return self.random.choice((0.0, 0.003, 0.01, 0.03, 0.1)) * self.random.random()

    def _wait_for_mail(self) -> None:
        before = len(self.mails.delivered)
        until = time.monotonic() + MOMENT_SECONDS
        while len(self.mails.delivered) == before and time.monotonic() < until:
            time.sleep(0.001)

    def _wait_for_job(self) -> None:
        until = time.monotonic() + MOMENT_SECONDS
        while time.monotonic() < until:
            if self.given.sql("SELECT count(*) FROM job WHERE state = 'running'") != [(0,)]:
                return
            time.sleep(0.01)
