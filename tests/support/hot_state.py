"""What schemas/hot-state.json promises, written a second time: the keys of Redis that a changelog folds to."""

import datetime

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
URGENCIES = {"EMERGENCY": 1, "URGENT": 2, "ROUTINE": 3}


def text(value):
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def at(ms):
    return None if ms is None else datetime.datetime.fromtimestamp(ms // 1000, SHANGHAI).isoformat()


def hash_of(**fields):
    """A null or an empty text is absent."""
    return {name: text(value) for name, value in fields.items() if value is not None and value != ""}


def referral(state):
    asked, abroad = state["referral"], state.get("abroad")
    due = min(state["timers"], key=lambda timer: (timer["due_at"], timer["name"]), default=None)
    return hash_of(
        state=state["stage"], county_id=state["county_id"], consortium_id=state["consortium_id"],
        from_org_id=asked["from_org_id"], to_org_id=state["to_org_id"], direction=asked["direction"],
        urgency=asked["urgency"], condition=asked["condition"], specialty=asked["specialty"], need=asked["need"],
        exam_item=asked["exam_item"], attempt=state["attempt"],
        path=state["path"] if state["to_org_id"] else None,
        session_id=abroad["session_id"] if abroad and abroad["session_id"] else state["session_id"],
        asked_county_id=abroad and abroad["county_id"], asked_org_id=abroad and abroad["org_id"],
        bed_kind=(asked["bed_kind"] or "GENERAL") if asked["need"] == "BED" else None,
        bed_held=state["bed_held"] or None,
        waits_for=state["waits_for"] if state["stage"] == "WAITING" else None,
        requested_at=at(state["requested_at"]), accepted_at=at(state["accepted_at"]),
        arrived_at=at(state["arrived_at"]), due=due and due["name"], due_at=due and at(due["due_at"]))


def stub(state):
    return hash_of(
        state=state["final_state"], county_id=state["county_id"], consortium_id=state["consortium_id"],
        from_org_id=state["from_org_id"], to_org_id=state["to_org_id"], specialty=state["specialty"],
        need=state["need"], ended_at=at(state["ended_at"]))


def session(state):
    reserved, common = state["reserved"], state["common"]

    def both(name):
        return reserved[name] + common[name]

    opens = next((timer["due_at"] for timer in state["timers"] if timer["name"] == "common_open"), None)
    return hash_of(
        phase=state["phase"], county_id=state["county_id"], org_id=state["org_id"], session_id=state["session_id"],
        specialty=state["specialty"], need=state["need"], exam_item=state["exam_item"], expert=state["expert"],
        starts_at=at(state["starts_at"]), ends_at=at(state["ends_at"]),
        common_opens_at=opens and at(opens), revision=state["revision"],
        capacity=sum(reserved.values()) + sum(common.values()), reserved=sum(reserved.values()), open=both("open"),
        open_reserved=reserved["open"], held=both("held"), used_referred=both("used_referred"),
        used_own=both("used_own"))


def board(state):
    arrived = len(state["arrivals"])
    return hash_of(
        county_id=state["county_id"], org_id=state["org_id"], bed_kind=state["bed_kind"], revision=state["revision"],
        reported_at=at(state["reported_at"]), total=state["total"], reported_free=state["free"], held=state["held"],
        arrived=arrived, free=max(0, state["free"] - state["held"] - arrived))


def waiting(state):
    name = ":".join(["waiting", state["county_id"], state["specialty"], state["need"], state["item"]])
    rank = (0 if state["displaced"] or state["meets_criteria"] else 8) + 2 * URGENCIES[state["urgency"]] + (0 if state.get("lead_sender") else 1)
    return name, state["referral_id"], float(rank * 10**13 + state["requested_at"])


def foreign_waiting(state):
    """Another county's referral on our list; None: it is not there."""
    asked = state["referral"]
    if state["phase"] != "WAITING":
        return None
    return waiting(dict(
        state, specialty=asked["specialty"], need=asked["need"], item=(asked["bed_kind"] or "GENERAL") if asked["need"] == "BED" else asked["exam_item"] or "-",
        urgency=asked["urgency"], referral_id=state["transfer_id"], meets_criteria=False))


def foreign_hold(state):
    return hash_of(
        phase=state["phase"], county_id=state["county_id"], home_county_id=state["home_county_id"],
        org_id=state["org_id"], session_id=state["session_id"], bed_held=state["bed_held"] or None,
        requested_at=at(state["requested_at"]))


def expected_keys(state):
    """{key: hash or sorted set as a dict} of all partitions, fences apart. state: {partition: {key: record}}."""
    keys = {}
    for partition, records in state.items():
        tag = f"{{referral-router.{partition}}}:"
        for key, record in records.items():
            value = record.value
            if record.name == "WaitingState":
                name, member, score = waiting(value)
                keys.setdefault(tag + name, {})[member] = score
                continue
            if record.name == "ReferralState":
                keys[tag + key] = referral(value)
            elif record.name == "ReferralStub":
                keys[tag + key] = stub(value)
            elif record.name == "SessionState":
                keys[tag + key] = session(value)
            elif record.name == "ForeignHoldState":
                keys[tag + key] = foreign_hold(value)
                place = foreign_waiting(value)
                if place:
                    keys.setdefault(tag + place[0], {})[place[1]] = place[2]
            elif record.name == "BedBoard":
                keys[tag + key] = board(value)
            due = [(timer["name"], timer["due_at"]) for timer in value.get("timers", [])]
            if record.name == "ReferralStub":
                due = [("forget", value["forget_at"])]
            for name, due_at in due:
                keys.setdefault(tag + "due", {})[f"{key} {name}"] = float(due_at)
    return keys


def shown_keys(client):
    """The same from Redis."""
    keys = [key for key in client.scan_iter("{referral-router.*", count=1000) if not key.endswith(":fence")]
    pipe = client.pipeline(transaction=False)
    for key in keys:
        pipe.type(key)
    types = pipe.execute()
    pipe = client.pipeline(transaction=False)
    for key, kind in zip(keys, types):
        pipe.hgetall(key) if kind == "hash" else pipe.zrange(key, 0, -1, withscores=True)
    shown = {}
    for key, kind, value in zip(keys, types, pipe.execute()):
        shown[key] = value if kind == "hash" else dict(value)
    return shown
