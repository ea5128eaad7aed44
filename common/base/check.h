/* hub_check() guards promises between our own functions; it stays in every build and aborts with the place.
 * Input from outside must never trip one: that is an error or a refusal. */
#ifndef HUB_BASE_CHECK_H
#define HUB_BASE_CHECK_H

/* Writes one line to standard error and aborts. */
_Noreturn void hub_check_failed(const char *expression, const char *file, int line);

#define hub_check(expression) ((expression) ? (void)0 : hub_check_failed(#expression, __FILE__, __LINE__))

#endif
