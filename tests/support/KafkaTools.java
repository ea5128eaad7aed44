// Kafka's own tools in one Java that stays: each start of it costs seconds, and a test runs them dozens of times.
// Arguments: the port on 127.0.0.1. A request is the arguments of a call, a NUL behind each, the tool's name first; the answer what
// the tool printed and its exit code as the last byte.

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.common.utils.Exit;

public class KafkaTools
{
	private static final Map<String, String> CLASSES = Map.of("kafka-acls.sh",
	        "org.apache.kafka.tools.AclCommand", "kafka-configs.sh", "kafka.admin.ConfigCommand");

	private static final class Ended extends Error
	{
		Ended(int code)
		{
			super("exit " + code);
		}
	}

	private static ByteArrayOutputStream said = new ByteArrayOutputStream();
	private static int code;

	private static int run(String[] words)
	{
		code = 0;
		try {
			Class.forName(CLASSES.get(words[0]))
			        .getMethod("main", String[].class)
			        .invoke(null, (Object)Arrays.copyOfRange(words, 1, words.length));
		} catch (ReflectiveOperationException error) {
			if (!(error.getCause() instanceof Ended)) {
				error.printStackTrace();
				code = 1;
			}
		}
		return code;
	}

	public static void main(String[] arguments) throws Exception
	{
		// One stream for good, since Scala keeps the first that it sees.
		PrintStream out = new PrintStream(new OutputStream() {
			@Override public void write(int each)
			{
				said.write(each);
			}
		}, true, "UTF-8");
		System.setOut(out);
		System.setErr(out);
		Exit.setExitProcedure((status, text) -> {
			code = code == 0 ? status : code;
			throw new Ended(status);
		});
		try (ServerSocket server = new ServerSocket(
		             Integer.parseInt(arguments[0]), 10, InetAddress.getByName("127.0.0.1"))) {
			while (true) {
				try (Socket client = server.accept()) {
					String words = new String(client.getInputStream().readAllBytes(),
					        StandardCharsets.UTF_8);
					said = new ByteArrayOutputStream();
					int status = run(words.split("\0"));
					out.flush();
					client.getOutputStream().write(said.toByteArray());
					client.getOutputStream().write(status);
				}
			}
		}
	}
}
