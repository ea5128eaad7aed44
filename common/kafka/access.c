#include "kafka/access.h"

#include "kafka/conf.h"
#include "kafka/kafka_error.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Since then it knows transactional ids as something that rights are about. */
#if RD_KAFKA_VERSION >= 0x020600ff

enum { ITERATIONS = 8192, TEXT_SIZE = 256 };

static const char user_prefix[] = "User:", anywhere[] = "*";

struct access {
	struct hub_kafka_logger silent; /* first: a handle's opaque */
	rd_kafka_t *rk;
	rd_kafka_queue_t *queue;
	rd_kafka_AdminOptions_t *options;
	int timeout_ms;
};

struct word {
	const char *text;
	int value;
};

static const struct word kinds[] = { { "TOPIC", RD_KAFKA_RESOURCE_TOPIC },
	{ "GROUP", RD_KAFKA_RESOURCE_GROUP }, { "CLUSTER", RD_KAFKA_RESOURCE_BROKER },
	{ "TRANSACTIONAL_ID", RD_KAFKA_RESOURCE_TRANSACTIONAL_ID }, { 0 } };

static const struct word patterns[] = { { "LITERAL", RD_KAFKA_RESOURCE_PATTERN_LITERAL },
	{ "PREFIXED", RD_KAFKA_RESOURCE_PATTERN_PREFIXED }, { 0 } };

static const struct word operations[] = { { "ALL", RD_KAFKA_ACL_OPERATION_ALL },
	{ "READ", RD_KAFKA_ACL_OPERATION_READ }, { "WRITE", RD_KAFKA_ACL_OPERATION_WRITE },
	{ "CREATE", RD_KAFKA_ACL_OPERATION_CREATE }, { "DELETE", RD_KAFKA_ACL_OPERATION_DELETE },
	{ "ALTER", RD_KAFKA_ACL_OPERATION_ALTER }, { "DESCRIBE", RD_KAFKA_ACL_OPERATION_DESCRIBE },
	{ "CLUSTER_ACTION", RD_KAFKA_ACL_OPERATION_CLUSTER_ACTION },
	{ "DESCRIBE_CONFIGS", RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS },
	{ "ALTER_CONFIGS", RD_KAFKA_ACL_OPERATION_ALTER_CONFIGS },
	{ "IDEMPOTENT_WRITE", RD_KAFKA_ACL_OPERATION_IDEMPOTENT_WRITE }, { 0 } };

/* 0: there is no such word. */
static int value_of(const struct word *words, const char *text)
{
	for (; words->text; words++)
		if (strcmp(words->text, text) == 0)
			return words->value;
	return 0;
}

/* "": one that is not told apart here. */
static const char *text_of(const struct word *words, int value)
{
	for (; words->text; words++)
		if (words->value == value)
			return words->text;
	return "";
}

static int open_access(const struct hub_kafka_properties *properties, int timeout_ms, struct access *ret,
        struct hub_error *reterr)
{
	rd_kafka_conf_t *conf;
	*ret = (struct access){ .timeout_ms = timeout_ms };
	int code = hub_kafka_conf_new(HUB_KAFKA_QUERY, properties, NULL, 0, &conf, reterr);
	if (code)
		return code;
	hub_kafka_conf_opaque(conf, &ret->silent);
	code = hub_kafka_handle_new(HUB_KAFKA_QUERY, conf, &ret->rk, reterr);
	if (code)
		return code;
	ret->queue = rd_kafka_queue_new(ret->rk);
	ret->options = rd_kafka_AdminOptions_new(ret->rk, RD_KAFKA_ADMIN_OP_ANY);
	rd_kafka_AdminOptions_set_request_timeout(ret->options, timeout_ms, NULL, 0);
	return HUB_OK;
}

static int close_access(struct access *access, int code, struct hub_error *reterr)
{
	code = hub_kafka_say_why(access->rk, &access->silent, code, reterr);
	rd_kafka_AdminOptions_destroy(access->options);
	rd_kafka_queue_destroy(access->queue);
	rd_kafka_destroy(access->rk);
	return code;
}

/* The answer to the one request that is out. One that is an error is left where it is: with it librdkafka (2.8) frees a text that
 * is none of the heap's. */
