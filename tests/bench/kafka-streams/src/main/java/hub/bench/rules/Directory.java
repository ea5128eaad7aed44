package hub.bench.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The organisations: where they are, to which consortium they belong, which hospital leads it. */
public final class Directory {
	private record Organisation(String countyId, String consortiumId) {}

	private final Map<String, Organisation> organisations = new HashMap<>();
	private final Map<String, String> leads = new HashMap<>();

	/** One organisation a line, tabs between: id, county, consortium, "lead" or "member". */
	public static Directory load(Path file) throws IOException {
		Directory directory = new Directory();
		for (String line : Files.readAllLines(file)) {
			String[] parts = line.split("\t");
			directory.organisations.put(
			        parts[0], new Organisation(parts[1].intern(), parts[2].intern()));
			if (parts[3].equals("lead"))
				directory.leads.put(parts[2], parts[0].intern());
		}
		return directory;
	}

	public boolean isIn(String orgId, String countyId) {
		Organisation organisation = organisations.get(orgId);
		return organisation != null && organisation.countyId.equals(countyId);
	}

	public boolean isMember(String orgId, String consortiumId) {
		Organisation organisation = organisations.get(orgId);
		return organisation != null && organisation.consortiumId.equals(consortiumId);
	}

	/** Null when there is none. */
	public String leadOf(String consortiumId) {
		return leads.get(consortiumId);
	}

	/** In the benchmark's counties the lead hospital is the control centre, too. */
	public boolean isControl(String orgId, String countyId) {
		return leads.containsValue(orgId) && isIn(orgId, countyId);
	}
}
