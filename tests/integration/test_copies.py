"""Copies of the router share the partitions: who has none stands by, who cannot work takes none, and what one of them cannot read
is not passed over."""

import struct
import time

from checker import check_everything, read
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


def batches_of(path):
    """Where each batch of a log's first segment begins, and its end."""
    bytes_, at = path.read_bytes(), 0
    while at < len(bytes_) and struct.unpack_from(">i", bytes_, at + 8)[0] > 0:
        end = at + 12 + struct.unpack_from(">i", bytes_, at + 8)[0]
        yield at, end
        at = end


def turn_over(path, at):
    """One byte, on the broker's disk; again: as it was."""
    with open(path, "r+b") as log:
        log.seek(at)
        byte = log.read(1)[0]
        log.seek(at)
        log.write(bytes([byte ^ 0xFF]))


def test_a_damaged_batch_is_waited_for(make_hub, lone_broker):
    """librdkafka passes over it: what lies behind it would be decided, and it never."""
    hub = make_hub(on_broker=lone_broker, partitions=1)
    for i in range(3):
        hub.publisher.opened(hub.county, hub.county.lead, f"s{i}", 1)
        hub.publisher.flush()
    path = lone_broker.data / "kafka" / "log" / f"{hub.prefix}referral.events-0" / f"{0:020}.log"
    _first, (_begin, end), _last = batches_of(path)
    turn_over(path, end - 1)
    hub.router.start(ready=False)
    place = f"cannot read {hub.prefix}referral.events[0]: "
    wait_until("its reason", lambda: place in hub.router.get("/readyz")[1] and "CRC32C" in hub.router.get("/readyz")[1])
    for _ in range(30):
        assert hub.router.get("/readyz")[0] == 503
        time.sleep(0.1)
    assert len(read(hub, "referral.decisions")) == 1
    turn_over(path, end - 1)
    hub.router.wait_ready()
    assert check_everything(hub)["decisions"] == 3
