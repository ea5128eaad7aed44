"""Brokers, of which one may fail at a time without an outage: the others must be in sync."""

import time

from faults import fault
from waiting import wait_until

TRANSACTIONS, GROUPS = "__transaction_state", "__consumer_offsets"


@fault("broker killed", recovers="two copies are left, one of them leads", unmended=True, upon="brokers")
def killed(site, chance):
    node = chance.choice(site.broker.nodes)
    node.kill()
    yield f"broker {node.number}"
    time.sleep(chance.uniform(0, 3))
    node.start()


@fault("broker killed and back at once", recovers="it takes part again, or another leads", upon="brokers")
def killed_shortly(site, chance):
    node = chance.choice(site.broker.nodes)
    node.kill()
    yield f"broker {node.number}"
    node.start()


@fault("broker away for a while", recovers="two copies are enough, and routers do not go on ending", unmended=True, upon="site")
def away(site, chance):
    node = chance.choice(site.broker.nodes)
    node.kill()
    yield f"broker {node.number}"
    time.sleep(5)
    ends = [len(router.exit_codes()) for router in site.routers]
    time.sleep(chance.uniform(20, 40))
    assert [len(router.exit_codes()) for router in site.routers] == ends, "routers end again and again"
    node.start()


@fault("coordinator killed mid-commit", recovers="another broker coordinates; the outcome unknown, the router starts anew", unmended=True, upon="brokers")
def coordinator_killed(site, chance):
    router = chance.choice(site.routers)
    node = site.broker.coordinator(TRANSACTIONS, f"{site.prefix}referral-router-{router.name}")
    # Paused, it keeps a transaction open or a commit unanswered; then it never answers.
    node.pause()
    time.sleep(chance.uniform(0.05, 0.6))
    node.kill()
    yield f"broker {node.number}, of router {router.name}"
    time.sleep(chance.uniform(0, 3))
    node.start()


@fault("group coordinator killed", recovers="another broker coordinates the group", unmended=True, upon="brokers")
def group_coordinator_killed(site, chance):
    node = site.broker.coordinator(GROUPS, f"{site.prefix}referral-router")
    node.kill()
    yield f"broker {node.number}"
    time.sleep(chance.uniform(0, 3))
    node.start()


@fault("broker paused", recovers="the others leave it out after its session, or it goes on", upon="brokers")
def paused(site, chance):
    node = chance.choice(site.broker.nodes)
    node.pause()
    yield f"broker {node.number}"
    time.sleep(chance.uniform(1, 15))
    node.resume()


@fault("brokers restarted one after another", recovers="each hands its partitions over before it goes")
def rolling(site, chance):
    yield "1, 2, 3"
    for node in site.broker.nodes:
        node.stop()
        node.start()


@fault("all brokers killed", recovers="they start again; routers wait, and say so")
def all_killed(site, chance):
    for node in site.broker.nodes:
        node.kill()
    yield "1, 2, 3"
    if chance.random() < 0.5:
        wait_until("routers to say that they cannot decide", lambda: all(
            not told["ready"] and told["reason"] for told in [router.ready() for router in site.routers]), 60)
    site.broker.start()
