"""An auditor that shares no code with the hub. From the topics and Redis alone it proves, after whatever was done to the
processes: every event was answered exactly once and no transaction is torn (I-1), every slot and bed is accounted for (REF-07, REF-22),
what one county holds for another is held by a referral there (REF-01), a referral ended at most once (REF-10), and Redis is the
fold of the changelog (I-2)."""

import collections

from confluent_kafka import Consumer, TopicPartition

from answers import Answers
from beds import check_beds
from client import Subscriber
from hot_state import expected_keys, shown_keys
from waiting import wait_until


def check_everything(hub, timeout=60):
    """All of it, once the router has read everything. Returns the numbers that were checked."""
    wait_settled(hub, timeout)
    events = read(hub, "referral.events", decode=False)
    decisions = read(hub, "referral.decisions")
    transfers = read(hub, "referral.transfers")
    dead = read(hub, "referral-router.dead-letters", decode=False)
    answers = Answers()
    answers.take(events, decisions + transfers, dead)
    answers.check()
    check_ends(decisions)
    state = fold(read(hub, "referral-router.state"))
    check_slots(state, decisions)
    check_beds(state, decisions)
    check_transfers(state)
    check_redis(hub, timeout)
    check_audit(hub)
    distinct = {each.bytes for each in events}  # an event that is sent again is the same to the last byte
    return {"events": len(events), "distinct": len(distinct), "decisions": len(decisions), "transfers": len(transfers),
            "dead_letters": len(dead)}


def read(hub, topic, decode=True):
    subscriber = Subscriber(hub.broker, hub.prefix + topic, decode)
    try:
        return subscriber.read_all()
    finally:
        subscriber.close()


def wait_settled(hub, timeout):
    """Until the router's group has committed everything that was published, and what counties say to each other."""
    wait_published(hub, timeout)
    topic = hub.prefix + "referral.transfers"
    consumer = Consumer({"bootstrap.servers": hub.broker.address, "group.id": hub.prefix + "referral-router"})

    def settled():
        found = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        asked = consumer.committed([TopicPartition(topic, each) for each in found], timeout=10)
        committed = {each.partition: each.offset for each in asked}
        waiting = [each for each in read(hub, "referral.transfers", decode=False)
                   if each.offset >= max(committed[each.partition], 0)]
        assert not waiting, f"{len(waiting)} transfers are not decided: {waiting[:2]}"
        return True

    try:
        wait_until("the counties to hear each other", settled, timeout, pause=0.3)
    finally:
        consumer.close()


def wait_published(hub, timeout):
    topic = hub.prefix + "referral.events"
    consumer = Consumer({"bootstrap.servers": hub.broker.address, "group.id": hub.prefix + "referral-router"})
    try:
        found = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        partitions = [TopicPartition(topic, each) for each in found]

        def behind():
            committed = {each.partition: each.offset for each in consumer.committed(partitions, timeout=10)}
            lag = {}
            for each in partitions:
                _low, high = consumer.get_watermark_offsets(each, timeout=10)
                if high > max(committed[each.partition], 0):
                    lag[each.partition] = (committed[each.partition], high)
            return lag

        last = {}

        def settled():
            last.clear()
            last.update(behind())
            assert not last, f"partition: (committed, end) {last}"
            return True

        wait_until("the router to read everything", settled, timeout, pause=0.2)
    finally:
        consumer.close()


def check_ends(decisions):
    ends = collections.Counter(each.value["referral_id"] for each in decisions
                               if each.name == "ReferralClosed" and each.value["repeat_of"] is None)
    assert all(count == 1 for count in ends.values()), f"ended twice: {ends.most_common(3)}"


def fold(records):
    """{partition: {key: last record}}; keys with a tombstone are gone."""
    state = collections.defaultdict(dict)
    for each in records:
        if each.bytes is None:
            state[each.partition].pop(each.key, None)
        else:
            state[each.partition][each.key] = each
    return state


