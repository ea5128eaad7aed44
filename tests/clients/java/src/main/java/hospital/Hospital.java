package hospital;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A hospital's connection to the hub: what it says, and the decisions that concern it. */
final class Hospital implements AutoCloseable {
	private static final String BROKERS = setting("HUB_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:19092");
	private static final String PREFIX = setting("HUB_TOPIC_PREFIX", "");
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	final String orgId;
	private final String countyId;
	private final String consortiumId;
	private final HubSchemas schemas;
	private final KafkaProducer<String, byte[]> producer;
	private final KafkaConsumer<String, byte[]> consumer;
	private final Queue<GenericRecord> read = new ArrayDeque<>();
	// In earnest: a table of your database, written with what you do about the decision.
	private final Set<String> seen = new HashSet<>();

	static String setting(String name, String fallback) {
		return System.getenv().getOrDefault(name, fallback);
	}

	Hospital(String orgId, String countyId, String consortiumId) throws IOException {
		this.orgId = orgId;
		this.countyId = countyId;
		this.consortiumId = consortiumId;
		schemas = new HubSchemas(Path.of(setting("HUB_SCHEMAS", "schemas/history")),
		        setting("HUB_CLIENT_SCHEMAS", "newest"));
		// The library's own settings are right: idempotent, acks=all, 5 requests in flight, the key by murmur2.
		producer = new KafkaProducer<>(Map.of("bootstrap.servers", BROKERS), new StringSerializer(),
		        new ByteArraySerializer());
		Map<String, Object> settings =
		        Map.of("bootstrap.servers", BROKERS, "group.id", orgId + ".java", "isolation.level",
		                "read_committed", // decisions are written in transactions
		                "auto.offset.reset", "earliest");
		consumer =
		        new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
		consumer.subscribe(List.of(PREFIX + "referral.decisions"));
	}

	/** An event of this hospital with its head; of the other fields those with a default may be left out. */
	GenericRecordBuilder event(String name) {
		return new GenericRecordBuilder(schemas.schema(name))
		        .set("event_id", UUID.randomUUID().toString())
		        .set("occurred_at", System.currentTimeMillis())
		        .set("county_id", countyId)
		        .set("consortium_id", consortiumId)
		        .set("source_org_id", orgId);
	}

	/** An enum's symbol for a field of an event. */
	Object symbol(String name, String field, String symbol) {
		Schema schema = schemas.schema(name).getField(field).schema();
		return new GenericData.EnumSymbol(schema, symbol);
	}

	/** A nested record for a field of an event. */
	GenericRecordBuilder part(String name, String field) {
		return new GenericRecordBuilder(schemas.schema(name).getField(field).schema());
	}

	/** Sends; the same event sent again has no second effect. After an exception it may have arrived: send it again. */
	GenericRecord send(GenericRecord event) throws IOException, ExecutionException, InterruptedException {
		var message = new ProducerRecord<>(
		        PREFIX + "referral.events", event.get("county_id").toString(), schemas.encode(event));
		producer.send(message).get();
		return event;
	}

	/** The next decision that concerns this hospital, each once, for which matches is true; others are passed over. */
	GenericRecord decision(Predicate<GenericRecord> matches) throws IOException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (System.nanoTime() < deadline) {
			GenericRecord decision = read.poll();
			if (decision == null)
				poll();
			else if (matches.test(decision))
				return decision;
		}
		throw new IllegalStateException(
		        orgId + ": no such decision within " + PATIENCE + " (hubctl dlq list?)");
	}

	private void poll() throws IOException {
		for (ConsumerRecord<String, byte[]> message : consumer.poll(Duration.ofMillis(100))) {
			GenericRecord decision = schemas.decode(message.value());
			List<String> parties = ((List<?>)decision.get("party_org_ids"))
			                               .stream()
			                               .map(Object::toString)
			                               .toList();
			if (parties.contains(orgId) && seen.add(decision.get("event_id").toString()))
				read.add(decision);
		}
	}

	/** The hub's answer to an event of this hospital. */
	GenericRecord answerTo(GenericRecord event) throws IOException {
		return decision(decision -> {
			var answers = (GenericRecord)decision.get("answers");
			return answers != null && same(answers.get("source_org_id"), orgId) &&
			        same(answers.get("event_id"), event.get("event_id"));
		});
	}

	/** Strings of Avro are not Java's own. */
	static boolean same(Object one, Object other) {
		return one != null && other != null && one.toString().equals(other.toString());
	}

	@Override
	public void close() {
		consumer.close();
		producer.close();
	}
}
