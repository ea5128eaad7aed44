/* Shared by the files of common/config. */
#ifndef HUB_CONFIG_INTERNAL_H
#define HUB_CONFIG_INTERNAL_H

#include "base/arena.h"
#include "base/str.h"
#include "config/config.h"

/* "HUB_BATCH_EVENTS" for "batch.events". */
struct hub_str hub_config_variable(struct hub_arena *arena, const char *name);

/* Checks text against option and stores it in values. HUB_E_INVALID says what was expected; a secret's text
 * is not repeated. text lives as long as the values. */
int hub_option_store(
        const struct hub_option *option, const char *text, void *values, struct hub_error *reterr);

/* "redis.password" for "redis.password.file", HUB_REDIS_PASSWORD for HUB_REDIS_PASSWORD_FILE; empty for a key that ends
 * otherwise. */
struct hub_str hub_config_secret_of(struct hub_str key);

/* What a secret's file holds, without the line break at its end, in arena. HUB_E_INVALID says what is wrong with the file,
 * and repeats nothing of it. */
int hub_config_read_secret(
        struct hub_arena *arena, const char *path, struct hub_str *ret, struct hub_error *reterr);

/* Word number i of choices; empty behind the last. */
struct hub_str hub_option_choice(const char *choices, uint32_t i);

#endif
