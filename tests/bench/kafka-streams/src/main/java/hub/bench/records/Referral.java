package hub.bench.records;

import hub.bench.avro.AvroReader;
import hub.bench.avro.AvroWriter;
import hub.bench.records.Enums.BedKind;
import hub.bench.records.Enums.Condition;
import hub.bench.records.Enums.Direction;
import hub.bench.records.Enums.Need;
import hub.bench.records.Enums.Urgency;
import java.util.List;

/** What a referral asks for. */
public record Referral(String referralId, Patient patient, String fromOrgId, Direction direction,
        Urgency urgency, Condition condition, String specialty, String diagnosis, Need need, String examItem,
        BedKind bedKind, String originReferralId, Long earliest, String preferredOrgId, boolean authorised,
        List<String> criteria, String reason, String carePlan, List<Medication> medications,
        List<Attachment> attachments) {
	public record Medication(String drugCode, String name, int daysLeft) {
		static Medication read(AvroReader in) {
			return new Medication(in.readString(), in.readString(), in.readInt());
		}

		void write(AvroWriter out) {
			out.writeString(drugCode);
			out.writeString(name);
			out.writeLong(daysLeft);
		}
	}

	public record Attachment(String kind, String mediaType, String url, String sha256) {
		static Attachment read(AvroReader in) {
			return new Attachment(
			        in.readString(), in.readString(), in.readString(), in.readString());
		}

		void write(AvroWriter out) {
			out.writeString(kind);
			out.writeString(mediaType);
			out.writeString(url);
			out.writeString(sha256);
		}
	}

	public static Referral read(AvroReader in) {
		return new Referral(in.readString(), Patient.read(in), in.readString(),
		        in.readEnum(Enums.DIRECTIONS), in.readEnum(Enums.URGENCIES),
		        in.readEnum(Enums.CONDITIONS), in.readString(), in.readString(),
		        in.readEnum(Enums.NEEDS), in.readNullable(AvroReader::readString),
		        in.readNullable(r -> r.readEnum(Enums.BED_KINDS)),
		        in.readNullable(AvroReader::readString), in.readNullable(AvroReader::readLong),
		        in.readNullable(AvroReader::readString), in.readBoolean(),
		        in.readList(AvroReader::readString), in.readString(),
		        in.readNullable(AvroReader::readString), in.readList(Medication::read),
		        in.readList(Attachment::read));
	}

	public void write(AvroWriter out) {
		out.writeString(referralId);
		patient.write(out);
		out.writeString(fromOrgId);
		out.writeEnum(direction);
		out.writeEnum(urgency);
		out.writeEnum(condition);
		out.writeString(specialty);
		out.writeString(diagnosis);
		out.writeEnum(need);
		out.writeNullable(examItem, AvroWriter::writeString);
		out.writeNullable(bedKind, AvroWriter::writeEnum);
		out.writeNullable(originReferralId, AvroWriter::writeString);
		out.writeNullable(earliest, AvroWriter::writeLong);
		out.writeNullable(preferredOrgId, AvroWriter::writeString);
		out.writeBoolean(authorised);
		out.writeList(criteria, AvroWriter::writeString);
		out.writeString(reason);
		out.writeNullable(carePlan, AvroWriter::writeString);
		out.writeList(medications, (o, each) -> each.write(o));
		out.writeList(attachments, (o, each) -> each.write(o));
	}
}
