#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void hub_check_failed(const char *expression, const char *file, int line)
{
	(void)fprintf(stderr, "hub: broken promise at %s:%d: %s\n", file, line, expression);
	abort();
}
