/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A UUID as people write it (RFC 4122). */
#include "report/uuid_text.h"

#include <uuid.h>

const char *uuid_text(char text[UUID_TEXT], const struct uuid *uuid)
{
	uuid_unparse_lower(uuid->b, text);
	return text;
}
