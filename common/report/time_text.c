/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "report/time_text.h"

#include <time.h>

const char *time_text(char text[TIME_TEXT], int64_t seconds)
{
	const time_t when = (time_t)seconds;
	struct tm parts;

	if (!gmtime_r(&when, &parts) || parts.tm_year < -1900 || parts.tm_year > 9999 - 1900)
		return NULL;
	/* strftime writes years before 1000 with fewer digits, and returns 0 where there is no room. */
	return strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts) == TIME_TEXT - 1 ? text : NULL;
}
