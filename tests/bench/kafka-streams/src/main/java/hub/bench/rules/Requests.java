package hub.bench.rules;

import hub.bench.records.Enums.Condition;
import hub.bench.records.Enums.Direction;
import hub.bench.records.Enums.Need;
import hub.bench.records.Enums.Urgency;
import hub.bench.records.EventHashes;
import hub.bench.records.EventHead;
import hub.bench.records.Referral;
import hub.bench.records.ReferralState;
import hub.bench.records.Stub;

/** REF-01, REF-12, REF-14. */
final class Requests {
	private final World world;
	private final Placing placing;

	Requests(World world, Placing placing) {
		this.world = world;
		this.placing = placing;
	}

	void request(EventHead head, Referral asked) {
		world.subject = asked.referralId();
		if (answerKnown(head, asked.referralId()))
			return;
		Refusal refusal = refusalOf(head, asked);
		if (refusal != null)
			world.refuse(asked.referralId(), refusal);
		else
			placing.place(begin(head, asked));
	}

	/** A request repeated by its sender changes nothing and is answered by the present state. */
	private boolean answerKnown(EventHead head, String referralId) {
		Object known = world.state.referral(referralId);
		if (known instanceof ReferralState state) {
			if (state.sourceOrgId.equals(head.sourceOrgId()))
				world.tell.progressed(state, true);
			else
				world.refuse(referralId, Refusal.OTHERS_ID);
		} else if (known instanceof Stub stub) {
			if (stub.sourceOrgId().equals(head.sourceOrgId()))
				world.tell.closed(referralId, stub, true);
			else
				world.refuse(referralId, Refusal.OTHERS_ID);
		}
		return known != null;
	}

	/** Null: it is placed. */
	private Refusal refusalOf(EventHead head, Referral asked) {
		if (!asked.fromOrgId().equals(head.sourceOrgId()))
			return Refusal.FOR_ANOTHER;
		if (!world.directory.isIn(head.sourceOrgId(), head.countyId()))
			return Refusal.OTHER_COUNTY;
		if (!world.directory.isMember(head.sourceOrgId(), head.consortiumId()))
			return Refusal.NOT_A_MEMBER;
		if (!isServed(asked))
			return Refusal.NOT_SERVED;
		return world.state.active(head.countyId(), asked) == null ? null : Refusal.DUPLICATE;
	}

	/** The green channel, down referrals, beds and authorisations are not in the benchmark's load. */
	private static boolean isServed(Referral asked) {
		return asked.direction() == Direction.UP && asked.need() != Need.BED &&
		        asked.criteria().isEmpty() && !asked.authorised() &&
		        asked.condition() == Condition.NONE && asked.urgency() != Urgency.EMERGENCY;
	}

	private ReferralState begin(EventHead head, Referral asked) {
		ReferralState state = new ReferralState();
		state.countyId = head.countyId();
		state.consortiumId = head.consortiumId();
		state.sourceOrgId = head.sourceOrgId();
		state.requestEventId = head.eventId();
		state.referral = asked;
		state.requestedAt = world.cause.now();
		state.eventHashes = EventHashes.add(state.eventHashes, head);
		world.state.begin(state);
		return state;
	}
}
