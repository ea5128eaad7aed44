package hospital;

import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;

/** The first referral, from both sides: a health centre sends a patient, a hospital takes it. */
public final class FirstReferral {
	private static final List<String> TOLD =
	        List.of("state", "to_org_id", "final_state", "cause", "reason_code", "reason", "repeat_of");
	private static final long HOUR = 3600_000;

	private FirstReferral() {}

	public static void main(String[] args) throws Exception {
		String county = Hospital.setting("HUB_COUNTY", "990121");
		String consortium = Hospital.setting("HUB_CONSORTIUM", "QX-1");
		try (var centre = new Hospital(
		             Hospital.setting("HUB_SENDER", "990121-T01"), county, consortium);
		        var hospital = new Hospital(
		                Hospital.setting("HUB_RECEIVER", "990121-H01"), county, consortium)) {
			tell(centre, hospital);
		}
	}

	private static void tell(Hospital centre, Hospital hospital) throws Exception {
		// The hospital offers slots.
		show(hospital, hospital.answerTo(hospital.send(slots(hospital))));

		// The health centre refers a patient.
		GenericRecord requested = centre.send(request(centre, hospital));
		System.out.println("referral " + requested.get("referral_id"));
		GenericRecord answer = centre.answerTo(requested);
		show(centre, answer);
		if (!answer.getSchema().getName().equals("ReferralRouted"))
			throw new IllegalStateException("it waits, or was refused: see the line above");

		// The hospital is asked, sees the patient, and says so.
		GenericRecord asked = hospital.decision(about(requested, "ReferralRouted"));
		for (String step : List.of("ReferralAccepted", "PatientArrived"))
			show(hospital, hospital.answerTo(hospital.send(of(asked, hospital, step).build())));
		GenericRecord completed = hospital.send(
		        of(asked, hospital, "ReferralCompleted")
		                .set("outcome", hospital.symbol("ReferralCompleted", "outcome", "TREATED"))
		                .set("summary", "no ischaemia")
		                .build());

		// The health centre hears how it ended.
		show(centre, centre.decision(about(requested, "ReferralClosed")));

		// The same event again: no second effect, the present state as the answer.
		hospital.answerTo(completed);
		hospital.send(completed);
		show(hospital, hospital.answerTo(completed));

		// What is wrong is refused, with what to do about it.
		show(centre,
		        centre.answerTo(centre.send(
		                of(asked, centre, "ReferralCancelled").set("reason", "too late").build())));
	}

	private static GenericRecord slots(Hospital hospital) {
		long now = System.currentTimeMillis();
		return hospital.event("SlotsOpened")
		        .set("org_id", hospital.orgId)
		        .set("session_id", "java-" + UUID.randomUUID())
		        .set("revision", 1)
		        .set("specialty", "03.04")
		        .set("need", hospital.symbol("SlotsOpened", "need", "OUTPATIENT"))
		        .set("starts_at", now + HOUR)
		        .set("ends_at", now + 5 * HOUR)
		        .set("capacity", 4)
		        .build();
	}

	private static GenericRecord request(Hospital centre, Hospital hospital) {
		String name = "ReferralRequested";
		GenericRecordBuilder patient = centre.part(name, "patient")
		                                       .set("patient_id", UUID.randomUUID().toString())
		                                       .set("birth_year", 1957);
		return centre.event(name)
		        .set("referral_id", centre.orgId + "-" + UUID.randomUUID())
		        .set("patient", patient.build())
		        .set("from_org_id", centre.orgId)
		        .set("direction", centre.symbol(name, "direction", "UP"))
		        .set("urgency", centre.symbol(name, "urgency", "ROUTINE"))
		        .set("specialty", "03.04")
		        .set("diagnosis", "I20.0")
		        .set("need", centre.symbol(name, "need", "OUTPATIENT"))
		        .set("preferred_org_id", hospital.orgId)
		        .build();
	}

	private static GenericRecordBuilder of(GenericRecord asked, Hospital who, String name) {
		return who.event(name)
		        .set("referral_id", asked.get("referral_id").toString())
		        .set("org_id", who.orgId);
	}

	private static Predicate<GenericRecord> about(GenericRecord requested, String name) {
		return decision
		        -> decision.getSchema().getName().equals(name) &&
		        Hospital.same(decision.get("referral_id"), requested.get("referral_id"));
	}

	private static void show(Hospital who, GenericRecord decision) {
		String told = TOLD.stream()
		                      .filter(key -> decision.hasField(key) && decision.get(key) != null)
		                      .map(key -> " " + key + "=" + decision.get(key))
		                      .collect(Collectors.joining());
		System.out.println(who.orgId + " " + decision.getSchema().getName() + told);
	}
}
