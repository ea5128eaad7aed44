package hub.bench.avro;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** Appends Avro's binary encoding to an array that grows and is used again. */
public final class AvroWriter {
	private byte[] bytes = new byte[1024];
	private int length;

	public void reset() {
		length = 0;
	}

	public int length() {
		return length;
	}

	public byte[] toBytes() {
		return Arrays.copyOf(bytes, length);
	}

	public void writeRaw(byte[] from, int begin, int count) {
		makeRoom(count);
		System.arraycopy(from, begin, bytes, length, count);
		length += count;
	}

	/** Appends what another writer holds from begin to end. */
	public void writeSlice(AvroWriter other, int begin, int end) {
		writeRaw(other.bytes, begin, end - begin);
	}

	public void writeLong(long value) {
		makeRoom(10);
		long raw = value << 1 ^ value >> 63;
		for (; (raw & ~0x7fL) != 0; raw >>>= 7)
			bytes[length++] = (byte)(raw & 0x7f | 0x80);
		bytes[length++] = (byte)raw;
	}

	public void writeBoolean(boolean value) {
		makeRoom(1);
		bytes[length++] = (byte)(value ? 1 : 0);
	}

	/** Nearly all texts are ASCII: those go without a copy. */
	public void writeString(String text) {
		int count = text.length();
		int begin = length;
		writeLong(count);
		makeRoom(count);
		for (int i = 0; i < count; i++) {
			char c = text.charAt(i);
			if (c >= 0x80) {
				length = begin;
				writeBytes(text.getBytes(StandardCharsets.UTF_8));
				return;
			}
			bytes[length++] = (byte)c;
		}
	}

	public void writeBytes(byte[] value) {
		writeLong(value.length);
		writeRaw(value, 0, value.length);
	}

	public void writeEnum(Enum<?> value) {
		writeLong(value.ordinal());
	}

	/** A union of null and something. */
	public <T> void writeNullable(T value, BiConsumer<AvroWriter, T> write) {
		writeLong(value == null ? 0 : 1);
		if (value != null)
			write.accept(this, value);
	}

	public void writeNull() {
		writeLong(0);
	}

	public <T> void writeList(List<T> list, BiConsumer<AvroWriter, T> write) {
		if (!list.isEmpty()) {
			writeLong(list.size());
			for (T each : list)
				write.accept(this, each);
		}
		writeLong(0);
	}

	private void makeRoom(int count) {
		if (bytes.length - length < count)
			bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
	}
}
