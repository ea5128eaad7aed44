#include "hubctl/commands.h"

#include "records/catalogue.h"

const struct hubctl_option hubctl_globals[] = {
	{ "json", NULL, "Answer in JSON." },
	{ "kafka", "HOST:PORT", "The broker (kafka.bootstrap.servers)." },
	{ "redis", "HOST:PORT", "The hot state." },
	{ "prefix", "TEXT", "Before every topic's name." },
	{ "daemons", "NAME=HOST:PORT,...", "Admin addresses, for status and doctor." },
	{ "timeout", "MS", "For one answer of a broker, Redis or a daemon; default 10000." },
	{ "config", "FILE", "Settings; see hubctl help configuration." },
	{ "help", NULL, "This page." },
	{ 0 },
};

/* Options of several commands. */
#define OPTION_COUNTY                                                                                        \
	{                                                                                                    \
		"county", "ID", "The county that owns it: only its partition is read."                       \
	}
#define OPTION_PERSONAL                                                                                      \
	{                                                                                                    \
		"show-personal", NULL,                                                                       \
		        "Also free text and pseudonyms. Who may see them is a matter of the broker's ACLs."  \
	}
#define OPTION_DAEMON                                                                                        \
	{                                                                                                    \
		"daemon", "NAME", "Whose dead letters; default: referral-router."                            \
	}
#define OPTION_YES                                                                                           \
	{                                                                                                    \
		"yes", NULL, "Do it; without it, only what would be done is shown."                          \
	}
#define OPTION_DRY_RUN                                                                                       \
	{                                                                                                    \
		"dry-run", NULL, "Only check."                                                               \
	}
#define OPTION_EVENT_ID                                                                                      \
	{                                                                                                    \
		"event-id", "ID",                                                                            \
		        "Of the event; a new one each time by default. The same again has no second effect." \
	}

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

