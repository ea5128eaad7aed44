package hub.bench.avro;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads Avro's binary encoding straight from an array, field after field, as the schema has them. */
public final class AvroReader {
	private final byte[] bytes;
	private int at;

	public AvroReader(byte[] bytes, int at) {
		this.bytes = bytes;
		this.at = at;
	}

	public long readLong() {
		long raw = 0;
		int shift = 0;
		byte next;
		do {
			next = bytes[at++];
			raw |= (long)(next & 0x7f) << shift;
			shift += 7;
		} while (next < 0);
		return raw >>> 1 ^ -(raw & 1);
	}

	public int readInt() {
		return (int)readLong();
	}

	public boolean readBoolean() {
		return bytes[at++] != 0;
	}

	public String readString() {
		int length = readInt();
		String text = new String(bytes, at, length, StandardCharsets.UTF_8);
		at += length;
		return text;
	}

	public byte[] readBytes() {
		int length = readInt();
		byte[] copy = java.util.Arrays.copyOfRange(bytes, at, at + length);
		at += length;
		return copy;
	}

	/** An enum by its symbols' order. */
	public <E extends Enum<E>> E readEnum(E[] symbols) {
		return symbols[readInt()];
	}

	/** A union of null and something: null for the former. */
	public <T> T readNullable(Function<AvroReader, T> read) {
		return readLong() == 0 ? null : read.apply(this);
	}

	public <T> List<T> readList(Function<AvroReader, T> read) {
		long count = readLong();
		if (count == 0)
			return List.of();
		List<T> list = new ArrayList<>();
		for (; count != 0; count = readLong()) {
			if (count < 0) {
				count = -count;
				readLong(); /* the block's size in bytes */
			}
			for (long i = 0; i < count; i++)
				list.add(read.apply(this));
		}
		return list;
	}
}
