/* A case file (tests/cases): any text is read, or refused with a line. A mistake in one ends a test; here it leads back
 * (exit is fuzz_leave in this target). */
#include "take.h"

#include "base/check.h"
#include "cases.h"
#include "records/urgency.h"

#include <setjmp.h>
#include <stdlib.h>

static jmp_buf back;

_Noreturn void fuzz_leave(int code);
_Noreturn void fuzz_leave(int code)
{
	longjmp(back, code);
}

static void run(void *user, const struct cases_row *row, struct hub_buf *answer)
{
	(void)user;
	(void)cases_yes(row, "yes");
	if (cases_get(row, "number").len)
		(void)cases_number(row, "number");
	if (cases_get(row, "from").len)
		(void)cases_instant(row, "from");
	if (cases_get(row, "day").len)
		(void)cases_day(row, "day");
	(void)cases_symbol(row, "urgency", &hub_urgency_enum, 0);
	hub_buf_str(answer, cases_get(row, "name"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct cases_verb verbs[] = { { "deadline", run }, { "candidates", run }, { "end", run },
		{ "answer", run }, { "told", run }, { "allowed", run }, { "repeat", run } };
	char *volatile text = calloc(1, size + 1);
	hub_check(text);
	if (size)
		memcpy(text, data, size);
	if (setjmp(back) == 0)
		(void)cases_run_text("f.cases", text, verbs, sizeof(verbs) / sizeof(verbs[0]), NULL);
	free(text);
	return 0;
}
