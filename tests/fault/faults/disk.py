"""A broker's disk (a small tmpfs): full at once, or filling while it works. The broker ends; freed, it is started again."""

import time

from faults import fault
from waiting import wait_until


def clear(node):
    """What an operator does: make room, then start the broker if it has ended."""
    node.free_disk()
    if not node.running():
        node.start()


@fault("broker's disk full", recovers="the broker ends or is left out, two copies are left", unmended=True, upon="brokers")
def full(site, chance):
    node = chance.choice(site.broker.nodes)
    node.fill_disk()
    yield f"broker {node.number}"
    time.sleep(chance.uniform(0, 3))
    clear(node)


@fault("broker's disk fills up", recovers="the broker ends when its own writes find no room, two copies are left", unmended=True, upon="brokers")
def fills(site, chance):
    node = chance.choice(site.broker.nodes)
    node.fill_disk(leave=chance.randint(50, 400) * 1000)
    wait_until("the broker to end of its full disk", lambda: not node.running(), 60, pause=0.1)
    yield f"broker {node.number}"
    time.sleep(chance.uniform(0, 3))
    clear(node)
