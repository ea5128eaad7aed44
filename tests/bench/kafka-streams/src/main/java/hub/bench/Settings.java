package hub.bench;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The command line: --name value ... */
final class Settings {
	private static final int CACHE_BYTES = 100 * 1024 * 1024;
	private static final int BATCH_BYTES = 256 * 1024;

	private final Map<String, String> values = new HashMap<>();

	Settings(String[] args) {
		for (int i = 0; i + 1 < args.length; i += 2)
			values.put(args[i].replaceFirst("^--", ""), args[i + 1]);
	}

	String get(String name) {
		String value = values.get(name);
		if (value == null)
			throw new IllegalArgumentException("--" + name + " is missing");
		return value;
	}

	Path path(String name) {
		return Path.of(get(name));
	}

	boolean isTuned() {
		return "yes".equals(values.get("tuned"));
	}

	boolean isWallClock() {
		return "wall".equals(values.get("clock"));
	}

	Properties properties() {
		Properties properties = new Properties();
		properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, get("brokers"));
		properties.put(StreamsConfig.APPLICATION_ID_CONFIG, get("application"));
		properties.put(StreamsConfig.STATE_DIR_CONFIG, get("state"));
		properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
		properties.put(
		        StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
		if (values.containsKey("commit-ms"))
			properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, values.get("commit-ms"));
		if (isTuned())
			tune(properties);
		return properties;
	}

	private static void tune(Properties properties) {
		properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
		properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
		properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
		properties.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 20);
		properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
	}
}