def check_slots(state, decisions):
    holds, used, crossed = replay(decisions)
    held = collections.Counter(holds.values())
    referrals, bookings, sessions = collections.Counter(), collections.Counter(), {}
    for keys in state.values():
        for record in keys.values():
            value = record.value
            if record.name == "ReferralState" and value["session_id"] and value["stage"] != "ARRIVED":
                referrals[value["to_org_id"], value["session_id"]] += 1
            elif record.name == "ForeignHoldState" and value["session_id"]:
                referrals[value["org_id"], value["session_id"]] += 1
            elif record.name == "BookingState" and value["taken"]:
                bookings[value["org_id"], value["session_id"]] += 1
            elif record.name == "SessionState":
                sessions[value["org_id"], value["session_id"]] = value
    for place, session in sessions.items():
        counts = collections.Counter()
        for part in ("reserved", "common"):
            for name, count in session[part].items():
                assert count >= 0, f"{place}: {part} {name} = {count}"
                counts[name] += count
        arrived = used[place]
        if session["phase"] == "CANCELLED" and arrived > counts["used_referred"]:
            # A cancellation and the arrival of another county's patient crossed: the session counts nothing then (REF-01).
            arrived -= min(crossed[place], arrived - counts["used_referred"])
        told = (counts["held"], counts["used_referred"], counts["used_own"])
        assert told == (held[place], arrived, bookings[place]), (
            f"{place}: held, used_referred, used_own are {told}; by the decisions {held[place]} and {used[place]}, "
            f"by the bookings {bookings[place]}")
        assert counts["held"] == referrals[place], f"{place}: {counts['held']} held, {referrals[place]} referrals hold one"
    lost = set(held) - set(sessions)
    assert not lost, f"slots are held in sessions that do not exist: {sorted(lost)[:3]}"
    for each in decisions:
        if each.name == "SessionChanged":
            value = each.value
            parts = [value[name] for name in ("open", "held", "used_referred", "used_own")]
            assert min(parts) >= 0 and sum(parts) == value["capacity"], f"does not add up: {each}"


def replay(decisions):
    """Who holds a slot, and how many were used (of them, by other counties' patients), by what subscribers were told alone."""
    holds, used, abroad = {}, collections.Counter(), collections.Counter()
    for each in decisions:
        referral_id = each.value.get("referral_id")
        if each.value["repeat_of"] is not None or not referral_id:
            continue
        if each.name == "ReferralRouted":
            holds.pop(referral_id, None)
            if each.value["session_id"]:
                holds[referral_id] = (each.value["to_org_id"], each.value["session_id"])
        elif each.name in ("ReferralWaitlisted", "ReferralUnplaced", "ReferralExpired") or (
                each.name == "ReferralProgressed" and each.value["state"] == "ASKING_COUNTY"):
            holds.pop(referral_id, None)
        elif (each.name == "ReferralProgressed" and each.value["state"] == "ARRIVED") or (
                each.name == "ReferralClosed" and each.value["final_state"] == "COMPLETED"):
            if referral_id in holds:
                place = holds.pop(referral_id)
                used[place] += 1
                abroad[place] += not place[0].startswith(each.value["county_id"])
        elif each.name == "ReferralClosed":
            holds.pop(referral_id, None)
    return holds, used, abroad


def check_transfers(state):
    """At rest what is held for another county has its referral there, and the other way round (REF-01)."""
    held, asked = {}, {}
    for keys in state.values():
        for record in keys.values():
            value = record.value
            if record.name == "ForeignHoldState" and value["phase"] == "HELD":
                held[value["transfer_id"]] = value["org_id"]
            elif record.name == "ReferralState" and value["abroad"] and value["stage"] in (
                    "ROUTED", "SUPPLEMENTING", "ACCEPTED"):
                asked[f"{value['referral']['referral_id']}/{value['abroad']['attempt']}"] = value["abroad"]["org_id"]
    assert held == asked, (f"held for nobody: {sorted(held.items() - asked.items())[:3]}, "
                           f"held by nobody: {sorted(asked.items() - held.items())[:3]}")


def check_redis(hub, timeout=60):
    """Every key, also those that should not be there. The follower may be a moment behind."""
    def same():
        state = fold(read(hub, "referral-router.state"))
        wanted, shown = expected_keys(state), shown_keys(hub.redis.client)
        check_fences(hub.redis.client, state)
        missing, extra = wanted.keys() - shown.keys(), shown.keys() - wanted.keys()
        differs = [key for key in wanted.keys() & shown.keys() if wanted[key] != shown[key]]
        assert not missing and not extra and not differs, (
            f"{len(missing)} keys missing {sorted(missing)[:3]}, {len(extra)} extra {sorted(extra)[:3]}, "
            f"{len(differs)} differ: "
            + "; ".join(f"{key}: {shown[key]} instead of {wanted[key]}" for key in sorted(differs)[:2]))
        return True

    wait_until("Redis to be the fold of the changelog", same, timeout, pause=0.3)


def check_audit(hub):
    """The operators' tool comes to the same verdict, with code of its own."""
    done = hub.hubctl.run("audit", check=False)
    assert done.returncode == 0, f"hubctl audit: {done.returncode}\n{done.stdout}{done.stderr}"


def check_fences(client, state):
    for partition, keys in state.items():
        fence = client.get(f"{{referral-router.{partition}}}:fence")
        assert fence, f"partition {partition} has no fence"
        epoch, offset, phase, _timestamp = fence.split()
        assert phase == "LIVE", f"partition {partition}: {fence}"
        position = keys["position"].offset
        assert int(epoch) <= int(offset) == position, f"partition {partition}: {fence}, position at {position}"

