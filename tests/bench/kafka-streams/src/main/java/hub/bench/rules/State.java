package hub.bench.rules;

import hub.bench.avro.AvroReader;
import hub.bench.avro.AvroWriter;
import hub.bench.avro.Schemas;
import hub.bench.records.Enums.Need;
import hub.bench.records.Referral;
import hub.bench.records.ReferralState;
import hub.bench.records.SessionState;
import hub.bench.records.Stub;
import hub.bench.records.WaitingState;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** The entities of one partition: records in the store, found through indexes. */
public final class State {
	private static final String OFFER = "hub.router.OfferState";

	private final KeyValueStore<String, byte[]> store;
	private final Schemas schemas;
	private final Indexes indexes = new Indexes();
	private final AvroWriter writer = new AvroWriter();

	public State(KeyValueStore<String, byte[]> store, Schemas schemas) {
		this.store = store;
		this.schemas = schemas;
		try (KeyValueIterator<String, byte[]> all = store.all()) {
			all.forEachRemaining(each -> index(each.key, each.value));
		}
	}

	private void index(String key, byte[] value) {
		switch (schemas.nameOf(value)) {
		case ReferralState.NAME:
			indexes.addActive(ReferralState.read(body(value)));
			break;
		case SessionState.NAME:
			indexes.setOffer(SessionState.read(body(value)));
			break;
		case WaitingState.NAME:
			indexes.addWaiting(WaitingState.read(body(value)));
			break;
		case OFFER:
			indexes.addEverOffered(key);
			break;
		default: /* stubs are found by their key */
			break;
		}
	}

	private static AvroReader body(byte[] value) {
		return new AvroReader(value, Schemas.FRAME);
	}

	private void put(String key, String name, Consumer<AvroWriter> write) {
		writer.reset();
		schemas.writeFrame(writer, name);
		write.accept(writer);
		store.put(key, writer.toBytes());
	}

	/** A ReferralState, a Stub, or null. */
	Object referral(String referralId) {
		byte[] value = store.get("referral:" + referralId);
		if (value == null)
			return null;
		boolean ended = schemas.nameOf(value).equals(Stub.NAME);
		return ended ? Stub.read(body(value)) : ReferralState.read(body(value));
	}

	void put(ReferralState state) {
		put("referral:" + state.referral.referralId(), ReferralState.NAME, state::write);
	}

	/** Notes that it is active; until end. */
	void begin(ReferralState state) {
		indexes.addActive(state);
	}

	void end(ReferralState state, Stub stub) {
		put("referral:" + state.referral.referralId(), Stub.NAME, stub::write);
		indexes.removeActive(state);
	}

	String active(String countyId, Referral asked) {
		return indexes.active(countyId, asked);
	}

	SessionState session(String orgId, String sessionId) {
		byte[] value = store.get(sessionKey(orgId, sessionId));
		return value == null ? null : SessionState.read(body(value));
	}

	void put(SessionState session) {
		put(sessionKey(session.orgId, session.sessionId), SessionState.NAME, session::write);
		indexes.setOffer(session);
	}

	private static String sessionKey(String orgId, String sessionId) {
		return "session:" + orgId + ':' + sessionId;
	}

	/** The earliest session that can be taken; null when there is none. */
	SessionState firstOffered(String orgId, Referral asked, long now) {
		for (Indexes.Offer offer :
		        indexes.offers(orgId, asked.specialty(), asked.need(), asked.examItem())) {
			if (asked.earliest() != null && offer.startsAt() < asked.earliest())
				continue;
			SessionState session = session(orgId, offer.sessionId());
			if (session.offered(now))
				return session;
		}
		return null;
	}

	boolean everOffered(String orgId, String specialty, Need need) {
		return indexes.wasEverOffered(offerKey(orgId, specialty, need));
	}

	void noteOffered(String orgId, String specialty, Need need, long now) {
		String key = offerKey(orgId, specialty, need);
		if (indexes.addEverOffered(key))
			put(key, OFFER, out -> out.writeLong(now));
	}

	private static String offerKey(String orgId, String specialty, Need need) {
		return "offer:" + orgId + ':' + specialty + ':' + need;
	}

	/** Puts it on its list; its position from 1. */
	int join(ReferralState state) {
		WaitingState waiter = WaitingState.of(state);
		put(waiter.key(), WaitingState.NAME, waiter::write);
		return indexes.addWaiting(waiter).headSet(waiter).size() + 1;
	}

	void leave(ReferralState state) {
		WaitingState waiter = WaitingState.of(state);
		store.put(waiter.key(), null); /* delete would read it first */
		indexes.removeWaiting(waiter);
	}

	/** Who waits for a slot of this session, in their order. */
	SortedSet<WaitingState> waiters(SessionState session) {
		return indexes.waiting(session.countyId, session.specialty, session.need, session.examItem);
	}
}
