/* Scope-bound cleanup for shells and tests: `hub_cleanup(free_arena) struct hub_arena *a = ...;` where the
 * function takes a pointer to the variable. Cores and libraries use forward gotos instead. */
#ifndef HUB_BASE_CLEANUP_H
#define HUB_BASE_CLEANUP_H

#define hub_cleanup(function) __attribute__((cleanup(function)))

#endif
