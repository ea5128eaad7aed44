"""Every fault of the campaign, by name. A fault is a generator (site, chance): it strikes, yields what it hit, and mends,
when it goes on, what does not mend itself. chance is a random.Random of this one fault."""

import dataclasses
import importlib
import pkgutil
from typing import Callable

FAULTS = {}


@dataclasses.dataclass(frozen=True)
class Fault:
    name: str
    act: Callable
    recovers: str  # why decisions go on
    unmended: bool  # they must go on before the fault is mended
    upon: str  # what must be whole before it strikes, for `recovers` to be true: "", "brokers" or "site"


def fault(name, recovers, unmended=False, upon=""):
    def note(act):
        assert name not in FAULTS, name
        FAULTS[name] = Fault(name, act, recovers, unmended, upon)
        return act

    return note


for module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{module.name}")
