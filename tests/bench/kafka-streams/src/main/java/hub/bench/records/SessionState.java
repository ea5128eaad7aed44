package hub.bench.records;

import hub.bench.avro.AvroReader;
import hub.bench.avro.AvroWriter;
import hub.bench.records.Enums.Need;
import hub.bench.records.Enums.Phase;
import java.util.List;

/** A session with its slots. */
public final class SessionState {
	public static final String NAME = "hub.router.SessionState";

	/** One part of a session: the sum is its capacity. */
	public static final class Slots {
		public int open;
		public int held;
		public int usedReferred;
		public int usedOwn;

		static Slots read(AvroReader in) {
			Slots slots = new Slots();
			slots.open = in.readInt();
			slots.held = in.readInt();
			slots.usedReferred = in.readInt();
			slots.usedOwn = in.readInt();
			return slots;
		}

		void write(AvroWriter out) {
			out.writeLong(open);
			out.writeLong(held);
			out.writeLong(usedReferred);
			out.writeLong(usedOwn);
		}
	}

	public String countyId;
	public String consortiumId;
	public String orgId;
	public String sessionId;
	public int revision;
	public String specialty;
	public Need need;
	public String examItem;
	public boolean expert;
	public long startsAt;
	public long endsAt;
	public Phase phase = Phase.OPEN;
	public Slots reserved = new Slots();
	public Slots common = new Slots();
	public byte[] serveAfter = EventHashes.NONE;
	public List<DueTimer> timers = List.of();
	public byte[] eventHashes = EventHashes.NONE;

	public int open() {
		return reserved.open + common.open;
	}

	public boolean offered(long now) {
		return phase == Phase.OPEN && endsAt > now && open() > 0;
	}

	public Slots part(boolean ofReserved) {
		return ofReserved ? reserved : common;
	}

	public static SessionState read(AvroReader in) {
		SessionState state = new SessionState();
		state.countyId = in.readString();
		state.consortiumId = in.readString();
		state.orgId = in.readString();
		state.sessionId = in.readString();
		state.revision = in.readInt();
		state.specialty = in.readString();
		state.need = in.readEnum(Enums.NEEDS);
		state.examItem = in.readNullable(AvroReader::readString);
		state.expert = in.readBoolean();
		state.startsAt = in.readLong();
		state.endsAt = in.readLong();
		state.phase = in.readEnum(Enums.PHASES);
		state.reserved = Slots.read(in);
		state.common = Slots.read(in);
		state.serveAfter = in.readBytes();
		state.timers = in.readList(DueTimer::read);
		state.eventHashes = in.readBytes();
		return state;
	}

	public void write(AvroWriter out) {
		out.writeString(countyId);
		out.writeString(consortiumId);
		out.writeString(orgId);
		out.writeString(sessionId);
		out.writeLong(revision);
		out.writeString(specialty);
		out.writeEnum(need);
		out.writeNullable(examItem, AvroWriter::writeString);
		out.writeBoolean(expert);
		out.writeLong(startsAt);
		out.writeLong(endsAt);
		out.writeEnum(phase);
		reserved.write(out);
		common.write(out);
		out.writeBytes(serveAfter);
		out.writeList(timers, DueTimer::write);
		out.writeBytes(eventHashes);
	}
}
