package hub.bench.records;

import hub.bench.avro.AvroReader;
import hub.bench.avro.AvroWriter;
import hub.bench.records.Enums.Need;
import hub.bench.records.Enums.Urgency;
import hub.bench.records.Enums.WaitsFor;

/** A place on a waiting list; its order is that in which the list is served. */
public record WaitingState(String countyId, String specialty, Need need, String item, String referralId,
        boolean displaced, Urgency urgency, long requestedAt, WaitsFor waitsFor)
        implements Comparable<WaitingState> {
	public static final String NAME = "hub.router.WaitingState";

	public static WaitingState of(ReferralState state) {
		Referral asked = state.referral;
		return new WaitingState(state.countyId, asked.specialty(), asked.need(),
		        asked.examItem() == null ? "-" : asked.examItem(), asked.referralId(),
		        state.displaced, asked.urgency(), state.requestedAt, state.waitsFor);
	}

	public String key() {
		return "waiting:" + countyId + ':' + specialty + ':' + need + ':' + item + ':' + referralId;
	}

	@Override
	public int compareTo(WaitingState other) {
		int order = Boolean.compare(other.displaced, displaced);
		if (order == 0)
			order = urgency.compareTo(other.urgency);
		if (order == 0)
			order = Long.compare(requestedAt, other.requestedAt);
		return order == 0 ? referralId.compareTo(other.referralId) : order;
	}

	public static WaitingState read(AvroReader in) {
		return new WaitingState(in.readString(), in.readString(), in.readEnum(Enums.NEEDS),
		        in.readString(), in.readString(), in.readBoolean(), in.readEnum(Enums.URGENCIES),
		        in.readLong(), in.readEnum(Enums.WAITS_FOR));
	}

	public void write(AvroWriter out) {
		out.writeString(countyId);
		out.writeString(specialty);
		out.writeEnum(need);
		out.writeString(item);
		out.writeString(referralId);
		out.writeBoolean(displaced);
		out.writeEnum(urgency);
		out.writeLong(requestedAt);
		out.writeEnum(waitsFor);
	}
}
