package hub.bench.records;

import hub.bench.avro.AvroReader;
import hub.bench.avro.AvroWriter;
import hub.bench.records.Enums.Direction;
import hub.bench.records.Enums.FinalState;
import hub.bench.records.Enums.Need;
import hub.bench.records.Enums.Urgency;

/** What stays of an ended referral. */
public record Stub(String countyId, String consortiumId, String sourceOrgId, FinalState finalState,
        Direction direction, Urgency urgency, Need need, String specialty, String diagnosis, String fromOrgId,
        String toOrgId, boolean leftCounty, Long secondsToAccept, Long secondsToArrive, long endedAt,
        long forgetAt, byte[] eventHashes) {
	public static final String NAME = "hub.router.ReferralStub";
	private static final long FORGET_MS = 30L * 24 * 3600 * 1000;

	public static Stub of(ReferralState state, FinalState end, long now) {
		Referral asked = state.referral;
		return new Stub(state.countyId, state.consortiumId, state.sourceOrgId, end, asked.direction(),
		        asked.urgency(), asked.need(), asked.specialty(), asked.diagnosis(),
		        asked.fromOrgId(), state.toOrgId, state.leftCounty,
		        secondsTo(state, state.acceptedAt), secondsTo(state, state.arrivedAt), now,
		        now + FORGET_MS, state.eventHashes);
	}

	private static Long secondsTo(ReferralState state, Long at) {
		return at == null ? null : (Long)((at - state.requestedAt) / 1000);
	}

	public static Stub read(AvroReader in) {
		return new Stub(in.readString(), in.readString(), in.readString(),
		        in.readEnum(Enums.FINAL_STATES), in.readEnum(Enums.DIRECTIONS),
		        in.readEnum(Enums.URGENCIES), in.readEnum(Enums.NEEDS), in.readString(),
		        in.readString(), in.readString(), in.readNullable(AvroReader::readString),
		        in.readBoolean(), in.readNullable(AvroReader::readLong),
		        in.readNullable(AvroReader::readLong), in.readLong(), in.readLong(), in.readBytes());
	}

	public void write(AvroWriter out) {
		out.writeString(countyId);
		out.writeString(consortiumId);
		out.writeString(sourceOrgId);
		out.writeEnum(finalState);
		out.writeEnum(direction);
		out.writeEnum(urgency);
		out.writeEnum(need);
		out.writeString(specialty);
		out.writeString(diagnosis);
		out.writeString(fromOrgId);
		out.writeNullable(toOrgId, AvroWriter::writeString);
		out.writeBoolean(leftCounty);
		out.writeNullable(secondsToAccept, AvroWriter::writeLong);
		out.writeNullable(secondsToArrive, AvroWriter::writeLong);
		out.writeLong(endedAt);
		out.writeLong(forgetAt);
		out.writeBytes(eventHashes);
	}
}
