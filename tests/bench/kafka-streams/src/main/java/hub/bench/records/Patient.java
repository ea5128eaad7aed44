package hub.bench.records;

import hub.bench.avro.AvroReader;
import hub.bench.avro.AvroWriter;

public record Patient(String patientId, Sex sex, int birthYear, String homeOrgId, String contractOrgId,
        SealedIdentity identity) {
	public enum Sex { UNKNOWN, FEMALE, MALE }

	private static final Sex[] SEXES = Sex.values();

	/** Only its receiver can read it. */
	public record SealedIdentity(String keyId, String cipher, byte[] bytes) {
		static SealedIdentity read(AvroReader in) {
			return new SealedIdentity(in.readString(), in.readString(), in.readBytes());
		}

		static void write(AvroWriter out, SealedIdentity identity) {
			out.writeString(identity.keyId);
			out.writeString(identity.cipher);
			out.writeBytes(identity.bytes);
		}
	}

	static Patient read(AvroReader in) {
		return new Patient(in.readString(), in.readEnum(SEXES), in.readInt(),
		        in.readNullable(AvroReader::readString), in.readNullable(AvroReader::readString),
		        in.readNullable(SealedIdentity::read));
	}

	void write(AvroWriter out) {
		out.writeString(patientId);
		out.writeEnum(sex);
		out.writeLong(birthYear);
		out.writeNullable(homeOrgId, AvroWriter::writeString);
		out.writeNullable(contractOrgId, AvroWriter::writeString);
		out.writeNullable(identity, SealedIdentity::write);
	}
}
