package hub.bench.records;

import hub.bench.avro.AvroReader;

/** ReferralAccepted, PatientNoShow, and ReferralCancelled, which says why. */
public record Answer(String referralId, String orgId, String reason) {
	public static Answer read(AvroReader in, boolean withReason) {
		return new Answer(in.readString(), in.readString(), withReason ? in.readString() : "");
	}
}
