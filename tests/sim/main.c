/* Runs seeds. Each batch of them runs in a process of its own, so that a failed assertion of the product is a finding
 * like any other; a failure is run again without one planned thing after the other until nothing can be left out. */
#include "world.h"

#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TEXT = 640, SHRINK_RUNS = 1500, CHILD_SEEDS = 500, QUIET_EVENTS = 25 };

/* Shared with the child. */
static struct result {
	uint64_t seed; /* the one that it works on, or failed with */
	uint64_t seeds;
	struct tally tally;
	bool failed;
	char text[TEXT];
} * result;

static struct plan plan;

void world_violated(const struct world *world, const char *text)
{
	result->failed = true;
	snprintf(result->text, sizeof(result->text), "%s", text);
	if (world->story)
		fprintf(world->story, "%12.6f  ! %s\n", (double)world->now_us / 1e6, text);
	fflush(NULL);
	_exit(1);
}

static void reap(pid_t child)
{
	int status;
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status)) {
		result->failed = true;
		snprintf(result->text, sizeof(result->text), "the process was ended by signal %d",
		        WTERMSIG(status));
	} else if (WEXITSTATUS(status) && !result->failed) {
		result->failed = true;
		snprintf(result->text, sizeof(result->text), "the process ended with exit code %d",
		        WEXITSTATUS(status));
	}
}

static pid_t begin_child(void)
{
	fflush(NULL);
	pid_t child = fork();
	if (child < 0) {
		perror("fork");
		exit(71);
	}
	return child;
}

/* From `from` on, at most `count`; ends at the first failure. */
static void run_seeds(uint64_t from, uint64_t count)
{
	result->failed = false;
	pid_t child = begin_child();
	if (child == 0) {
		for (uint64_t seed = from; seed < from + count; seed++) {
			result->seed = seed;
			plan_make(&plan, seed);
			world_run(&plan, NULL, &result->tally);
			result->seeds++;
		}
		exit(0);
	}
	reap(child);
}

/* Letters only: numbers and names differ from run to run. */
static bool same_failure(const char *a, const char *b)
{
	for (int n = 0; n < 24; n++, a++, b++) {
		while (*a && !isalpha((unsigned char)*a))
			a++;
		while (*b && !isalpha((unsigned char)*b))
			b++;
		if (*a != *b)
			return false;
		if (!*a)
			break;
	}
	return true;
}

/* The plan as it is now. */
static bool fails(FILE *story, bool quiet)
{
	result->failed = false;
	pid_t child = begin_child();
	if (child == 0) {
		if (quiet && !freopen("/dev/null", "w", stderr))
			_exit(71);
		world_run(&plan, story, &result->tally);
		fflush(NULL);
		exit(0);
	}
	reap(child);
	return result->failed;
}

/* ---- shrinking */

static uint32_t left(void)
{
	uint32_t count = 0;
	for (uint32_t i = 0; i < plan.count; i++)
		count += !plan.actions[i].off;
	return count;
}

/* Tries without each run of `width` things; what was not needed stays out. */
static bool leave_out(const char *text, uint32_t width, uint32_t *runs)
{
	bool any = false;
	for (uint32_t at = 0; at < plan.count && *runs < SHRINK_RUNS; at += width) {
		bool before[ACTIONS_MAX];
		uint32_t end = at + width < plan.count ? at + width : plan.count, change = 0;
		for (uint32_t i = at; i < end; i++) {
			before[i] = plan.actions[i].off;
			change += !before[i];
			plan.actions[i].off = true;
		}
		if (!change)
			continue;
		++*runs;
		if (fails(NULL, true) && same_failure(result->text, text)) {
			any = true;
			continue;
		}
		for (uint32_t i = at; i < end; i++)
			plan.actions[i].off = before[i];
	}
	return any;
}

static void shrink(const char *text)
{
	uint32_t runs = 0, before = left();
	for (uint32_t width = plan.count / 2; width > 0; width /= 2)
		while (leave_out(text, width, &runs) && width == 1 && runs < SHRINK_RUNS) {
		}
	printf("shrunk from %u planned things to %u, in %u runs\n", before, left(), runs);
}

static void print_replay(uint64_t seed)
{
	const char *comma = "";
	printf("again: tests/sim/run --seed %llu --only ", (unsigned long long)seed);
	for (uint32_t i = 0; i < plan.count; i++)
		if (!plan.actions[i].off) {
			printf("%s%u", comma, i);
			comma = ",";
		}
	printf("%s\n", *comma ? "" : "none");
}

