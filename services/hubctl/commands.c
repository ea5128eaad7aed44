#include "hubctl/commands.h"

#include "records/catalogue.h"

const struct hubctl_option hubctl_globals[] = {
	{ "json", NULL, "Answer in JSON." },
	{ "kafka", "HOST:PORT", "The broker (kafka.bootstrap.servers)." },
	{ "redis", "HOST:PORT", "The hot state." },
	{ "prefix", "TEXT", "Before every topic's name." },
	{ "daemons", "NAME=HOST:PORT,...", "Admin addresses, for status." },
	{ "timeout", "MS", "For one answer of a broker, Redis or a daemon; default 10000." },
	{ "config", "FILE", "Settings; see hubctl help configuration." },
	{ "help", NULL, "This page." },
	{ 0 },
};

static const struct hubctl_option topics_create_options[] = {
	{ "partitions", "N",
	        "Instead of the catalogue's number, for topics that may have several. It can never be "
	        "changed: keys would move." },
	{ "replicas", "N", "Copies of each partition; default: the broker's default.replication.factor." },
	{ 0 },
};

static const struct hubctl_option topics_check_options[] = {
	{ "partitions", "N", "The number that was given to topics create." },
	{ 0 },
};

static const struct hubctl_option registry_check_options[] = {
	{ "offline", NULL, "Without a broker: the files alone, as if the registry were empty." },
	{ 0 },
};

static const struct hubctl_option registry_show_options[] = {
	{ "at", "DATE", "What holds on that day; default: today." },
	{ "all", NULL, "Versions of every day." },
	{ "version", "N", "As it was by registry version N (decisions carry it)." },
	{ 0 },
};

static const struct hubctl_option send_options[] = {
	{ "dry-run", NULL, "Only check." },
	{ 0 },
};

static const struct hubctl_option tail_options[] = {
	{ "from", "TIME",
	        "Everything written since then: beginning, 2026-02-09T08:30, 2026-02-09, today, yesterday, "
	        "-2h, -30m, -3d." },
	{ "last", "N", "The N newest, in order of time; default 20, when no --from is given." },
	{ "live", NULL, "Only what comes from now on, until Ctrl-C." },
	{ "follow", NULL, "Go on after the end, until Ctrl-C." },
	{ "at", "PARTITION:OFFSET",
	        "The record there; with --limit N or --follow what comes behind it too." },
	{ "partition", "N", "Only this partition." },
	{ "record", "NAME", "Only records of this type." },
	{ "key", "KEY", "Only records with this key (a county, for events and decisions)." },
	{ "limit", "N", "Stop after N records." },
	{ "show-personal", NULL,
	        "Also free text and pseudonyms. Who may see them is a matter of the broker's ACLs." },
	{ 0 },
};

static const struct hubctl_option dlq_list_options[] = {
	{ "daemon", "NAME", "Whose dead letters; default: referral-router." },
	{ "reason", "REASON",
	        "Only these: UNDECODABLE, UNKNOWN_SCHEMA, RULE, WRONG_KEY, WRONG_PARTITION, TOO_LARGE, "
	        "CRASHED." },
	{ "last", "N", "At most the N newest; default 50." },
	{ 0 },
};

static const struct hubctl_option dlq_show_options[] = {
	{ "daemon", "NAME", "Whose dead letters; default: referral-router." },
	{ "show-personal", NULL, "Also free text and pseudonyms." },
	{ "raw", NULL, "The bytes in hexadecimal (they may hold personal data)." },
	{ 0 },
};

static const struct hubctl_option slots_options[] = {
	{ "all", NULL, "Also sessions that are over or cancelled." },
	{ "waiting", "N", "At most N of each waiting list; default 10." },
	{ 0 },
};

static const struct hubctl_option explain_options[] = {
	{ "county", "ID", "The county that owns it: only its partition is read." },
	{ "show-personal", NULL, "Also free text and pseudonyms." },
	{ 0 },
};

static const struct hubctl_option audit_options[] = {
	{ "limit", "N", "Name at most N of the records in doubt; default 100." },
	{ 0 },
};

static const struct hubctl_option repair_options[] = {
	{ "yes", NULL, "Do it; without it, only what would be done is shown." },
	{ 0 },
};

static const struct hubctl_option whatif_options[] = {
	{ "registry", "FILE",
	        "Reference data that is laid over the recorded, in the format of registry load." },
	{ "from", "TIME", "From when on it decides, and what is counted; default: the beginning." },
	{ "to", "TIME", "The end; default: the last decision." },
	{ "county", "ID", "Only this county." },
	{ "answers-as-recorded", NULL,
	        "A hospital's answer stays its own, also when another one is asked (and is then refused)." },
	{ "csv", NULL, "The counts as CSV; durations in milliseconds." },
	{ 0 },
};

