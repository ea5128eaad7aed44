package hub.bench.rules;

import hub.bench.records.DueTimer;
import hub.bench.records.Enums.Cause;
import hub.bench.records.Enums.Phase;
import hub.bench.records.EventHashes;
import hub.bench.records.EventHead;
import hub.bench.records.SessionState;
import hub.bench.records.SlotsOpened;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** REF-05, REF-07: a hospital opens slots, a part of them for up referrals only. */
final class Sessions {
	private static final double DEFAULT_SHARE = 0.3;

	private final World world;
	private final Placing placing;

	Sessions(World world, Placing placing) {
		this.world = world;
		this.placing = placing;
	}

	void open(EventHead head, SlotsOpened opened) {
		world.subject = opened.sessionId();
		SessionState session = world.state.session(opened.orgId(), opened.sessionId());
		if (session != null && opened.revision() <= session.revision) {
			world.tell.session(session, Cause.OPENED, true);
			return;
		}
		Refusal refusal = refusalOf(head, opened, session);
		if (refusal != null) {
			world.refuse(null, refusal);
			return;
		}
		if (session == null)
			session = new SessionState();
		takeOver(session, head, opened);
		world.state.put(session);
		world.state.noteOffered(opened.orgId(), opened.specialty(), opened.need(), world.cause.now());
		placing.serve(session);
		world.tell.session(session, Cause.OPENED, false);
	}

	private Refusal refusalOf(EventHead head, SlotsOpened opened, SessionState session) {
		if (!opened.orgId().equals(head.sourceOrgId()))
			return Refusal.FOR_ANOTHER;
		if (!world.directory.isIn(opened.orgId(), head.countyId()))
			return Refusal.OTHER_COUNTY;
		if (session == null)
			return null;
		if (session.phase != Phase.OPEN)
			return Refusal.SESSION_OVER;
		if (!session.specialty.equals(opened.specialty()) || session.need != opened.need() ||
		        !Objects.equals(session.examItem, opened.examItem()) ||
		        session.startsAt != opened.startsAt() || session.endsAt != opened.endsAt())
			return Refusal.OTHER_SESSION;
		return opened.capacity() < taken(session.reserved) + taken(session.common) ? Refusal.BELOW_USE
		                                                                           : null;
	}

	private void takeOver(SessionState session, EventHead head, SlotsOpened opened) {
		session.countyId = head.countyId();
		session.consortiumId = head.consortiumId();
		session.orgId = opened.orgId();
		session.sessionId = opened.sessionId();
		session.revision = opened.revision();
		session.specialty = opened.specialty();
		session.need = opened.need();
		session.examItem = opened.examItem();
		session.expert = opened.expert();
		session.startsAt = opened.startsAt();
		session.endsAt = opened.endsAt();
		session.eventHashes = EventHashes.add(session.eventHashes, head);
		share(session, opened);
	}

	/** A share is reserved for primary care until its release; the capacity is absolute. */
	private void share(SessionState session, SlotsOpened opened) {
		Long given = opened.reserveReleasedAt();
		long releasedAt = given != null ? given : opened.startsAt() - WorkingTime.DAY;
		boolean released = releasedAt <= world.cause.now();
		Integer reserved = opened.reservedForPrimary();
		int share = reserved != null ? reserved : (int)Math.ceil(opened.capacity() * DEFAULT_SHARE);
		int reservedTaken = taken(session.reserved);
		int commonTaken = taken(session.common);
		int part = Math.max(
		        reservedTaken, Math.min(released ? 0 : share, opened.capacity() - commonTaken));
		session.reserved.open = part - reservedTaken;
		session.common.open = opened.capacity() - part - commonTaken;
		List<DueTimer> timers = new ArrayList<>();
		if (!released)
			timers.add(DueTimer.at("reserve_release", releasedAt));
		timers.add(DueTimer.at("end", opened.endsAt()));
		session.timers = timers;
	}

	private static int taken(SessionState.Slots part) {
		return part.held + part.usedReferred + part.usedOwn;
	}
}
