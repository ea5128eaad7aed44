package hospital;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A patient's pseudonym, as schemas/IDENTITY.md defines it. As a program: Pseudonym KEYFILE < documents.jsonl */
final class Pseudonym {
	private static final Set<String> KINDS =
	        Set.of("RESIDENT_ID", "PASSPORT", "HK_MACAO_PERMIT", "TAIWAN_PERMIT", "BIRTH_CERTIFICATE");
	private static final int[] WEIGHTS = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};

	private Pseudonym() {}

	private static char checkDigit(String number) {
		int sum = 0;
		for (int i = 0; i < WEIGHTS.length; i++)
			sum += (number.charAt(i) - '0') * WEIGHTS[i];
		return "10X98765432".charAt(sum % 11);
	}

	/** The one spelling of a document's number; IllegalArgumentException for what cannot be one. */
	static String normalise(String kind, String number) {
		var ascii = new StringBuilder();
		for (char c : number.toCharArray())
			ascii.append(c >= '\uff01' && c <= '\uff5e' ? (char)(c - 0xfee0) : c);
		String spelt = ascii.toString().replaceAll("[ \u3000-]", "");
		if (!KINDS.contains(kind) || !spelt.matches("[0-9A-Za-z]{5,32}"))
			throw new IllegalArgumentException("unknown kind, or not 5 to 32 letters and digits");
		spelt = spelt.toUpperCase(Locale.ROOT);
		return kind.equals("RESIDENT_ID") ? resident(spelt) : spelt;
	}

	private static String resident(String number) {
		String spelt = number;
		if (number.matches("[0-9]{15}")) {
			spelt = number.substring(0, 6) + "19" + number.substring(6);
			spelt += checkDigit(spelt);
		}
		if (!spelt.matches("[0-9]{17}[0-9X]") || checkDigit(spelt) != spelt.charAt(17))
			throw new IllegalArgumentException("not a number with a right check digit");
		return spelt;
	}

	static String of(byte[] key, int generation, String kind, String number)
	        throws GeneralSecurityException {
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(key, "HmacSHA256"));
		byte[] digest =
		        mac.doFinal((kind + ":" + normalise(kind, number)).getBytes(StandardCharsets.UTF_8));
		return generation + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
	}

	public static void main(String[] args) throws Exception {
		var json = new ObjectMapper();
		JsonNode file = json.readTree(new File(args[0]));
		byte[] key = Base64.getDecoder().decode(file.get("pseudonym_key").asText());
		var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = input.readLine(); line != null; line = input.readLine()) {
			JsonNode document = json.readTree(line);
			try {
				System.out.println(of(key, file.get("generation").asInt(),
				        document.get("id_kind").asText(),
				        document.get("id_number").asText()));
			} catch (IllegalArgumentException e) {
				System.out.println("refused");
			}
		}
	}
}
