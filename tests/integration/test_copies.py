"""Copies of the router share the partitions: who has none stands by."""

import time

from waiting import wait_until

SESSION_S = 10  # session.timeout.ms as we ship it


def owner_of(routers):
    """The one that decides everything, while all others say that they are ready and decide nothing."""
    told = {router: router.ready() for router in routers}
    owners = [router for router in routers if told[router]["partitions"]["owned"]]
    return owners[0] if len(owners) == 1 and all(each["ready"] for each in told.values()) else None


def test_a_copy_without_partitions_takes_over(make_hub):
    """Twice: the one that is left has stood by through a rebalance."""
    hub = make_hub(partitions=1)
    routers = [hub.router, hub.another_router("2"), hub.another_router("3")]
    decisions = hub.subscribe("referral.decisions")
    for router in routers:
        router.start()
    while len(routers) > 1:
        owner = wait_until("one copy to decide", lambda: owner_of(routers), 60)
        owner.kill()
        killed = time.monotonic()
        routers.remove(owner)
        wait_until("a copy to take over", lambda: owner_of(routers), SESSION_S + 15)
        decisions.answer_to(hub.publisher.opened(hub.county, hub.county.lead, f"s{len(routers)}", 3))
        print(f"taken over after {time.monotonic() - killed:.1f} s")
    assert routers[0].stop() == 0
