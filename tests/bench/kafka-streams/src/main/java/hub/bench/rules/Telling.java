package hub.bench.rules;

import hub.bench.avro.AvroWriter;
import hub.bench.records.Considered;
import hub.bench.records.Enums.Cause;
import hub.bench.records.Enums.Stage;
import hub.bench.records.ReferralState;
import hub.bench.records.SessionState;
import hub.bench.records.Stub;
import java.util.List;

/** Every decision is made here: its parties, which event it answers, its body. */
final class Telling {
	private static final List<String> AFTER_ACCEPTED = List.of("ReferralRejected", "PatientArrived",
	        "PatientNoShow", "ReferralCompleted", "ReferralCancelled");
	private static final List<String> AFTER_ROUTED = List.of("ReferralAccepted", "ReferralRejected",
	        "PatientArrived", "ReferralCompleted", "ReferralCancelled");
	private static final List<String> AFTER_WAITING = List.of("ReferralCancelled");

	private final World world;

	Telling(World world) {
		this.world = world;
	}

	void routed(ReferralState state, SessionState session, List<Considered> considered) {
		Decision decision = about("hub.referral.ReferralRouted", state, false);
		AvroWriter out = world.outbox.begin(decision);
		out.writeString(state.referral.referralId());
		out.writeString(state.referral.fromOrgId());
		out.writeString(state.toOrgId);
		state.referral.write(out);
		out.writeNullable(state.sessionId, AvroWriter::writeString);
		out.writeNullable(session == null ? null : session.startsAt, AvroWriter::writeLong);
		out.writeNullable(session == null ? null : session.endsAt, AvroWriter::writeLong);
		out.writeLong(state.attempt);
		out.writeLong(state.timers.get(0).dueAt());
		out.writeList(
		        session == null ? List.of("NO_SLOT_NEEDED") : List.of(), AvroWriter::writeString);
		out.writeList(List.of(), null); /* shortages */
		out.writeEnum(state.path);
		out.writeList(considered, Considered::write);
		said(out, decision);
		world.outbox.end(decision);
	}

	void waitlisted(ReferralState state, int position, List<Considered> considered) {
		Decision decision = about("hub.referral.ReferralWaitlisted", state, false);
		AvroWriter out = world.outbox.begin(decision);
		out.writeString(state.referral.referralId());
		out.writeString(state.referral.specialty());
		out.writeEnum(state.referral.need());
		out.writeLong(position);
		out.writeEnum(state.waitsFor);
		out.writeList(considered, Considered::write);
		said(out, decision);
		world.outbox.end(decision);
	}

	void progressed(ReferralState state, boolean repeat) {
		Decision decision = about("hub.referral.ReferralProgressed", state, repeat);
		AvroWriter out = world.outbox.begin(decision);
		out.writeString(state.referral.referralId());
		out.writeEnum(state.stage);
		out.writeString(world.cause.head().eventId());
		out.writeList(allowed(state.stage), AvroWriter::writeString);
		out.writeNullable(
		        state.timers.isEmpty() ? null : state.timers.get(0).dueAt(), AvroWriter::writeLong);
		said(out, decision);
		out.writeNull(); /* referral: a claim's */
		world.outbox.end(decision);
	}

	void closed(String referralId, Stub stub, boolean repeat) {
		Decision decision =
		        new Decision("hub.referral.ReferralClosed", stub.countyId(), stub.consortiumId());
		decision.addParty(stub.fromOrgId());
		decision.addParty(stub.toOrgId());
		answer(decision, referralId, repeat);
		AvroWriter out = world.outbox.begin(decision);
		out.writeString(referralId);
		out.writeEnum(stub.finalState());
		out.writeEnum(stub.direction());
		out.writeEnum(stub.urgency());
		out.writeEnum(stub.need());
		out.writeString(stub.specialty());
		out.writeString(stub.diagnosis());
		out.writeString(stub.fromOrgId());
		out.writeNullable(stub.toOrgId(), AvroWriter::writeString);
		out.writeBoolean(stub.secondsToAccept() != null);
		out.writeBoolean(stub.leftCounty());
		out.writeNullable(stub.secondsToAccept(), AvroWriter::writeLong);
		out.writeNullable(stub.secondsToArrive(), AvroWriter::writeLong);
		said(out, decision);
		world.outbox.end(decision);
	}

	void session(SessionState session, Cause cause, boolean repeat) {
		Decision decision =
		        new Decision("hub.referral.SessionChanged", session.countyId, session.consortiumId);
		decision.addParty(session.orgId);
		answer(decision, session.sessionId, repeat);
		SessionState.Slots reserved = session.reserved;
		SessionState.Slots common = session.common;
		int held = reserved.held + common.held;
		int used = reserved.usedReferred + common.usedReferred;
		AvroWriter out = world.outbox.begin(decision);
		out.writeString(session.orgId);
		out.writeString(session.sessionId);
		out.writeString(session.specialty);
		out.writeEnum(session.need);
		out.writeBoolean(session.expert);
		out.writeLong(session.revision);
		out.writeEnum(cause);
		out.writeLong(session.open() + held + used + common.usedOwn);
		out.writeLong(reserved.open + reserved.held + reserved.usedReferred);
		out.writeLong(session.open());
		out.writeLong(held);
		out.writeLong(used);
		out.writeLong(common.usedOwn);
		world.outbox.end(decision);
	}

	void refused(String subject, Refusal refusal) {
		Decision decision = new Decision("hub.referral.ReferralEventRefused",
		        world.cause.head().countyId(), world.cause.head().consortiumId());
		answer(decision, world.subject, false);
		AvroWriter out = world.outbox.begin(decision);
		out.writeNullable(subject, AvroWriter::writeString);
		out.writeString(world.cause.head().eventId());
		out.writeString(refusal.reasonCode);
		out.writeNullable(refusal.rule, AvroWriter::writeString);
		out.writeString(refusal.text);
		world.outbox.end(decision);
	}

	private Decision about(String name, ReferralState state, boolean repeat) {
		Decision decision = new Decision(name, state.countyId, state.consortiumId);
		decision.addParty(state.referral.fromOrgId());
		decision.addParty(state.toOrgId);
		answer(decision, state.referral.referralId(), repeat);
		return decision;
	}

	/** Only the first decision about the event's own referral or session answers it. */
	private void answer(Decision decision, String subject, boolean repeat) {
		if (world.answered || !subject.equals(world.subject))
			return;
		world.answered = true;
		decision.answers = true;
		decision.repeat = repeat;
		decision.addParty(world.cause.head().sourceOrgId());
	}

	/** What the event said is heard with its answer. */
	private void said(AvroWriter out, Decision decision) {
		boolean speaks = decision.answers && !decision.repeat && world.said != null;
		out.writeNullable(speaks ? world.said : null, (o, said) -> {
			o.writeString(said.orgId());
			o.writeNull(); /* reason_code */
			o.writeNullable(
			        said.reason().isEmpty() ? null : said.reason(), AvroWriter::writeString);
			o.writeList(List.of(), null); /* attachments */
			o.writeNull();                /* outcome */
			o.writeNull();                /* down_referral_suggested */
		});
	}

	private static List<String> allowed(Stage stage) {
		switch (stage) {
		case ROUTED:
			return AFTER_ROUTED;
		case ACCEPTED:
			return AFTER_ACCEPTED;
		case WAITING:
			return AFTER_WAITING;
		default:
			return List.of();
		}
	}
}
