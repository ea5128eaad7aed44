/* Port to what outlives a crash: memory that the next process finds as this one left it. Types only. common/daemon maps a
 * small file; a simulator keeps the memory. The worker writes down what it is about to decide, with plain stores;
 * whoever watches over the process marks the signal by which the worker killed it. Nothing here is as strong as a
 * disk: it has to survive a process, not a machine. */
#ifndef HUB_PORT_CRASH_PORT_H
#define HUB_PORT_CRASH_PORT_H

#include <signal.h>
#include <stdint.h>

/* Of a list; what does not fit is not noted. A partition takes one for each input, and one for its timers. */
enum { HUB_CRASH_ENTRIES_MAX = 1000 };

/* Of this layout: a file of another one is begun anew. */
#define HUB_CRASH_LAYOUT UINT64_C(0x3130687361726368) /* "hcrash01" */

enum hub_crash_kind { HUB_CRASH_INPUTS, HUB_CRASH_TIMERS };

/* Inputs of one topic and partition by offset, or timers of one partition by due time in ms. */
struct hub_crash_entry {
	int32_t kind; /* enum hub_crash_kind */
	int32_t partition;
	uint64_t topic;   /* hub_hash of its full name; 0 for timers */
	int64_t from, to; /* to: the first that is not meant */
	uint64_t
	        print; /* 0: all of the range. Else it is one thing, and a hash that tells it from another at the
	                     same place (the topic may have been made anew) */
};

struct hub_crash_list {
	uint32_t count;
	struct hub_crash_entry entries[HUB_CRASH_ENTRIES_MAX];
};

struct hub_crash_file {
	uint64_t layout;
	volatile sig_atomic_t signal; /* by which the worker's thread ended the process; 0: it did not */
	struct hub_crash_list noted;  /* is being decided */
	struct hub_crash_list
	        suspects; /* was being decided when an earlier process crashed, and is not passed yet */
};

#endif
