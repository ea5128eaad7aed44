package hub.bench;

import hub.bench.avro.Schemas;
import hub.bench.rules.Directory;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Referral routing as a Kafka Streams program: the peer of the benchmark (tests/bench/README.md). */
public final class Main {
	private static final Duration CLOSE = Duration.ofSeconds(20);

	private Main() {}

	public static void main(String[] args) throws IOException, InterruptedException {
		Settings settings = new Settings(args);
		KafkaStreams streams = new KafkaStreams(topology(settings), settings.properties());
		CountDownLatch ended = new CountDownLatch(1);
		streams.setUncaughtExceptionHandler(error -> {
			error.printStackTrace();
			ended.countDown();
			return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
		});
		/* It leaves the group, or the next one would wait for its session to end. */
		CloseOptions leave = CloseOptions.timeout(CLOSE).withGroupMembershipOperation(
		        GroupMembershipOperation.LEAVE_GROUP);
		Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(leave)));
		streams.start();
		ended.await();
		System.exit(1);
	}

	private static Topology topology(Settings settings) throws IOException {
		Schemas schemas = Schemas.load(settings.path("schemas"));
		Directory directory = Directory.load(settings.path("directory"));
		var bytes = Serdes.ByteArray();
		Topology topology = new Topology();
		topology.addSource(
		        "events", bytes.deserializer(), bytes.deserializer(), settings.get("events"));
		topology.addProcessor("rules",
		        () -> new RouterProcessor(schemas, directory, settings.isWallClock()), "events");
		topology.addStateStore(store(settings.isTuned()), "rules");
		topology.addSink("decisions", settings.get("decisions"), bytes.serializer(),
		        bytes.serializer(), "rules");
		return topology;
	}

	/** Persistent, with a changelog; a cache, as in Kafka Streams itself, only where it is asked for. */
	private static StoreBuilder<KeyValueStore<String, byte[]>> store(boolean cached) {
		var builder =
		        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(RouterProcessor.STORE),
		                Serdes.String(), Serdes.ByteArray());
		return cached ? builder.withCachingEnabled() : builder;
	}
}
