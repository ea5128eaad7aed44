package hub.bench.records;

import hub.bench.avro.AvroReader;
import hub.bench.avro.AvroWriter;
import hub.bench.records.Enums.Path;

/** A candidate that was not taken, and why. */
public record Considered(String orgId, Path path, String reasonCode) {
	static Considered read(AvroReader in) {
		return new Considered(in.readString(), in.readEnum(Enums.PATHS), in.readString());
	}

	public static void write(AvroWriter out, Considered each) {
		out.writeString(each.orgId);
		out.writeEnum(each.path);
		out.writeString(each.reasonCode);
	}
}
