package hub.bench.avro;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The records of the contract by their fingerprints, for single-object framing: C3 01, fingerprint, body. */
public final class Schemas {
	public static final int FRAME = 10;
	private static final short MAGIC = (short)0xc301;

	private final Map<Long, String> names = new HashMap<>();
	private final Map<String, byte[]> frames = new HashMap<>();

	/** One schema a line: full name, tab, fingerprint in hexadecimal. */
	public static Schemas load(Path file) throws IOException {
		Schemas schemas = new Schemas();
		for (String line : Files.readAllLines(file)) {
			String[] parts = line.split("\t");
			schemas.add(parts[0], Long.parseUnsignedLong(parts[1], 16));
		}
		return schemas;
	}

	private void add(String fullName, long fingerprint) {
		ByteBuffer frame = ByteBuffer.allocate(FRAME).order(ByteOrder.BIG_ENDIAN).putShort(MAGIC);
		frame.order(ByteOrder.LITTLE_ENDIAN).putLong(fingerprint);
		names.put(fingerprint, fullName.intern());
		frames.put(fullName.intern(), frame.array());
	}

	/** The full name of what a frame holds. */
	public String nameOf(byte[] value) {
		ByteBuffer frame = ByteBuffer.wrap(value);
		String name = frame.getShort() == MAGIC
		        ? names.get(frame.order(ByteOrder.LITTLE_ENDIAN).getLong())
		        : null;
		if (name == null)
			throw new IllegalArgumentException("not a record of the contract");
		return name;
	}

	public void writeFrame(AvroWriter out, String fullName) {
		out.writeRaw(frames.get(fullName), 0, FRAME);
	}
}
