"""Beds (REF-22), by what subscribers were told: none is promised twice, and none is held for a referral that has it no more."""

import collections


def check_beds(state, decisions):
    held, boards = collections.Counter(), {}
    for keys in state.values():
        for record in keys.values():
            value = record.value
            if record.name == "ReferralState" and value["bed_held"]:
                held[value["to_org_id"], kind_of(value["referral"])] += 1
            elif record.name == "ForeignHoldState" and value["bed_held"]:
                held[value["org_id"], kind_of(value["referral"])] += 1
            elif record.name == "BedBoard":
                boards[value["org_id"], value["bed_kind"]] = value
    told = collections.Counter(replay(decisions).values())
    for place, board in boards.items():
        assert board["held"] == held[place] == told[place], (
            f"{place}: {board['held']} beds held, by {held[place]} referrals, {told[place]} by the decisions")
        late = [each for each in board["arrivals"] if each <= board["reported_at"]]
        assert not late, f"{place}: the report knows of {late}"
    lost = set(held) - set(boards)
    assert not lost, f"beds are held that nobody reported: {sorted(lost)[:3]}"


def kind_of(referral):
    return referral["bed_kind"] or "GENERAL"


def replay(decisions):
    """{referral: place} of those that hold a bed at the end. On the way: no hold beyond what was reported free."""
    holds, free, home = {}, {}, {}
    reports = {place_of(each): each.value for each in decisions if each.name == "BedsChanged" and not each.value["repeat_of"]}
    for each in decisions:
        value = each.value
        referral_id = value.get("referral_id")
        if value["repeat_of"] is not None:
            continue
        # The report that a decision follows from stands behind it in the same set.
        report = reports.get(place_of(each)) if value["decided_from"] else None
        if report:
            free[report["org_id"], report["bed_kind"]] = report["reported_free"]
        if each.name == "ReferralRouted":
            holds.pop(referral_id, None)
            if value["referral"]["need"] == "BED" and "NO_SLOT_NEEDED" not in value["flags"]:
                place = value["to_org_id"], kind_of(value["referral"])
                holds[referral_id] = place
                # What other counties' referrals hold is told in their own partitions, in an order of their own.
                home[referral_id] = value["path"] not in ("CITY_HOSPITAL", "OTHER")
                count = sum(1 for other, at in holds.items() if at == place and home[other])
                assert not home[referral_id] or count <= free[place], (
                    f"{place}: {count} beds are promised, {free[place]} were reported: {each}")
        elif each.name in ("ReferralWaitlisted", "ReferralUnplaced", "ReferralExpired", "ReferralClosed") or (
                each.name == "ReferralProgressed" and value["state"] in ("ARRIVED", "ASKING_COUNTY")):
            holds.pop(referral_id, None)
    return holds


def place_of(decision):
    source = decision.value["decided_from"]
    return source and (source["topic"], source["partition"], source["offset"])
