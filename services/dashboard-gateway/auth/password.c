#include "dashboard-gateway/auth/password.h"

#include <crypt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* crypt_ra's result lies in *data, which the caller wipes and frees. */
static const char *hash_of(const char *password, const char *setting, void **data, int *size)
{
	const char *hash = crypt_ra(password, setting, data, size);
	return hash && hash[0] != '*' ? hash : NULL;
}

static void wipe(void *data, int size)
{
	if (data)
		sodium_memzero(data, (size_t)size);
	free(data);
}

bool gateway_password_is(const char *hash, const char *password)
{
	void *data = NULL;
	int size = 0;
	const char *made = hash_of(password, hash, &data, &size);
	size_t len = strlen(hash);
	bool right = made && strlen(made) == len && sodium_memcmp(made, hash, len) == 0;
	wipe(data, size);
	return right;
}

int gateway_password_hash(
        const char *password, char ret[GATEWAY_PASSWORD_HASH_MAX + 1], struct hub_error *reterr)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];
	void *data = NULL;
	int size = 0;
	size_t len = strlen(password);
	if (len < GATEWAY_PASSWORD_LEAST || len > GATEWAY_PASSWORD_MAX)
		return hub_error_set(reterr, HUB_E_INVALID, "password", "a password has %d to %d bytes",
		        GATEWAY_PASSWORD_LEAST, GATEWAY_PASSWORD_MAX);
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)password[i] < 0x20 || password[i] == 0x7f)
			return hub_error_set(
			        reterr, HUB_E_INVALID, "password", "a password has no control characters");
	}
	const char *hash = crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof(setting))
	                           ? hash_of(password, setting, &data, &size)
	                           : NULL;
	int written = hash ? snprintf(ret, GATEWAY_PASSWORD_HASH_MAX + 1, "%s", hash) : -1;
	wipe(data, size);
	if (written <= 0 || written > GATEWAY_PASSWORD_HASH_MAX)
		return hub_error_set(reterr, HUB_E_FATAL, "password", "libxcrypt cannot hash it");
	return HUB_OK;
}
