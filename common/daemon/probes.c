#include "daemon/probes.h"

#include <inttypes.h>
#include <stdio.h>

enum { STEP_LIMIT_US = 5 * 1000 * 1000 };

/* Reasons are plain text of our own, but may quote what a broker said. */
static void put_json_text(const char *text, struct hub_buf *out)
{
	hub_buf_byte(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			hub_buf_byte(out, '\\');
		if ((unsigned char)*text < ' ')
			hub_buf_printf(out, "\\u%04x", *text);
		else
			hub_buf_byte(out, (uint8_t)*text);
	}
	hub_buf_byte(out, '"');
}

void hub_probe_waiting(int64_t step_age_us, struct hub_runtime_status *status)
{
	if (!status->ready || step_age_us < STEP_LIMIT_US)
		return;
	status->ready = false;
	snprintf(status->reason, sizeof(status->reason), "waiting for an answer of Kafka for %" PRId64 " s",
	        step_age_us / 1000000);
}

void hub_probe_ready(const struct hub_runtime_status *status, const char *instance, struct hub_buf *text,
        struct hub_buf *json)
{
	bool whole = status->store_reason[0] == '\0';
	hub_buf_printf(text,
	        "%s%s\npartitions: %u owned, %u restoring, %u stopped\nregistry version: %" PRId64
	        "\nhot state: %s\ninstance: %s\n",
	        status->ready ? "ready" : "not ready: ", status->ready ? "" : status->reason,
	        status->partitions, status->restoring, status->stopped, status->registry_version,
	        whole ? "whole" : status->store_reason, instance);
	if (status->suspects)
		hub_buf_printf(
		        text, "after a crash: %u ranges are decided one at a time\n", status->suspects);
	hub_buf_printf(json, "{\"ready\":%s,\"reason\":", status->ready ? "true" : "false");
	put_json_text(status->reason, json);
	hub_buf_printf(json,
	        ",\"partitions\":{\"owned\":%u,\"restoring\":%u,\"stopped\":%u},\"suspects\":%u,\"registry_"
	        "version\":%" PRId64 ",\"hot_state\":{\"whole\":%s,\"reason\":",
	        status->partitions, status->restoring, status->stopped, status->suspects,
	        status->registry_version, whole ? "true" : "false");
	put_json_text(status->store_reason, json);
	hub_buf_text(json, "},\"instance\":");
	put_json_text(instance, json);
	hub_buf_text(json, "}\n");
}

bool hub_probe_live(int64_t step_age_us, int64_t limit_us, struct hub_buf *text, struct hub_buf *json)
{
	bool live = step_age_us < limit_us;
	double age = (double)step_age_us / 1e6;
	hub_buf_printf(text, "%s: the worker's last step was %.1f s ago\n", live ? "alive" : "stuck", age);
	hub_buf_printf(json, "{\"live\":%s,\"last_step_seconds\":%.1f}\n", live ? "true" : "false", age);
	return live;
}
