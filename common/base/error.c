#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int hub_error_set(struct hub_error *err, enum hub_code code, const char *place, const char *format, ...)
{
	if (!err)
		return code;
	err->code = code;
	(void)snprintf(err->place, sizeof(err->place), "%s", place ? place : "");
	va_list args;
	va_start(args, format);
	(void)vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return code;
}

int hub_error_wrap(struct hub_error *err, const char *format, ...)
{
	if (!err)
		return HUB_E_FATAL;
	char text[sizeof(err->text)];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0 || (size_t)n + 3 >= sizeof(text))
		return err->code;
	(void)snprintf(text + n, sizeof(text) - (size_t)n, ": %s", err->text);
	memcpy(err->text, text, sizeof(text));
	return err->code;
}

const char *hub_code_name(enum hub_code code)
{
	switch (code) {
	case HUB_OK:
		return "OK";
	case HUB_E_RETRY:
		return "RETRY";
	case HUB_E_ABORT:
		return "ABORT";
	case HUB_E_FATAL:
		return "FATAL";
	case HUB_E_UNKNOWN:
		return "UNKNOWN";
	case HUB_E_INVALID:
		return "INVALID";
	case HUB_E_NOT_FOUND:
		return "NOT_FOUND";
	case HUB_E_TOO_LARGE:
		return "TOO_LARGE";
	case HUB_E_INTERRUPTED:
		return "INTERRUPTED";
	case HUB_E_REFUSED:
		return "REFUSED";
	}
	return "?";
}
