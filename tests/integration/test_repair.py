"""hubctl repair: offsets that someone moved stop a partition; they are set from the position, and nothing is lost or
decided twice."""

from confluent_kafka import Producer, TopicPartition

from test_audit import asked, commit, committed, quiet_hub, settled
from test_hubctl import ATTENTION, DONE, REFUSED, columns, hubctl, hubctl_json
from waiting import wait_until


def partition_of(hub, partition):
    told = hubctl_json(hub, "repair", status=ATTENTION)
    return told["partitions"][partition]


def moved(hub, by):
    """The committed offset of the partition that the first county lies on, moved by an admin's client."""
    decisions = hub.subscribe("referral.decisions").read_all()
    partition = next(each.partition for each in decisions if each.value["county_id"] == hub.county.id)
    before = committed(hub, partition).offset
    commit(hub, partition, before + by, "")
    return partition, before


def group_is_empty(hub):
    name = hub.prefix + "referral-router"
    return not hub.broker.admin.describe_consumer_groups([name], request_timeout=10)[name].result().members


def test_moved_offsets_stop_the_partition_until_they_are_set_from_the_position(make_hub):
    hub = quiet_hub(make_hub)
    assert hubctl(hub, "repair", status=DONE).stdout.endswith("nothing to repair\n")
    assert "nothing to repair" in hubctl(hub, "repair", "--yes", status=DONE).stdout
    partition, before = moved(hub, -2)  # two events would be decided again

    hub.router.start(ready=False)
    wait_until("the router to stop the partition", lambda: f"partition {partition} is stopped" in hub.router.get("/readyz")[1])
    assert "disagree" in hub.router.log()
    hub.publisher.requested(hub.county, hub.county.centres[0], "while-stopped")
    other = hub.counties[1]
    hub.publisher.requested(other, other.centres[0], "elsewhere")
    hub.publisher.flush()

    told = partition_of(hub, partition)
    assert (told["committed"], told["position"], told["needs"]) == (before - 2, before, "offsets")
    assert told["committed_by"] is None and told["batch_seq"] > 0
    shown = hubctl(hub, "repair", status=ATTENTION).stdout
    assert "first stop every copy" in shown and f"set {before}, transaction {told['batch_seq']}" in shown
    assert all(columns(each) <= 80 for each in shown.splitlines())
    refused = hubctl(hub, "repair", "--yes", status=REFUSED)
    assert "nothing was set" in refused.stderr
    assert committed(hub, partition).offset == before - 2

    assert hub.router.stop() == 0
    wait_until("the group to be empty", lambda: group_is_empty(hub))
    assert "repaired" in hubctl(hub, "repair", "--yes", status=DONE).stdout
    assert committed(hub, partition).offset == before
    hub.router.start()
    told = settled(hub)
    assert told["doubts"] == 0 and (told["inputs"], told["decided"], told["dead"]) == (15, 14, 1), told


def test_offsets_set_forward_lose_nothing(make_hub):
    hub = quiet_hub(make_hub)
    hub.publisher.requested(hub.county, hub.county.centres[0], "not-yet-read")
    hub.publisher.flush()
    partition, before = moved(hub, 1)  # past an event that nobody decided
    assert partition_of(hub, partition)["position"] == before
    assert "repaired" in hubctl(hub, "repair", "--yes", status=DONE).stdout
    hub.router.start()
    told = settled(hub)
    assert told["doubts"] == 0 and (told["inputs"], told["decided"], told["dead"]) == (14, 13, 1), told


def test_marks_that_retention_takes_stop_no_partition(make_hub):
    """What the router's own transactions and aborted ones leave behind the last record of a topic is nothing that was missed."""
    hub = quiet_hub(make_hub)
    hub.router.start()
    decisions = hub.subscribe("referral.decisions")
    partition = next(each.partition for each in decisions.read_all() if each.value["county_id"] == hub.county.id)
    place = TopicPartition(hub.prefix + "referral.transfers", partition)
    group = asked(hub)
    for commits in (True, False):
        transaction(hub, place, commits)
        # Each of these may be decided before the end behind the mark is told; one of them is not.
        for _ in range(20):
            decisions.answer_to(hub.publisher.says("ReferralCancelled", hub.county, hub.county.centres[0], "none", reason=""))
            _low, end = group.get_watermark_offsets(place, timeout=10)
            at = group.committed([place], timeout=10)[0].offset
            if at == end:
                break
        assert at == end, f"the position stays at {at}, the log ends at {end}"
    group.close()
    assert hub.router.stop() == 0
    place.offset = end
    hub.broker.admin.delete_records([place])[place].result(10)
    hub.router.start()
    assert settled(hub)["doubts"] == 0


def transaction(hub, place, commits):
    writer = Producer({"bootstrap.servers": hub.broker.address, "transactional.id": hub.prefix + "marks"})
    writer.init_transactions(20)
    writer.begin_transaction()
    writer.produce(place.topic, b"nonsense", b"-", partition=place.partition)
    writer.flush(20)
    (writer.commit_transaction if commits else writer.abort_transaction)(20)
