package hub.bench.rules;

import hub.bench.records.Answer;
import hub.bench.records.DueTimer;
import hub.bench.records.Enums.FinalState;
import hub.bench.records.Enums.Stage;
import hub.bench.records.EventHashes;
import hub.bench.records.EventHead;
import hub.bench.records.ReferralState;
import hub.bench.records.SessionState;
import hub.bench.records.Stub;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Accepted, cancelled, not come (REF-07, REF-08, REF-10, REF-12). */
final class Answers {
	private static final Set<Stage> BEFORE_ARRIVAL =
	        EnumSet.of(Stage.WAITING, Stage.ROUTED, Stage.ACCEPTED, Stage.UNPLACED);

	private final World world;
	private final Placing placing;

	Answers(World world, Placing placing) {
		this.world = world;
		this.placing = placing;
	}

	void accept(Answer answer) {
		ReferralState state = find(answer, false, EnumSet.of(Stage.ROUTED));
		if (state == null)
			return;
		long now = world.cause.now();
		SessionState session =
		        state.sessionId == null ? null : world.state.session(state.toOrgId, state.sessionId);
		long from = session != null && session.endsAt > now ? session.endsAt : now;
		state.stage = Stage.ACCEPTED;
		if (state.acceptedAt == null)
			state.acceptedAt = now;
		state.timers = List.of(DueTimer.at("arrival", from + WorkingTime.DAY));
		world.state.put(state);
		world.tell.progressed(state, false);
	}

	void noShow(Answer answer) {
		giveUp(find(answer, false, EnumSet.of(Stage.ACCEPTED)), FinalState.NO_SHOW);
	}

	void cancel(Answer answer) {
		giveUp(find(answer, true, BEFORE_ARRIVAL), FinalState.CANCELLED);
	}

	private void giveUp(ReferralState state, FinalState end) {
		if (state == null)
			return;
		if (state.stage == Stage.WAITING)
			world.state.leave(state);
		SessionState freed = placing.giveBack(state);
		Stub stub = Stub.of(state, end, world.cause.now());
		world.state.end(state, stub);
		world.tell.closed(state.referral.referralId(), stub, false);
		if (freed != null && freed.offered(world.cause.now()))
			placing.serve(freed);
	}

	/** The referral, with the event noted; null when it was answered otherwise. */
	private ReferralState find(Answer answer, boolean bySender, Set<Stage> stages) {
		EventHead head = world.cause.head();
		world.subject = answer.referralId();
		world.said = answer;
		Object known = world.state.referral(answer.referralId());
		if (!(known instanceof ReferralState state) || !state.countyId.equals(head.countyId())) {
			answerEnded(answer, known);
			return null;
		}
		if (EventHashes.has(state.eventHashes, head)) {
			world.tell.progressed(state, true);
			return null;
		}
		Refusal refusal = refusalOf(answer, state, bySender, stages);
		if (refusal != null) {
			world.refuse(answer.referralId(), refusal);
			return null;
		}
		state.eventHashes = EventHashes.add(state.eventHashes, head);
		return state;
	}

	private void answerEnded(Answer answer, Object known) {
		EventHead head = world.cause.head();
		if (!(known instanceof Stub stub) || !stub.countyId().equals(head.countyId()))
			world.refuse(answer.referralId(), Refusal.NO_REFERRAL);
		else if (EventHashes.has(stub.eventHashes(), head))
			world.tell.closed(answer.referralId(), stub, true);
		else
			world.refuse(answer.referralId(), Refusal.ENDED);
	}

	/** Only the addressed hospital accepts; only the sender and the control centre cancel. */
	private Refusal refusalOf(Answer answer, ReferralState state, boolean bySender, Set<Stage> stages) {
		String source = world.cause.head().sourceOrgId();
		if (!answer.orgId().equals(source))
			return Refusal.FOR_ANOTHER;
		if (!(bySender ? isSender(state, source) : source.equals(state.toOrgId)))
			return Refusal.NO_SAY;
		return stages.contains(state.stage) ? null : Refusal.STATE;
	}

	private boolean isSender(ReferralState state, String source) {
		return source.equals(state.referral.fromOrgId()) ||
		        world.directory.isControl(source, state.countyId);
	}
}
