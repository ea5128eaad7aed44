package hub.bench.rules;

import hub.bench.records.Considered;
import hub.bench.records.DueTimer;
import hub.bench.records.Enums.Path;
import hub.bench.records.Enums.Stage;
import hub.bench.records.Enums.Urgency;
import hub.bench.records.Enums.WaitsFor;
import hub.bench.records.ReferralState;
import hub.bench.records.SessionState;
import hub.bench.records.WaitingState;
import java.util.ArrayList;
import java.util.List;

/** Who is asked with which slot, who waits, and who gets a slot that was given back (REF-01, REF-07). */
final class Placing {
	private static final int MOST_SERVED = 100;

	private final World world;

	Placing(World world) {
		this.world = world;
	}

	/** A new referral: the lead hospital's earliest slot, or a place on its waiting list. */
	void place(ReferralState state) {
		String orgId = world.directory.leadOf(state.consortiumId);
		if (!world.state.everOffered(orgId, state.referral.specialty(), state.referral.need())) {
			route(state, orgId, null);
			return;
		}
		SessionState session = world.state.firstOffered(orgId, state.referral, world.cause.now());
		if (session == null)
			waitForSlot(state, orgId);
		else
			route(state, orgId, session);
	}

	/** No slot is ever given twice; an up referral takes reserved ones first. */
	private void route(ReferralState state, String orgId, SessionState session) {
		state.stage = Stage.ROUTED;
		state.attempt++;
		state.toOrgId = orgId;
		state.path = Path.OWN_LEAD;
		state.displaced = false;
		state.waitsFor = WaitsFor.UNKNOWN;
		state.sessionId = session == null ? null : session.sessionId;
		if (session != null) {
			state.slotReserved = session.reserved.open > 0;
			SessionState.Slots part = session.part(state.slotReserved);
			part.open--;
			part.held++;
			world.state.put(session);
		}
		state.timers = List.of(DueTimer.at("answer", answerBy(state.referral.urgency())));
		world.state.put(state);
		world.tell.routed(state, session, state.considered);
	}

	private long answerBy(Urgency urgency) {
		long now = world.cause.now();
		return urgency == Urgency.ROUTINE ? WorkingTime.addDay(now) : now + 2 * WorkingTime.HOUR;
	}

	private void waitForSlot(ReferralState state, String orgId) {
		state.stage = Stage.WAITING;
		state.waitsFor = WaitsFor.SLOT;
		state.timers = List.of(DueTimer.at("waiting_notice", WorkingTime.notice(world.cause.now())));
		world.state.put(state);
		int position = world.state.join(state);
		world.tell.waitlisted(state, position, List.of(new Considered(orgId, Path.OWN_LEAD, "FULL")));
	}

	/** Cancelled and no-show referrals give the slot back; the session that has one more, or null. */
	SessionState giveBack(ReferralState state) {
		if (state.sessionId == null)
			return null;
		SessionState session = world.state.session(state.toOrgId, state.sessionId);
		boolean released =
		        session.timers.stream().noneMatch(each -> each.name().equals("reserve_release"));
		session.part(state.slotReserved).held--;
		session.part(state.slotReserved && !released).open++;
		state.sessionId = null;
		state.slotReserved = false;
		world.state.put(session);
		return session;
	}

	/** The head of the waiting list gets what is open, in the same step. */
	void serve(SessionState session) {
		List<WaitingState> first = new ArrayList<>();
		for (WaitingState waiter : world.state.waiters(session)) {
			if (first.size() == Math.min(session.open(), MOST_SERVED))
				break;
			first.add(waiter);
		}
		for (WaitingState waiter : first) {
			ReferralState state = (ReferralState)world.state.referral(waiter.referralId());
			world.state.leave(state);
			route(state, session.orgId, session);
		}
	}
}
