package hub.bench.rules;

import hub.bench.records.EventHead;

/** The event that is decided: what it says of itself, and where it lies. */
public record Cause(EventHead head, String topic, int partition, long offset, long now) {
	String decisionId(int index) {
		return "e/" + topic + '/' + partition + '/' + offset + '/' + index;
	}
}
