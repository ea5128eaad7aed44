#include "kafka/membership.h"

#include "kafka/kafka_error.h"

#include <stdint.h>
#include <string.h>

/* rd_kafka_consumer_group_metadata_write: "CGMDv2:" generation_id(int32, this machine's order) group_id NUL
 * member_id NUL
 * ...; the same in 2.0.2, 2.8.0 and 2.11.0. Accessors came later than 2.0.2. */
static int parse(const char *bytes, size_t size, int32_t *ret_generation, const char **ret_member)
{
	static const char magic[] = "CGMDv2:";
	const size_t head = sizeof(magic) - 1 + sizeof(*ret_generation);
	if (size < head || memcmp(bytes, magic, sizeof(magic) - 1) != 0)
		return -1;
	memcpy(ret_generation, bytes + sizeof(magic) - 1, sizeof(*ret_generation));
	const char *group_end = memchr(bytes + head, '\0', size - head);
	if (!group_end)
		return -1;
	const char *member = group_end + 1;
	if (!memchr(member, '\0', size - (size_t)(member - bytes)))
		return -1;
	*ret_member = member;
	return 0;
}

int hub_kafka_membership_check(const rd_kafka_consumer_group_metadata_t *metadata, struct hub_error *reterr)
{
	if (!metadata)
		return hub_error_set(reterr, HUB_E_RETRY, "kafka", "not a member of the group yet");
	void *bytes;
	size_t size;
	rd_kafka_error_t *error = rd_kafka_consumer_group_metadata_write(metadata, &bytes, &size);
	if (error)
		return hub_kafka_from_error(error, "read the group's metadata", reterr);
	int32_t generation = -1;
	const char *member = "";
	int code = HUB_OK;
	if (parse(bytes, size, &generation, &member) != 0)
		code = hub_error_set(reterr, HUB_E_FATAL, "kafka",
		        "librdkafka %s lays out group metadata in a way that this program does not know",
		        rd_kafka_version_str());
	else if (!*member || generation < 0)
		code = hub_error_set(reterr, HUB_E_RETRY, "kafka",
		        "the membership was lost before it could be used (generation %d)", generation);
	rd_kafka_mem_free(NULL, bytes);
	return code;
}
