package hub.bench.rules;

import hub.bench.avro.AvroWriter;
import hub.bench.avro.Schemas;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Collects the decisions of one event, then forwards them with their heads and CloudEvents headers. */
public final class Outbox {
	private static final byte[] VERSION = ascii("1.0");
	private static final byte[] SOURCE = ascii("/hub/streams-router");
	private static final byte[] CONTENT_TYPE = ascii("application/avro");

	private final ProcessorContext<byte[], byte[]> context;
	private final Schemas schemas;
	private final AvroWriter bodies = new AvroWriter();
	private final AvroWriter whole = new AvroWriter();
	private final List<Decision> decisions = new ArrayList<>();
	private final Map<String, byte[]> types = new HashMap<>();
	private final Moment moment = new Moment();

	public Outbox(ProcessorContext<byte[], byte[]> context, Schemas schemas) {
		this.context = context;
		this.schemas = schemas;
	}

	/** Opens a decision; its body is then written to what this returns, and end closes it. */
	AvroWriter begin(Decision decision) {
		decision.begin = bodies.length();
		decisions.add(decision);
		return bodies;
	}

	void end(Decision decision) {
		decision.end = bodies.length();
	}

	/** With the event's own timestamp: by that of a recording the broker would throw decisions away as too old. */
	void forward(Cause cause) {
		byte[] time = moment.format(cause.now());
		byte[] key = cause.head().countyId().getBytes(StandardCharsets.UTF_8);
		for (int i = 0; i < decisions.size(); i++) {
			Decision decision = decisions.get(i);
			String id = cause.decisionId(i);
			whole.reset();
			schemas.writeFrame(whole, decision.name);
			decision.writeHead(whole, cause, id, i, decisions.size());
			whole.writeSlice(bodies, decision.begin, decision.end);
			context.forward(new Record<>(
			        key, whole.toBytes(), cause.timestamp(), headers(decision.name, id, time)));
		}
		decisions.clear();
		bodies.reset();
	}

	private RecordHeaders headers(String name, String id, byte[] time) {
		RecordHeaders headers = new RecordHeaders();
		headers.add("ce_specversion", VERSION);
		headers.add("ce_id", ascii(id));
		headers.add("ce_source", SOURCE);
		headers.add("ce_type", types.computeIfAbsent(name, Outbox::ascii));
		headers.add("ce_time", time);
		headers.add("content-type", CONTENT_TYPE);
		return headers;
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}
}