static int answer(struct access *access, const char *doing, rd_kafka_event_t **ret, struct hub_error *reterr)
{
	rd_kafka_event_t *event = rd_kafka_queue_poll(access->queue, access->timeout_ms + 1000);
	if (!event)
		return hub_error_set(
		        reterr, HUB_E_RETRY, "kafka", "cannot %s: no answer from the broker", doing);
	int code = hub_kafka_from_err(
	        rd_kafka_event_error(event), doing, rd_kafka_event_error_string(event), reterr);
	if (!code)
		*ret = event;
	return code;
}

static int error_of(
        const rd_kafka_error_t *error, const char *doing, const char *about, struct hub_error *reterr)
{
	if (!error || !rd_kafka_error_code(error))
		return HUB_OK;
	int code =
	        hub_kafka_from_err(rd_kafka_error_code(error), doing, rd_kafka_error_string(error), reterr);
	return about ? hub_error_wrap(reterr, "%s", about) : code;
}

/* ---- what there is */

static const char *keep(struct hub_arena *arena, const char *text)
{
	struct hub_str copy = hub_arena_printf(arena, "%s", text);
	return copy.data ? copy.data : "";
}

static bool has_password(const rd_kafka_UserScramCredentialsDescription_t *user)
{
	size_t count = rd_kafka_UserScramCredentialsDescription_scramcredentialinfo_count(user);
	for (size_t i = 0; i < count; i++)
		if (rd_kafka_ScramCredentialInfo_mechanism(
		            rd_kafka_UserScramCredentialsDescription_scramcredentialinfo(user, i)) ==
		        RD_KAFKA_SCRAM_MECHANISM_SHA_512)
			return true;
	return false;
}

static int read_users(struct access *access, struct hub_arena *arena, struct hub_kafka_access *ret,
        struct hub_error *reterr)
{
	rd_kafka_event_t *event;
	size_t count;
	rd_kafka_DescribeUserScramCredentials(access->rk, NULL, 0, access->options, access->queue);
	int code = answer(access, "read the users", &event, reterr);
	if (code)
		return code;
	const rd_kafka_UserScramCredentialsDescription_t **users =
	        rd_kafka_DescribeUserScramCredentials_result_descriptions(
	                rd_kafka_event_DescribeUserScramCredentials_result(event), &count);
	ret->users = hub_arena_alloc(arena, (count + 1) * sizeof(*ret->users));
	for (size_t i = 0; ret->users && i < count; i++)
		if (has_password(users[i]))
			ret->users[ret->user_count++] =
			        keep(arena, rd_kafka_UserScramCredentialsDescription_user(users[i]));
	rd_kafka_event_destroy(event);
	return ret->users ? HUB_OK : hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
}

/* What is denied, or allowed from one host alone, is not of ours. */
static bool of_ours(const rd_kafka_AclBinding_t *acl)
{
	return rd_kafka_AclBinding_permission_type(acl) == RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW &&
	       strcmp(rd_kafka_AclBinding_host(acl), anywhere) == 0 &&
	       strncmp(rd_kafka_AclBinding_principal(acl), user_prefix, sizeof(user_prefix) - 1) == 0;
}

static struct hub_kafka_right right_of(const rd_kafka_AclBinding_t *acl, struct hub_arena *arena)
{
	return (struct hub_kafka_right){
		.principal = keep(arena, rd_kafka_AclBinding_principal(acl) + sizeof(user_prefix) - 1),
		.kind = text_of(kinds, (int)rd_kafka_AclBinding_restype(acl)),
		.pattern = text_of(patterns, (int)rd_kafka_AclBinding_resource_pattern_type(acl)),
		.name = keep(arena, rd_kafka_AclBinding_name(acl)),
		.operation = text_of(operations, (int)rd_kafka_AclBinding_operation(acl)),
	};
}

