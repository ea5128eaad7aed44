"""Redis, whose loss stops nothing: decisions go on at once, readiness stays and names it, and hot state is whole again soon
after Redis is."""

import shutil
import time

from faults import fault
from waiting import wait_until

GOES_ON = "nothing stops; Redis is rebuilt when it is back"


def await_named(site):
    """Readiness must say that hot state is not whole, and stay ready. A router that owns nothing has nothing to lose."""
    def named():
        for router in site.routers:
            told = router.ready()
            assert told["ready"], f"not ready without Redis: {told}"
            if told["partitions"]["owned"]:
                assert not told["hot_state"]["whole"] and told["hot_state"]["reason"], f"hot state is away, unsaid: {told}"
        return True

    wait_until("readiness to name the lost hot state", named, 20)


@fault("Redis killed", GOES_ON, unmended=True, upon="site")
def killed(site, chance):
    site.redis.kill()
    yield "and back"
    if chance.random() < 0.5:
        await_named(site)
    site.redis.start()


@fault("Redis emptied", GOES_ON, unmended=True)
def emptied(site, chance):
    site.redis.client.flushall()
    yield "FLUSHALL"


@fault("Redis replaced by a stale replica", GOES_ON, unmended=True)
def stale(site, chance):
    dump = site.redis.data / "redis" / "dump.rdb"
    site.redis.client.save()
    shutil.copy(dump, dump.with_suffix(".stale"))
    age = chance.uniform(0.5, 6)
    time.sleep(age)
    site.redis.kill()
    dump.with_suffix(".stale").replace(dump)
    site.redis.start()
    yield f"{age:.1f} s old"


@fault("Redis out of memory", GOES_ON, unmended=True, upon="site")
def out_of_memory(site, chance):
    site.redis.client.config_set("maxmemory", "1mb")
    yield "maxmemory 1mb"
    await_named(site)
    site.redis.client.config_set("maxmemory", "0")


@fault("Redis silent", GOES_ON, unmended=True)
def silent(site, chance):
    """Longer than redis.timeout.ms: replies come late, to nobody, after their writes were done."""
    pause = chance.uniform(2.5, 6)
    site.redis.client.client_pause(int(pause * 1000))
    yield f"{pause:.1f} s"
    time.sleep(pause)


@fault("Redis slow", GOES_ON, unmended=True)
def slow(site, chance):
    yield "300 ms again and again"
    for _ in range(8):
        site.redis.client.client_pause(300)
        time.sleep(chance.uniform(0.3, 0.6))
