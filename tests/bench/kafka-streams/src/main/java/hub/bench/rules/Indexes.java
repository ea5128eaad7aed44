package hub.bench.rules;

import hub.bench.records.Enums.Need;
import hub.bench.records.Enums.Phase;
import hub.bench.records.Referral;
import hub.bench.records.ReferralState;
import hub.bench.records.SessionState;
import hub.bench.records.WaitingState;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the rules look for, kept in memory and made anew from the store whenever the task begins: a search in
 * RocksDB would pass over the tombstones of every session that is full.
 */
final class Indexes {
	/** A session with an open slot; the earliest comes first, an expert's after others. */
	record Offer(long startsAt, boolean expert, String sessionId) implements Comparable<Offer> {
		@Override
		public int compareTo(Offer other) {
			int order = Long.compare(startsAt, other.startsAt);
			if (order == 0)
				order = Boolean.compare(expert, other.expert);
			return order == 0 ? sessionId.compareTo(other.sessionId) : order;
		}
	}

	private static final SortedSet<WaitingState> NOBODY = Collections.emptySortedSet();
	private static final SortedSet<Offer> NOTHING = Collections.emptySortedSet();

	private final Map<String, SortedSet<Offer>> offers = new HashMap<>();
	private final Map<String, SortedSet<WaitingState>> waiting = new HashMap<>();
	private final Map<String, String> patients = new HashMap<>();
	private final Set<String> everOffered = new HashSet<>();

	SortedSet<Offer> offers(String orgId, String specialty, Need need, String examItem) {
		return offers.getOrDefault(orgId + ':' + specialty + ':' + need + ':' + examItem, NOTHING);
	}

	void setOffer(SessionState session) {
		String list =
		        session.orgId + ':' + session.specialty + ':' + session.need + ':' + session.examItem;
		Offer offer = new Offer(session.startsAt, session.expert, session.sessionId);
		if (session.phase == Phase.OPEN && session.open() > 0)
			offers.computeIfAbsent(list, k -> new TreeSet<>()).add(offer);
		else if (offers.containsKey(list))
			offers.get(list).remove(offer);
	}

	SortedSet<WaitingState> waiting(String countyId, String specialty, Need need, String examItem) {
		String item = examItem == null ? "-" : examItem;
		return waiting.getOrDefault(countyId + ':' + specialty + ':' + need + ':' + item, NOBODY);
	}

	SortedSet<WaitingState> addWaiting(WaitingState waiter) {
		SortedSet<WaitingState> list = waiting.computeIfAbsent(listOf(waiter), k -> new TreeSet<>());
		list.add(waiter);
		return list;
	}

	void removeWaiting(WaitingState waiter) {
		waiting.get(listOf(waiter)).remove(waiter);
	}

	private static String listOf(WaitingState waiter) {
		return waiter.countyId() + ':' + waiter.specialty() + ':' + waiter.need() + ':' +
		        waiter.item();
	}

	/** The active referral of the same patient, direction, specialty and need; null when there is none. */
	String active(String countyId, Referral asked) {
		return patients.get(patientKey(countyId, asked));
	}

	void addActive(ReferralState state) {
		patients.putIfAbsent(patientKey(state.countyId, state.referral), state.referral.referralId());
	}

	void removeActive(ReferralState state) {
		patients.remove(patientKey(state.countyId, state.referral), state.referral.referralId());
	}

	private static String patientKey(String countyId, Referral asked) {
		return countyId + ':' + asked.patient().patientId() + ':' + asked.direction() + ':' +
		        asked.specialty() + ':' + asked.need();
	}

	boolean wasEverOffered(String key) {
		return everOffered.contains(key);
	}

	/** False when it was known. */
	boolean addEverOffered(String key) {
		return everOffered.add(key);
	}
}
