package hub.bench.rules;

import hub.bench.avro.AvroReader;
import hub.bench.records.Answer;
import hub.bench.records.EventHead;
import hub.bench.records.Referral;
import hub.bench.records.SlotsOpened;

/** Which rule decides which record. */
public final class Rules {
	private final World world;
	private final Requests requests;
	private final Sessions sessions;
	private final Answers answers;

	public Rules(World world) {
		this.world = world;
		Placing placing = new Placing(world);
		requests = new Requests(world, placing);
		sessions = new Sessions(world, placing);
		answers = new Answers(world, placing);
	}

	/** Decides the record whose head was read, and forwards what there is to say. */
	public void decide(String name, AvroReader body, Cause cause) {
		EventHead head = cause.head();
		world.begin(cause);
		switch (name) {
		case "hub.referral.SlotsOpened":
			sessions.open(head, SlotsOpened.read(body));
			break;
		case "hub.referral.ReferralRequested":
			requests.request(head, Referral.read(body));
			break;
		case "hub.referral.ReferralAccepted":
			answers.accept(Answer.read(body, false));
			break;
		case "hub.referral.PatientNoShow":
			answers.noShow(Answer.read(body, false));
			break;
		case "hub.referral.ReferralCancelled":
			answers.cancel(Answer.read(body, true));
			break;
		default:
			throw new IllegalArgumentException("not in the benchmark: " + name);
		}
		world.outbox.forward(cause);
	}
}
