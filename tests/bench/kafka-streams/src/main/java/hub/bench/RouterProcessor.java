package hub.bench;

import hub.bench.avro.AvroReader;
import hub.bench.avro.Schemas;
import hub.bench.records.EventHead;
import hub.bench.rules.Cause;
import hub.bench.rules.Directory;
import hub.bench.rules.Outbox;
import hub.bench.rules.Rules;
import hub.bench.rules.State;
import hub.bench.rules.World;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Between Kafka Streams and the rules: one a partition. */
final class RouterProcessor implements Processor<byte[], byte[], byte[], byte[]> {
	static final String STORE = "router";
	private static final String TOPIC = "referral.events";

	private final Schemas schemas;
	private final Directory directory;
	private final boolean wallClock;
	private ProcessorContext<byte[], byte[]> context;
	private Rules rules;
	private long now;

	RouterProcessor(Schemas schemas, Directory directory, boolean wallClock) {
		this.schemas = schemas;
		this.directory = directory;
		this.wallClock = wallClock;
	}

	@Override
	public void init(ProcessorContext<byte[], byte[]> in) {
		context = in;
		State state = new State(in.getStateStore(STORE), schemas);
		rules = new Rules(new World(state, new Outbox(in, schemas), directory));
	}

	@Override
	public void process(Record<byte[], byte[]> record) {
		String name = schemas.nameOf(record.value());
		AvroReader body = new AvroReader(record.value(), Schemas.FRAME);
		EventHead head = EventHead.read(body);
		if (!Arrays.equals(record.key(), head.countyId().getBytes(StandardCharsets.UTF_8)))
			throw new IllegalArgumentException("the key is not the event's county");
		RecordMetadata at = context.recordMetadata().orElseThrow();
		now = Math.max(now, wallClock ? System.currentTimeMillis() : head.occurredAt());
		rules.decide(name, body,
		        new Cause(head, TOPIC, at.partition(), at.offset(), record.timestamp(), now));
	}
}
