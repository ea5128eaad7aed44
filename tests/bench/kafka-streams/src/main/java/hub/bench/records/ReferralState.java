package hub.bench.records;

import hub.bench.avro.AvroReader;
import hub.bench.avro.AvroWriter;
import hub.bench.records.Enums.Path;
import hub.bench.records.Enums.Stage;
import hub.bench.records.Enums.WaitsFor;
import java.util.List;

/** A referral that has not ended. */
public final class ReferralState {
	public static final String NAME = "hub.router.ReferralState";

	public String countyId;
	public String consortiumId;
	public String sourceOrgId;
	public String requestEventId;
	public Referral referral;
	public Stage stage = Stage.ROUTING;
	public long requestedAt;
	public int attempt;
	public String toOrgId;
	public Path path = Path.UNKNOWN;
	public boolean leftCounty;
	public String sessionId;
	public boolean slotReserved;
	public WaitsFor waitsFor = WaitsFor.UNKNOWN;
	public boolean displaced;
	public List<Considered> considered = List.of();
	public Long acceptedAt;
	public Long arrivedAt;
	public Long answerLeftMs;
	public List<DueTimer> timers = List.of();
	public byte[] eventHashes = EventHashes.NONE;

	public static ReferralState read(AvroReader in) {
		ReferralState state = new ReferralState();
		state.countyId = in.readString();
		state.consortiumId = in.readString();
		state.sourceOrgId = in.readString();
		state.requestEventId = in.readString();
		state.referral = Referral.read(in);
		state.stage = in.readEnum(Enums.STAGES);
		state.requestedAt = in.readLong();
		state.attempt = in.readInt();
		state.toOrgId = in.readNullable(AvroReader::readString);
		state.path = in.readEnum(Enums.PATHS);
		state.leftCounty = in.readBoolean();
		state.sessionId = in.readNullable(AvroReader::readString);
		state.slotReserved = in.readBoolean();
		state.waitsFor = in.readEnum(Enums.WAITS_FOR);
		state.displaced = in.readBoolean();
		state.considered = in.readList(Considered::read);
		state.acceptedAt = in.readNullable(AvroReader::readLong);
		state.arrivedAt = in.readNullable(AvroReader::readLong);
		state.answerLeftMs = in.readNullable(AvroReader::readLong);
		state.timers = in.readList(DueTimer::read);
		state.eventHashes = in.readBytes();
		return state;
	}

	public void write(AvroWriter out) {
		out.writeString(countyId);
		out.writeString(consortiumId);
		out.writeString(sourceOrgId);
		out.writeString(requestEventId);
		referral.write(out);
		out.writeEnum(stage);
		out.writeLong(requestedAt);
		out.writeLong(attempt);
		out.writeNullable(toOrgId, AvroWriter::writeString);
		out.writeEnum(path);
		out.writeBoolean(leftCounty);
		out.writeNullable(sessionId, AvroWriter::writeString);
		out.writeBoolean(slotReserved);
		out.writeEnum(waitsFor);
		out.writeBoolean(displaced);
		out.writeList(considered, Considered::write);
		out.writeNullable(acceptedAt, AvroWriter::writeLong);
		out.writeNullable(arrivedAt, AvroWriter::writeLong);
		out.writeNullable(answerLeftMs, AvroWriter::writeLong);
		out.writeList(timers, DueTimer::write);
		out.writeBytes(eventHashes);
	}
}