const struct hubctl_command hubctl_commands[] = {
	{
	        .name = "topics create",
	        .summary = "Create the topics that are missing.",
	        .about =
	                "The catalogue is schemas/topics.json. A topic that is there with another number of\n"
	                "partitions or other settings is reported, never changed.",
	        .examples = "hubctl topics create\nhubctl topics create --partitions 64 --replicas 3",
	        .options = topics_create_options,
	        .run = hubctl_topics_create,
	},
	{
	        .name = "topics check",
	        .summary = "Compare the topics with the catalogue.",
	        .about = "Exit code 1 when one is missing or differs.",
	        .examples = "hubctl topics check --json",
	        .options = topics_check_options,
	        .run = hubctl_topics_check,
	},
	{
	        .name = "registry load",
	        .operands = "FILE...",
	        .operands_min = 1,
	        .operands_max = UINT8_MAX,
	        .summary = "Check files of reference data and load what changed.",
	        .about =
	                "A file is one JSON object: record types, each with an array of its records.\n"
	                "\n"
	                "  {\n"
	                "    \"//\": \"a comment\",\n"
	                "    \"defaults\": {\"valid_from\": \"2026-01-01\"},\n"
	                "    \"Consortium\": [{\"consortium_id\": \"yy-1\", \"name\": \"...\", ...}, ...],\n"
	                "    \"Organisation\": [{\"org_id\": \"330281-H1\", ...}, ...]\n"
	                "  }\n"
	                "\n"
	                "All files are checked before anything is written: types and limits, dates,\n"
	                "references between records. What changed is written in one transaction; its end is\n"
	                "the new registry version. Nothing is deleted: a record ends by its valid_to, or\n"
	                "when a version with a later valid_from takes over.",
	        .examples = "hubctl registry check county.json && hubctl registry load county.json\n"
	                    "hubctl registry show Organisation --json > orgs.json   # edit, then load",
	        .records = &hub_registry_schemas,
	        .run = hubctl_registry_load,
	},
	{
	        .name = "registry check",
	        .operands = "FILE...",
	        .operands_min = 1,
	        .operands_max = UINT8_MAX,
	        .summary = "Check files as load does; load nothing.",
	        .about = "Says what a load would change. Exit code 3 when something is wrong.",
	        .examples = "hubctl registry check --offline county.json",
	        .options = registry_check_options,
	        .run = hubctl_registry_check,
	},
	{
	        .name = "registry show",
	        .operands = "[RECORD [ID]]",
	        .operands_max = 2,
	        .summary = "What the registry holds.",
	        .about = "Without RECORD: how many of each type. With an ID, and with --json, in the\n"
	                 "format of registry load.",
	        .examples = "hubctl registry show\nhubctl registry show Organisation --at 2026-02-09\n"
	                    "hubctl registry show Organisation 330281-H1 --version 57",
	        .options = registry_show_options,
	        .run = hubctl_registry_show,
	},
	{
	        .name = "send",
	        .operands = "[FILE|-]",
	        .operands_max = 1,
	        .summary = "Events from JSON lines to Kafka.",
	        .about = "A line is one event: its record's name and its fields, those of the head among\n"
	                 "them (schemas/referral/).\n"
	                 "\n"
	                 "  {\"record\": \"ReferralAccepted\", \"event_id\": \"e7\",\n"
	                 "   \"occurred_at\": \"2026-02-09T08:30:00+08:00\", \"county_id\": \"330281\",\n"
	                 "   \"consortium_id\": \"yy-1\", \"source_org_id\": \"330281-H1\",\n"
	                 "   \"referral_id\": \"330281-T01-r1\", \"org_id\": \"330281-H1\"}\n"
	                 "\n"
	                 "(here in four lines). Kafka gets Avro single-object bytes, key county_id,\n"
	                 "CloudEvents headers, acks=all. A file is checked whole before its first line is\n"
	                 "sent. From standard input each right line is sent as it comes, a wrong one is\n"
	                 "told and left out. Exit code 3 when a line was wrong.",
	        .examples = "hubctl send --dry-run events.jsonl\nhubctl send events.jsonl",
	        .options = send_options,
	        .records = &hub_referral_event_schemas,
	        .run = hubctl_send,
	},
	{
	        .name = "tail",
	        .operands = "TOPIC",
	        .operands_min = 1,
	        .operands_max = 1,
	        .summary = "Records of a topic, one line each.",
	        .about = "Reads read_committed. A line: when, PARTITION:OFFSET, key, record, fields. Free\n"
	                 "text and pseudonyms are left out (\"…\" in JSON). Any topic of the catalogue:\n"
	                 "registry, referral.events, referral.decisions, referral-router.state,\n"
	                 "referral-router.dead-letters, ...",
	        .examples = "hubctl tail referral.decisions\nhubctl tail referral.events --from -2h --record "
	                    "ReferralRejected\n"
	                    "hubctl tail referral.decisions --live --json | jq .value.referral_id",
	        .options = tail_options,
	        .run = hubctl_tail,
	},
	{
	        .name = "explain",
	        .operands = "REFERRAL",
	        .operands_min = 1,
	        .operands_max = 1,
	        .summary = "The whole story of a referral.",
	        .about = "Its events and decisions in order, for each placing the candidates and why each\n"
	                 "was not taken (by the registry version of that moment), what may happen next\n"
	                 "and by whom (REF-18), its open deadlines.",
	        .examples = "hubctl explain 330281-T01-r1\nhubctl explain 330281-T01-r1 --county 330281",
	        .options = explain_options,
	        .run = hubctl_explain,
	},
	{
	        .name = "slots",
	        .operands = "ORG",
	        .operands_min = 1,
	        .operands_max = 1,
	        .summary = "A hospital's sessions, slots and waiting lists.",
	        .about = "From the router's state topic, which is the truth; Redis follows it.",
	        .examples = "hubctl slots 330281-H1\nhubctl slots 330281-H1 --all --json",
	        .options = slots_options,
	        .run = hubctl_slots,
	},
	{
	        .name = "status",
	        .summary = "Daemons, lag, Redis, dead letters.",
	        .about = "Asks each daemon's admin address (daemons), the broker and Redis. Exit code 1\n"
	                 "when a daemon is not ready, a partition has no live fence, or there are dead\n"
	                 "letters.",
	        .examples = "hubctl "
	                    "status\nHUBCTL_DAEMONS=referral-router=10.0.0.7:9100,referral-router=10.0.0.8:"
	                    "9100 \\\n"
	                    "  hubctl status --json",
	        .run = hubctl_status,
	},
	{
	        .name = "audit",
	        .summary = "Whether each input was decided once and whole.",
	        .about =
	                "From the topics alone, read from the beginning: every input below the committed\n"
	                "offset has one whole set of decisions or one dead letter, in order; no timer fired\n"
	                "twice; a referral ended once (I-5); slots add up (I-4); state and committed "
	                "offsets\n"
	                "agree. Names the records in doubt. The hub may run meanwhile. Exit code 1 when\n"
	                "anything is in doubt.\n"
	                "\n"
	                "Where retention has taken the oldest decisions, inputs before the first that is\n"
	                "left are not judged. Memory: half a byte an input and some 20 bytes an ended\n"
	                "referral.",
	        .examples = "hubctl audit\nhubctl audit --json --limit 100000 | jq '.in_doubt[]'",
	        .options = audit_options,
	        .run = hubctl_audit,
	},
	{
	        .name = "whatif",
	        .summary = "The recorded events with another policy, beside what happened.",
	        .about =
	                "The router's own rules decide the recorded events once more: up to --from as they\n"
	                "were decided, from then on with the records of --registry laid over the registry "
	                "of\n"
	                "each moment (a record stands over the one with the same id and valid_from). Events\n"
	                "keep their recorded time; timers fire when they are due. The answer of the "
	                "hospital\n"
	                "that was asked becomes the answer of the one that is asked now.\n"
	                "\n"
	                "Without --registry every recorded decision must come out again byte for byte, with\n"
	                "the clock and the registry version that it names. Exit code 1 when one does not.\n"
	                "\n"
	                "The topics must be whole: where retention has taken the beginning of\n"
	                "referral.events, the state cannot be made again.",
	        .examples = "hubctl whatif\n"
	                    "hubctl whatif --registry more-slots.json --from 2026-01-01 --to 2027-01-01\n"
	                    "hubctl whatif --registry quota.json --county 330281 --csv > quota.csv",
	        .options = whatif_options,
	        .run = hubctl_whatif,
	},
	{
	        .name = "repair",
	        .summary = "Set committed offsets that disagree with the state.",
	        .about = "A daemon stops a partition whose committed offsets are not those of its state "
	                 "(someone\n"
	                 "set them, or restored a backup of one and not of the other). The position in the\n"
	                 "state topic says which inputs the state has seen; the offsets are set from it.\n"
	                 "Shown first; --yes does it, once every copy of the daemon has ended: the broker\n"
	                 "takes offsets from outside only for a group without members. Exit code 1 when "
	                 "there\n"
	                 "is something to repair, 3 when members were in the way.",
	        .examples = "hubctl repair\nhubctl repair --yes",
	        .options = repair_options,
	        .run = hubctl_repair,
	},
	{
	        .name = "dlq list",
	        .summary = "Inputs that could not be decided.",
	        .about = "Exit code 1 when there are any.",
	        .examples = "hubctl dlq list --reason WRONG_KEY",
	        .options = dlq_list_options,
	        .run = hubctl_dlq_list,
	},
	{
	        .name = "dlq show",
	        .operands = "PARTITION:OFFSET",
	        .operands_min = 1,
	        .operands_max = 1,
	        .summary = "One dead letter, whole.",
	        .examples = "hubctl dlq show 3:42\nhubctl dlq show 3:42 --raw",
	        .options = dlq_show_options,
	        .run = hubctl_dlq_show,
	},
	{
	        .name = "version",
	        .summary = "Versions of hubctl and its libraries.",
	        .run = hubctl_version,
	},
	{
	        .name = "help",
	        .operands = "[COMMAND|exit-codes|configuration]",
	        .operands_max = 2,
	        .summary = "This list, the page of a command, the exit codes.",
	        .run = hubctl_help,
	},
	{ 0 },
};
