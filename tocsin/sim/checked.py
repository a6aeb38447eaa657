"""The real service, with a checker told of every call and of what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.access import Caller
from tocsin.errors import TocsinError
from tocsin.group import Outcome
from tocsin.service import Asked, Progress, Service
from tocsin.sim.checker import Checker
from tocsin.sim.disk import Disk


class CheckedService(Service):
    """The service, with the checker told of every call."""

    checker: Checker
    disk: Disk

    def authenticate(self, authorization: str | None) -> Caller:
        self.checker.before(())
        failures = self.disk.failures
        try:
            caller = super().authenticate(authorization)
        except TocsinError as error:
            self.checker.turned_away(error, kept=not self._strangers.spent("") and failures == self.disk.failures)
            raise
        self.checker.let_in(authorization, caller)
        return caller

    def refuse(self, caller: Caller, asked: str, error: TocsinError) -> None:
        self.checker.before(())
        failures = self.disk.failures
        super().refuse(caller, asked, error)
        self.checker.turned_away(error, kept=not self._refused.spent(caller.holder) and failures == self.disk.failures)

    def carry_out(
        self, asked: Sequence[Asked], *, together: bool = False, decided: Progress | None = None
    ) -> list[Outcome]:
        self.checker.before(asked)
        failures = self.disk.failures
        try:
            outcomes = super().carry_out(asked, together=together, decided=decided)
        except TocsinError as error:
            self.checker.failed(error)
            raise
        few = not any(self._refused.spent(caller.holder) for _, caller in asked)
        self.checker.answered(outcomes, kept=few and failures == self.disk.failures)
        return outcomes

    def watch(self) -> list[Outcome]:
        self.checker.before(())
        outcomes = super().watch()
        self.checker.watched(outcomes)
        return outcomes