static int read_rights(struct access *access, struct hub_arena *arena, struct hub_kafka_access *ret,
        struct hub_error *reterr)
{
	char text[TEXT_SIZE];
	rd_kafka_event_t *event;
	size_t count;
	rd_kafka_AclBindingFilter_t *all = rd_kafka_AclBindingFilter_new(RD_KAFKA_RESOURCE_ANY, NULL,
	        RD_KAFKA_RESOURCE_PATTERN_ANY, NULL, NULL, RD_KAFKA_ACL_OPERATION_ANY,
	        RD_KAFKA_ACL_PERMISSION_TYPE_ANY, text, sizeof(text));
	rd_kafka_DescribeAcls(access->rk, all, access->options, access->queue);
	rd_kafka_AclBinding_destroy(all);
	int code = answer(access, "read the rights", &event, reterr);
	if (code)
		return code;
	const rd_kafka_AclBinding_t **acls =
	        rd_kafka_DescribeAcls_result_acls(rd_kafka_event_DescribeAcls_result(event), &count);
	ret->rights = hub_arena_alloc(arena, (count + 1) * sizeof(*ret->rights));
	for (size_t i = 0; ret->rights && i < count; i++)
		if (of_ours(acls[i]))
			ret->rights[ret->right_count++] = right_of(acls[i], arena);
	rd_kafka_event_destroy(event);
	return ret->rights ? HUB_OK : hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
}

int hub_kafka_access_read(const struct hub_kafka_properties *properties, int timeout_ms,
        struct hub_arena *arena, struct hub_kafka_access *ret, struct hub_error *reterr)
{
	struct access access;
	*ret = (struct hub_kafka_access){ 0 };
	int code = open_access(properties, timeout_ms, &access, reterr);
	if (code)
		return code;
	code = read_users(&access, arena, ret, reterr);
	if (!code)
		code = read_rights(&access, arena, ret, reterr);
	return close_access(&access, code, reterr);
}

/* ---- what is to be */

static rd_kafka_UserScramCredentialAlteration_t *alteration(const struct hub_kafka_user *user)
{
	if (!user->password)
		return rd_kafka_UserScramCredentialDeletion_new(user->name, RD_KAFKA_SCRAM_MECHANISM_SHA_512);
	return rd_kafka_UserScramCredentialUpsertion_new(user->name, RD_KAFKA_SCRAM_MECHANISM_SHA_512,
	        ITERATIONS, (const unsigned char *)user->password, strlen(user->password), NULL, 0);
}

static int users_answered(rd_kafka_event_t *event, struct hub_error *reterr)
{
	size_t count;
	int code = HUB_OK;
	const rd_kafka_AlterUserScramCredentials_result_response_t **users =
	        rd_kafka_AlterUserScramCredentials_result_responses(
	                rd_kafka_event_AlterUserScramCredentials_result(event), &count);
	for (size_t i = 0; !code && i < count; i++) {
		const rd_kafka_error_t *error =
		        rd_kafka_AlterUserScramCredentials_result_response_error(users[i]);
		if (error && rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR_RESOURCE_NOT_FOUND)
			code = error_of(error, "set users and passwords",
			        rd_kafka_AlterUserScramCredentials_result_response_user(users[i]), reterr);
	}
	return code;
}

static int set_users(
        struct access *access, const struct hub_kafka_user *users, uint32_t count, struct hub_error *reterr)
{
	rd_kafka_event_t *event;
	rd_kafka_UserScramCredentialAlteration_t **all =
	        calloc(count + 1, sizeof(rd_kafka_UserScramCredentialAlteration_t *));
	if (!all)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	for (uint32_t i = 0; i < count; i++)
		all[i] = alteration(&users[i]);
	rd_kafka_AlterUserScramCredentials(access->rk, all, count, access->options, access->queue);
	int code = answer(access, "set users and passwords", &event, reterr);
	if (!code) {
		code = users_answered(event, reterr);
		rd_kafka_event_destroy(event);
	}
	rd_kafka_UserScramCredentialAlteration_destroy_array(all, count);
	free(all);
	return code;
}

/* Made as what is given, or as the filter that finds it: the two are one type. NULL: reterr says why. */
static rd_kafka_AclBinding_t *binding(
        const struct hub_kafka_right *right, bool filter, struct hub_error *reterr)
{
	char principal[TEXT_SIZE], text[TEXT_SIZE] = "";
	int kind = value_of(kinds, right->kind), pattern = value_of(patterns, right->pattern);
	int operation = value_of(operations, right->operation);
	rd_kafka_AclBinding_t *made = NULL;
	snprintf(principal, sizeof(principal), "%s%s", user_prefix, right->principal);
	if (kind && pattern && operation)
		made = (filter ? rd_kafka_AclBindingFilter_new : rd_kafka_AclBinding_new)(
		        (rd_kafka_ResourceType_t)kind, right->name, (rd_kafka_ResourcePatternType_t)pattern,
		        principal, anywhere, (rd_kafka_AclOperation_t)operation,
		        RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, text, sizeof(text));
	if (!made)
		hub_error_set(reterr, HUB_E_INVALID, right->principal, "%s %s %s %s: %s", right->kind,
		        right->pattern, right->name, right->operation,
		        text[0] ? text : "no such right in Kafka");
	return made;
}