static void explain(uint64_t seed, bool quick)
{
	printf("seed %llu: %s\n", (unsigned long long)seed, result->text);
	if (quick)
		return;
	char text[TEXT];
	snprintf(text, sizeof(text), "%s", result->text);
	plan_make(&plan, seed);
	shrink(text);
	if (!fails(stdout, false))
		printf("it does not fail again\n");
	print_replay(seed);
}

/* ---- the command */

struct command {
	uint64_t seeds, from, one;
	bool has_one, quick, every_call;
	const char *only;
};

static void keep_only(const char *list)
{
	for (uint32_t i = 0; i < plan.count; i++)
		plan.actions[i].off = true;
	while (*list >= '0' && *list <= '9') {
		char *end;
		unsigned long i = strtoul(list, &end, 10);
		if (i < plan.count)
			plan.actions[i].off = false;
		list = *end == ',' ? end + 1 : end;
	}
}

static int run_one(const struct command *command)
{
	plan_make(&plan, command->one);
	if (command->only)
		keep_only(command->only);
	bool failed = fails(command->quick ? NULL : stdout, command->quick);
	if (failed)
		printf("seed %llu: %s\n", (unsigned long long)command->one, result->text);
	return failed ? 1 : 0;
}

/* One fault alone, at each port call that there is. */
static int at_every_call(uint64_t seed, enum act act)
{
	plan_make_quiet(&plan, seed, QUIET_EVENTS, ACT_LOOK, 0);
	result->tally = (struct tally){ 0 };
	bool failed = fails(NULL, true);
	uint32_t calls = (uint32_t)result->tally.steps, call = 0;
	for (; !failed && call < calls; call++) {
		plan_make_quiet(&plan, seed, QUIET_EVENTS, act, call);
		failed = fails(NULL, true);
	}
	if (failed) {
		printf("seed %llu, %s at call %u: %s\n", (unsigned long long)seed, plan_act_name(act), call,
		        result->text);
		fails(stdout, false);
		return 1;
	}
	printf("%s at each of %u port calls: nothing was violated\n", plan_act_name(act), call);
	return 0;
}

static double now(void)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double processor_seconds(void)
{
	struct rusage usage;
	getrusage(RUSAGE_CHILDREN, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int run_many(const struct command *command)
{
	double began = now();
	bool terminal = isatty(1);
	for (uint64_t done = 0; done < command->seeds; done += CHILD_SEEDS) {
		uint64_t count = command->seeds - done < CHILD_SEEDS ? command->seeds - done : CHILD_SEEDS;
		run_seeds(command->from + done, count);
		if (result->failed) {
			explain(result->seed, command->quick);
			return 1;
		}
		if (terminal)
			printf("\r%llu seeds, %.0f a second ", (unsigned long long)result->seeds,
			        (double)result->seeds / (now() - began));
		fflush(stdout);
	}
	double took = now() - began, busy = processor_seconds();
	const struct tally *tally = &result->tally;
	double each = result->seeds ? (double)result->seeds : 1;
	printf("%s%llu seeds from %llu: nothing was violated; %.1f seeds a second, %.1f a second of "
	       "processor time; a seed: "
	       "%.0f steps, %.0f commits, %.0f decisions, %.0f timers, %.0f dead letters, Redis compared "
	       "%.0f times\n",
	        terminal ? "\r" : "", (unsigned long long)result->seeds, (unsigned long long)command->from,
	        (double)result->seeds / took, (double)result->seeds / busy, (double)tally->steps / each,
	        (double)tally->commits / each, (double)tally->decisions / each, (double)tally->timers / each,
	        (double)tally->dead_letters / each, (double)tally->looks / each);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "seeds", required_argument, NULL, 'n' },
		{ "from", required_argument, NULL, 'f' }, { "seed", required_argument, NULL, 's' },
		{ "only", required_argument, NULL, 'o' }, { "quick", no_argument, NULL, 'q' },
		{ "every-call", no_argument, NULL, 'e' }, { NULL, 0, NULL, 0 } };
	struct command command = { .seeds = 100, .from = 1 };
	result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (result == MAP_FAILED) {
		perror("mmap");
		return 71;
	}
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (c == 'n')
			command.seeds = strtoull(optarg, NULL, 10);
		else if (c == 'f')
			command.from = strtoull(optarg, NULL, 10);
		else if (c == 's')
			command.one = strtoull(optarg, NULL, 10);
		else if (c == 'o')
			command.only = optarg;
		else if (c == 'q')
			command.quick = true;
		else if (c == 'e')
			command.every_call = true;
		else
			return 64;
		command.has_one |= c == 's';
	}
	if (command.every_call)
		return at_every_call(command.from, ACT_KILL) | at_every_call(command.from, ACT_PAUSE);
	return command.has_one ? run_one(&command) : run_many(&command);
}
