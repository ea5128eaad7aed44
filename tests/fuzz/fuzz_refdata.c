/* A file of reference data that somebody gives to `hubctl registry load`: it is read, checked as a whole, and each
 * problem is given its line. */
#include "take.h"

#include "base/check.h"
#include "hubctl/refdata.h"

enum { ARENA_BYTES = 256 * 1024 * 1024, FILE_MAX_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > FILE_MAX_BYTES)
		return 0;
	struct hub_arena *arena = hub_arena_new(ARENA_BYTES);
	struct hubctl_refdata *refdata = hubctl_refdata_new(arena);
	struct hubctl_problems problems = { .arena = arena };
	struct hub_str text = { (const char *)data, (uint32_t)size };
	hub_check(refdata);
	hubctl_refdata_read(refdata, "f.json", text, &problems);
	hubctl_refdata_check(refdata, &problems);
	for (uint32_t i = 0; i < hubctl_problems_kept(&problems); i++)
		hub_check(problems.items[i].file && problems.items[i].text.len);
	hubctl_refdata_free(refdata);
	hub_arena_free(arena);
	return 0;
}
