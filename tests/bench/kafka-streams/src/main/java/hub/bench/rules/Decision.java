package hub.bench.rules;

import hub.bench.avro.AvroWriter;
import java.util.ArrayList;
import java.util.List;

/** One decision in the making: its head, and where its body lies among the bodies of the event. */
final class Decision {
	final String name;
	final String countyId;
	final String consortiumId;
	final List<String> parties = new ArrayList<>(4);
	boolean answers;
	boolean repeat;
	int begin;
	int end;

	Decision(String name, String countyId, String consortiumId) {
		this.name = name;
		this.countyId = countyId;
		this.consortiumId = consortiumId;
	}

	void addParty(String orgId) {
		if (orgId != null && !parties.contains(orgId))
			parties.add(orgId);
	}

	/** The head, as index of count decisions about the cause. */
	void writeHead(AvroWriter out, Cause cause, String id, int index, int count) {
		out.writeString(id);
		out.writeLong(cause.now());
		out.writeString(countyId);
		out.writeString(consortiumId);
		out.writeList(parties, AvroWriter::writeString);
		out.writeNullable(answers ? cause : null, (o, c) -> {
			o.writeString(c.head().sourceOrgId());
			o.writeString(c.head().eventId());
		});
		out.writeNullable(repeat ? cause.head().eventId() : null, AvroWriter::writeString);
		out.writeLong(0); /* registry_version: the peer's directory is a file */
		out.writeNullable(cause, (o, c) -> {
			o.writeString(c.topic());
			o.writeLong(c.partition());
			o.writeLong(c.offset());
			o.writeLong(index);
			o.writeLong(count);
		});
		out.writeNull();
		out.writeList(List.of(cause.offset() + 1),
		        AvroWriter::writeLong); /* inputs_read: it has one input */
	}
}
