package hospital;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;

/** Avro single-object encoding: C3 01, the fingerprint of the writer's schema, the body. */
final class HubSchemas {
	private final Map<String, Schema> mine = new HashMap<>(); // by record
	private final Map<Long, BinaryMessageDecoder<GenericRecord>> decoders =
	        new HashMap<>(); // by fingerprint

	/** Every version in the folder can be read; version (newest or oldest) is what this program knows. */
	HubSchemas(Path folder, String version) throws IOException {
		try (var records = Files.list(folder)) {
			for (Path record : (Iterable<Path>)records::iterator)
				add(record, version.equals("oldest"));
		}
	}

	private void add(Path record, boolean oldest) throws IOException {
		List<Schema> versions;
		try (var files = Files.list(record)) {
			versions = files.sorted(Comparator.comparingInt(HubSchemas::number))
			                   .map(HubSchemas::parse)
			                   .toList();
		}
		Schema known = versions.get(oldest ? 0 : versions.size() - 1);
		mine.put(known.getName(), known);
		for (Schema written : versions) {
			var decoder = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), known);
			decoder.addSchema(written);
			decoders.put(SchemaNormalization.parsingFingerprint64(written), decoder);
		}
	}

	private static int number(Path file) {
		return Integer.parseInt(file.getFileName().toString().replace(".avsc", ""));
	}

	private static Schema parse(Path file) {
		try {
			return new Schema.Parser().parse(file.toFile());
		} catch (IOException e) {
			throw new UncheckedIOException(e);
		}
	}

	/** The version of a record that this program knows. */
	Schema schema(String name) {
		return mine.get(name);
	}

	byte[] encode(GenericRecord record) throws IOException {
		ByteBuffer bytes =
		        new BinaryMessageEncoder<GenericRecord>(GenericData.get(), record.getSchema())
		                .encode(record);
		byte[] value = new byte[bytes.remaining()];
		bytes.get(value);
		return value;
	}

	/** The record as this program knows it; an exception for a version that the folder lacks. */
	GenericRecord decode(byte[] value) throws IOException {
		long fingerprint = Long.reverseBytes(ByteBuffer.wrap(value).getLong(2));
		BinaryMessageDecoder<GenericRecord> decoder = decoders.get(fingerprint);
		if (value[0] != (byte)0xC3 || value[1] != 0x01 || decoder == null)
			throw new IOException("no schema with fingerprint " + Long.toHexString(fingerprint));
		return decoder.decode(value);
	}
}