static const struct hubctl_option topics_advance_options[] = {
	{ "records", "N",
	        "By how many offsets; more than any partition can have got since the back-up. Default: "
	        "100000." },
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

static const struct hubctl_option dry_run_options[] = {
	OPTION_DRY_RUN,
	{ 0 },
};

static const struct hubctl_option tail_options[] = {
	{ "from", "TIME",
	        "Everything written since then: beginning, 2026-02-09T08:30, 2026-02-09, today, yesterday, "
	        "-2h, -30m, -3d." },
	{ "last", "N",
	        "The N newest, in order of time; default 20, when no --from is given. Of those that "
	        "--record, --key or --trace name, however far back they lie." },
	{ "live", NULL, "Only what comes from now on, until Ctrl-C." },
	{ "follow", NULL, "Go on after the end, until Ctrl-C." },
	{ "at", "PARTITION:OFFSET",
	        "The record there; with --limit N or --follow what comes behind it too." },
	{ "partition", "N", "Only this partition." },
	{ "record", "NAME", "Only records of this type." },
	{ "key", "KEY", "Only records with this key (a county, for events and decisions)." },
	{ "trace", "ID",
	        "Only records of this trace (32 hexadecimal digits: trace_id of a log line or a problem)." },
	{ "limit", "N", "Stop after N records; alone: the N newest." },
	OPTION_PERSONAL,
	{ 0 },
};

static const struct hubctl_option dlq_list_options[] = {
	OPTION_DAEMON,
	{ "reason", "REASON",
	        "Only these: UNDECODABLE, UNKNOWN_SCHEMA, RULE, WRONG_KEY, WRONG_PARTITION, TOO_LARGE, "
	        "CRASHED." },
	{ "last", "N", "At most the N newest; default 50." },
	{ 0 },
};

static const struct hubctl_option dlq_show_options[] = {
	OPTION_DAEMON,
	OPTION_PERSONAL,
	{ "raw", NULL, "The bytes in hexadecimal (they may hold personal data)." },
	{ 0 },
};

static const struct hubctl_option dlq_replay_options[] = {
	OPTION_DAEMON,
	OPTION_YES,
	{ "force", NULL, "Also CRASHED and TOO_LARGE, once the program has been mended." },
	{ 0 },
};

static const struct hubctl_option slots_options[] = {
	{ "all", NULL, "Also sessions that are over or cancelled." },
	{ "waiting", "N", "At most N of each waiting list; default 10." },
	{ 0 },
};

static const struct hubctl_option explain_options[] = {
	OPTION_COUNTY,
	{ "traces", NULL, "Under each record the id of its trace." },
	OPTION_PERSONAL,
	{ 0 },
};

static const struct hubctl_option identity_keygen_options[] = {
	{ "pseudonym", NULL, "A province's key of pseudonyms instead of a receiver's pair." },
	{ "generation", "N", "Of a key of pseudonyms: its number, from 1; default 1." },
	{ 0 },
};

static const struct hubctl_option identity_seal_options[] = {
	{ "to", "FILE", "The receiver's public key." },
	{ 0 },
};

static const struct hubctl_option identity_key_options[] = {
	{ "key", "FILE", "The secret key; a file that only its owner may read." },
	{ 0 },
};

static const struct hubctl_option doctor_options[] = {
	{ "data", "DIR,...", "Directories on this machine whose disk must not be full: Kafka's, Redis'." },
	{ "certificates", "DIR", "Also look at the *.crt there and below (deploy/secrets)." },
	{ "partitions", "N", "The number that was given to topics create; default: what most topics have." },
	{ 0 },
};

static const struct hubctl_option audit_options[] = {
	{ "limit", "N", "Name at most N of the records in doubt; default 100." },
	{ 0 },
};

static const struct hubctl_option repair_options[] = {
	OPTION_YES,
	{ 0 },
};

static const struct hubctl_option missing_options[] = {
	{ "limit", "N", "Name at most N of them; default 100." },
	{ 0 },
};

static const struct hubctl_option size_options[] = {
	{ "population", "N", "Residents of the county, city or province." },
	{ "referrals", "N",
	        "Referrals of 10,000 residents on a working day; default: as in the sample county." },
	{ "retention-days", "N", "That events and decisions are kept; default: as in the catalogue, 90." },
	{ "copies", "N", "Of each partition, 1 or 3 (servers): 3 survive the loss of one." },
	{ 0 },
};

static const struct hubctl_option county_options[] = {
	OPTION_COUNTY,
	{ 0 },
};

static const struct hubctl_option worklist_options[] = {
	OPTION_COUNTY,
	{ "limit", "N", "At most N of them; default 200." },
	{ 0 },
};

static const struct hubctl_option say_options[] = {
	OPTION_EVENT_ID,
	OPTION_COUNTY,
	OPTION_PERSONAL,
	{ 0 },
};

static const struct hubctl_option reject_options[] = {
	{ "reason-code", "CODE",
	        "NO_CAPACITY, NOT_INDICATED, WRONG_SPECIALTY, INCOMPLETE, EQUIPMENT_DOWN, OTHER." },
	{ "reason", "TEXT", "For a person to read." },
	OPTION_EVENT_ID,
	OPTION_COUNTY,
	OPTION_PERSONAL,
	{ 0 },
};

static const char says_about[] =
        "The event that the organisation's own system would send, with an id of its own and the\n"
        "county and consortium of the referral. Then the hub's answer is waited for (--timeout)\n"
        "and shown: in words, with --json whole. Exit code 0 when it was taken, 3 when it was refused or "
        "became\n"
        "a dead letter, 5 when no answer came. hubctl checks nothing that the hub checks.";

static const struct hubctl_option export_options[] = {
	{ "from", "TIME",
	        "Only records with this time or a later one; default: the beginning. A record's time is what "
	        "the clock of the program that sent it said." },
	{ "to", "TIME", "Only records with an earlier time; default: to the end." },
	{ "since", "FILE",
	        "All records behind those of the last export with this FILE, whatever their times are; FILE "
	        "is then written anew. When there is none yet, it begins with the first record of each "
	        "partition that --from finds." },
	{ "record", "NAME", "Only records of this type; FILE.avro is then its file." },
	{ "key", "KEY", "Only records with this key (a county, for events and decisions)." },
	OPTION_PERSONAL,
	{ 0 },
};

static const struct hubctl_option import_options[] = {
	OPTION_DRY_RUN,
	{ "as-saved", NULL,
	        "What was saved from the topic: records that the hub does not take are sent all the same "
	        "and named, and become dead letters, as they did before." },
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
/* In the order of hubctl help. */
/* clang-format off */
#include "hubctl/commands_topics.def"
#include "hubctl/commands_desk.def"
#include "hubctl/commands_operators.def"
#include "hubctl/commands_analysts.def"
#include "hubctl/commands_identity.def"
	/* clang-format on */
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
