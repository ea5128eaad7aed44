"""The daemon itself: killed, paused, doubled, restarted all the time."""

import signal
import time

from faults import fault

SESSION_S = 10  # session.timeout.ms of the product


@fault("router killed", recovers="its supervisor starts it again, or the other takes over after the session time-out", unmended=True)
def killed(site, chance):
    router = chance.choice(site.routers)
    router.crash()
    yield router.name


@fault("both routers killed", recovers="their supervisors start them again", unmended=True)
def both_killed(site, chance):
    for router in site.routers:
        router.crash()
    yield "a, b"


@fault("router killed three times", recovers="its supervisor starts it again and again, with pauses", unmended=True)
def killed_again(site, chance):
    router = chance.choice(site.routers)
    for _ in range(3):
        router.crash()
        time.sleep(chance.uniform(0.2, 2))
    yield router.name


@fault("router paused past its session", recovers="the other takes over; the paused one is refused when it wakes", unmended=True)
def paused(site, chance):
    router = chance.choice(site.routers)
    router.signal(signal.SIGSTOP)
    began, long = time.monotonic(), SESSION_S + chance.uniform(2, 6)
    yield f"{router.name}, {long:.0f} s"
    time.sleep(max(0, long - (time.monotonic() - began)))
    router.signal(signal.SIGCONT)
    time.sleep(1)


@fault("router paused for a moment", recovers="it goes on where it was")
def paused_shortly(site, chance):
    router = chance.choice(site.routers)
    router.signal(signal.SIGSTOP)
    yield router.name
    time.sleep(chance.uniform(0.5, SESSION_S - 2))
    router.signal(signal.SIGCONT)


@fault("two with one transactional id", recovers="one fences the other until the second has gone")
def twins(site, chance):
    router = chance.choice(site.routers)
    island = next(each.island for each in site.routers if each is not router)
    twin = site.router(router.name, island, name=f"{router.name}-twin")
    twin.start(ready=False)
    yield router.name
    time.sleep(chance.uniform(4, 12))
    twin.stop()
    twin.check_ends()


@fault("routers restarted one after another", recovers="each leaves its partitions to the other")
def rolling(site, chance):
    yield "a, b, a, b"
    for router in site.routers * 2:
        router.stop()
        router.start(ready=False)
        time.sleep(chance.uniform(1, 4))
