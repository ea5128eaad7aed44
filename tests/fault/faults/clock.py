"""One daemon's clock jumps (shifted_clock.c; its monotonic clock does not). Within clock.skew.ms it is believed; beyond, the
daemon must pause and say why, and go on when the clock is right again."""

import time

from faults import fault
from waiting import wait_until


def jump(site, chance, seconds, word):
    router = chance.choice(site.routers)
    router.stop()
    router.start(ready=False, own_clock=True)
    wait_until("a whole site", site.whole, 90, pause=0.3)
    router.set_clock(seconds)
    yield f"{router.name}, {seconds:+d} s"
    if word:
        wait_until(f"readiness to say {word}", lambda: word in router.ready()["reason"], 20)
    time.sleep(chance.uniform(0, 3))
    router.set_clock(0)
    time.sleep(1)
    router.stop()
    router.start(ready=False)


@fault("clock jumps a little", recovers="it is believed", unmended=True)
def little(site, chance):
    yield from jump(site, chance, chance.choice([-1, 1]) * chance.randint(60, 200), "")


@fault("clock jumps ahead", recovers="the clock is right again")
def ahead(site, chance):
    yield from jump(site, chance, chance.randint(900, 7200), "ahead of the broker's")


@fault("clock jumps back", recovers="the clock is right again")
def back(site, chance):
    yield from jump(site, chance, -chance.randint(900, 7200), "behind the broker's")
