/* The table of commands. Each runs in a file of its name. */
#ifndef HUBCTL_COMMANDS_H
#define HUBCTL_COMMANDS_H

#include "hubctl/args.h"

extern const struct hubctl_command hubctl_commands[];
extern const struct hubctl_option hubctl_globals[];

/* Each returns an exit code of exit_codes.h. */
int hubctl_topics_create(struct hubctl *hubctl);
int hubctl_topics_check(struct hubctl *hubctl);
int hubctl_topics_advance(struct hubctl *hubctl);
int hubctl_access_list(struct hubctl *hubctl);
int hubctl_access_change(struct hubctl *hubctl);
int hubctl_registry_load(struct hubctl *hubctl);
int hubctl_registry_check(struct hubctl *hubctl);
int hubctl_registry_show(struct hubctl *hubctl);
int hubctl_send(struct hubctl *hubctl);
int hubctl_dlq_list(struct hubctl *hubctl);
int hubctl_dlq_show(struct hubctl *hubctl);
int hubctl_dlq_replay(struct hubctl *hubctl);
int hubctl_worklist(struct hubctl *hubctl);
int hubctl_allowed(struct hubctl *hubctl);
int hubctl_accept(struct hubctl *hubctl);
int hubctl_reject(struct hubctl *hubctl);
int hubctl_claim(struct hubctl *hubctl);
int hubctl_authorise(struct hubctl *hubctl);
int hubctl_slots(struct hubctl *hubctl);
int hubctl_status(struct hubctl *hubctl);
int hubctl_doctor(struct hubctl *hubctl);
int hubctl_audit(struct hubctl *hubctl);
int hubctl_whatif(struct hubctl *hubctl);
int hubctl_export(struct hubctl *hubctl);
int hubctl_import(struct hubctl *hubctl);
int hubctl_repair(struct hubctl *hubctl);
int hubctl_missing(struct hubctl *hubctl);
int hubctl_size(struct hubctl *hubctl);
int hubctl_explain(struct hubctl *hubctl);
int hubctl_tail(struct hubctl *hubctl);
int hubctl_identity_keygen(struct hubctl *hubctl);
int hubctl_identity_seal(struct hubctl *hubctl);
int hubctl_identity_open(struct hubctl *hubctl);
int hubctl_identity_pseudonym(struct hubctl *hubctl);
int hubctl_version(struct hubctl *hubctl);
int hubctl_help(struct hubctl *hubctl);

#endif
