"""Cables between one daemon and one server are cut: requests fail, or are heard and their answers vanish, or both."""

import time

from cluster import COPIES
from faults import fault


def cut(island, server, way):
    if way != "answers":
        island.cut_requests(server)
    if way != "requests":
        island.cut_answers(server)


def mend(island, server, way):
    if way != "answers":
        island.mend_requests(server)
    if way != "requests":
        island.mend_answers(server)


def choose(site, chance):
    return chance.choice(site.routers), chance.choice(["requests", "answers", "requests and answers"])


@fault("router cut off from one broker", recovers="the cable is mended")
def from_one_broker(site, chance):
    router, way = choose(site, chance)
    server = chance.randrange(COPIES)
    cut(router.island, server, way)
    yield f"{router.name} from broker {server + 1}, {way}"
    time.sleep(chance.uniform(2, 20))
    mend(router.island, server, way)


@fault("router cut off from all brokers", recovers="the other takes over after the session time-out", unmended=True)
def from_all_brokers(site, chance):
    router, way = choose(site, chance)
    for server in range(COPIES):
        cut(router.island, server, way)
    yield f"{router.name}, {way}"
    time.sleep(chance.uniform(0, 5))
    for server in range(COPIES):
        mend(router.island, server, way)


@fault("router cut off from Redis", recovers="nothing stops; what Redis lacks follows", unmended=True)
def from_redis(site, chance):
    router, way = choose(site, chance)
    cut(router.island, COPIES, way)
    yield f"{router.name}, {way}"
    time.sleep(chance.uniform(2, 8))
    mend(router.island, COPIES, way)