static int given_answered(rd_kafka_event_t *event, struct hub_error *reterr)
{
	size_t count;
	int code = HUB_OK;
	const rd_kafka_acl_result_t **results =
	        rd_kafka_CreateAcls_result_acls(rd_kafka_event_CreateAcls_result(event), &count);
	for (size_t i = 0; !code && i < count; i++)
		code = error_of(rd_kafka_acl_result_error(results[i]), "give rights", NULL, reterr);
	return code;
}

static int taken_answered(rd_kafka_event_t *event, struct hub_error *reterr)
{
	size_t count;
	int code = HUB_OK;
	const rd_kafka_DeleteAcls_result_response_t **responses =
	        rd_kafka_DeleteAcls_result_responses(rd_kafka_event_DeleteAcls_result(event), &count);
	for (size_t i = 0; !code && i < count; i++)
		code = error_of(rd_kafka_DeleteAcls_result_response_error(responses[i]), "take rights back",
		        NULL, reterr);
	return code;
}

static int set_rights(struct access *access, const struct hub_kafka_right *rights, uint32_t count, bool taken,
        struct hub_error *reterr)
{
	rd_kafka_event_t *event;
	int code = HUB_OK;
	uint32_t made = 0;
	rd_kafka_AclBinding_t **all = calloc(count + 1, sizeof(rd_kafka_AclBinding_t *));
	if (!all)
		return hub_error_set(reterr, HUB_E_FATAL, "kafka", "out of memory");
	for (; !code && made < count; made += !code) {
		all[made] = binding(&rights[made], taken, reterr);
		code = all[made] ? HUB_OK : HUB_E_INVALID;
	}
	if (!code) {
		(taken ? rd_kafka_DeleteAcls : rd_kafka_CreateAcls)(
		        access->rk, all, count, access->options, access->queue);
		code = answer(access, taken ? "take rights back" : "give rights", &event, reterr);
		if (!code) {
			code = taken ? taken_answered(event, reterr) : given_answered(event, reterr);
			rd_kafka_event_destroy(event);
		}
	}
	rd_kafka_AclBinding_destroy_array(all, made);
	free(all);
	return code;
}

int hub_kafka_access_apply(const struct hub_kafka_properties *properties, int timeout_ms,
        const struct hub_kafka_access_change *change, struct hub_error *reterr)
{
	struct access access;
	int code = open_access(properties, timeout_ms, &access, reterr);
	if (code)
		return code;
	if (change->user_count)
		code = set_users(&access, change->users, change->user_count, reterr);
	if (!code && change->given_count)
		code = set_rights(&access, change->given, change->given_count, false, reterr);
	if (!code && change->taken_count)
		code = set_rights(&access, change->taken, change->taken_count, true, reterr);
	return close_access(&access, code, reterr);
}

#else

static int too_old(struct hub_error *reterr)
{
	return hub_error_set(reterr, HUB_E_REFUSED, "librdkafka",
	        "this program was built with a version before 2.6, which cannot do that: use Kafka's own "
	        "tools");
}

int hub_kafka_access_read(const struct hub_kafka_properties *properties, int timeout_ms,
        struct hub_arena *arena, struct hub_kafka_access *ret, struct hub_error *reterr)
{
	(void)properties;
	(void)timeout_ms;
	(void)arena;
	*ret = (struct hub_kafka_access){ 0 };
	return too_old(reterr);
}

int hub_kafka_access_apply(const struct hub_kafka_properties *properties, int timeout_ms,
        const struct hub_kafka_access_change *change, struct hub_error *reterr)
{
	(void)properties;
	(void)timeout_ms;
	(void)change;
	return too_old(reterr);
}

#endif
