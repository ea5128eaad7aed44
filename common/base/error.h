/* The one error convention. A function that can fail because the world fails returns 0 or a negative enum
 * hub_code and fills *reterr (last parameter, may be NULL). "ret_x" parameters are written only on success. A
 * domain "no" is not an error but an effect; a broken promise between our own functions is hub_check(). */
#ifndef HUB_BASE_ERROR_H
#define HUB_BASE_ERROR_H

enum hub_code {
	HUB_OK = 0,
	HUB_E_RETRY = -1,   /* transient: pause, try again later, say so in readiness */
	HUB_E_ABORT = -2,   /* the transaction must be aborted; then as RETRY */
	HUB_E_FATAL = -3,   /* this process cannot go on: exit with one clear line */
	HUB_E_UNKNOWN = -4, /* outcome unknown (a lost reply): the caller decides by its protocol */
	HUB_E_INVALID = -5, /* input from outside breaks a rule: dead letter, or a user's message */
	HUB_E_NOT_FOUND = -6,
	HUB_E_TOO_LARGE = -7,   /* a stated limit was passed */
	HUB_E_INTERRUPTED = -8, /* asked to stop */
	HUB_E_REFUSED = -9,     /* the other side says that this is not ours to do */
};

struct hub_error {
	enum hub_code code;
	char place[128]; /* where: "ReferralRequested.patient.sex", "router.conf:12"; may be empty */
	char text[384];  /* what, in one line, without personal data */
};

/* Fills *err (unless NULL) and returns code: `return hub_error_set(reterr, HUB_E_INVALID, "x.conf:3", "...",
 * ...);` */
int hub_error_set(struct hub_error *err, enum hub_code code, const char *place, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

/* Puts "context: " before err's text on the way up; keeps its code, which is returned. */
int hub_error_wrap(struct hub_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "RETRY", "FATAL", ... */
const char *hub_code_name(enum hub_code code);

#endif
