package hub.bench.records;

import hub.bench.avro.AvroReader;

/** What every event begins with. */
public record EventHead(
        String eventId, long occurredAt, String countyId, String consortiumId, String sourceOrgId) {
	public static EventHead read(AvroReader in) {
		return new EventHead(
		        in.readString(), in.readLong(), in.readString(), in.readString(), in.readString());
	}
}
