/* Answers: headers that all have, JSON bodies, problems. */
#ifndef DASHBOARD_GATEWAY_HTTP_REPLY_H
#define DASHBOARD_GATEWAY_HTTP_REPLY_H

#include "dashboard-gateway/http/exchange.h"

enum gateway_problem_id {
#define PROBLEM(id, status, code, title) GATEWAY_PROBLEM_##id,
#include "dashboard-gateway/http/problems.def"
#undef PROBLEM
	GATEWAY_PROBLEMS,
};

/* What a problem says beyond its row; members may be empty. */
struct gateway_problem {
	enum gateway_problem_id id;
	const char *detail;
	const char *rule;         /* "REF-12"; NULL: null */
	const char *place, *text; /* one of errors[]; text NULL: none */
	uint32_t retry_s;         /* Retry-After; 0: none */
};

/* A header of the answer to come, in place of one of that name; NULL: none. */
void gateway_header(struct gateway_exchange *exchange, const char *name, const char *value);

/* Answers and ends the exchange. body is taken over (its bytes become the answer's); one that failed becomes a 503. type NULL:
 * no body. */
void gateway_reply(struct gateway_exchange *exchange, int status, const char *type, struct hub_buf *body);
void gateway_reply_json(struct gateway_exchange *exchange, int status, struct hub_buf *body);
void gateway_reply_empty(struct gateway_exchange *exchange, int status);
/* Bytes that live as long as the program's files: not copied. */
void gateway_reply_borrowed(struct gateway_exchange *exchange, const char *type, struct hub_str body);

/* The same for an error. */
void gateway_refuse(struct gateway_exchange *exchange, const struct gateway_problem *problem);
/* With what err says (place, text) as detail and errors[]. */
void gateway_refuse_error(
        struct gateway_exchange *exchange, enum gateway_problem_id id, const struct hub_error *err);
void gateway_refuse_plainly(
        struct gateway_exchange *exchange, enum gateway_problem_id id, const char *detail);

/* Security headers, which also a stream has. */
void gateway_security_headers(struct gateway_exchange *exchange);

#endif
