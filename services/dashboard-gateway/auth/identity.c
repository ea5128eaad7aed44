/* Who it is, as a struct that can be copied. */
#include "dashboard-gateway/auth/auth.h"

void gateway_identity_bind(struct gateway_identity *identity)
{
	identity->viewer.user = hub_str_from(identity->user);
	identity->viewer.org_id = hub_str_from(identity->org_id);
	identity->viewer.consortium_id = hub_str_from(identity->consortium_id);
}
