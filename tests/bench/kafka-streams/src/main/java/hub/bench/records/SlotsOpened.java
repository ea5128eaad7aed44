package hub.bench.records;

import hub.bench.avro.AvroReader;
import hub.bench.records.Enums.Need;

public record SlotsOpened(String orgId, String sessionId, int revision, String specialty, Need need,
        String examItem, boolean expert, long startsAt, long endsAt, int capacity, Integer reservedForPrimary,
        Long commonOpensAt, Long reserveReleasedAt) {
	public static SlotsOpened read(AvroReader in) {
		return new SlotsOpened(in.readString(), in.readString(), in.readInt(), in.readString(),
		        in.readEnum(Enums.NEEDS), in.readNullable(AvroReader::readString), in.readBoolean(),
		        in.readLong(), in.readLong(), in.readInt(), in.readNullable(AvroReader::readInt),
		        in.readNullable(AvroReader::readLong), in.readNullable(AvroReader::readLong));
	}
}
