package hub.bench.records;

import hub.bench.avro.AvroReader;
import hub.bench.avro.AvroWriter;

public record DueTimer(String name, long dueAt, long since, int times) {
	public static DueTimer at(String name, long dueAt) {
		return new DueTimer(name, dueAt, dueAt, 0);
	}

	static DueTimer read(AvroReader in) {
		return new DueTimer(in.readString(), in.readLong(), in.readLong(), in.readInt());
	}

	static void write(AvroWriter out, DueTimer timer) {
		out.writeString(timer.name);
		out.writeLong(timer.dueAt);
		out.writeLong(timer.since);
		out.writeLong(timer.times);
	}
}
