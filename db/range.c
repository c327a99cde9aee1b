/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "range.h"

#include <inttypes.h>
#include <string.h>

#include "report/size.h"

#define NUMBER_TEXT 40u

static int refuse(struct session *session, const char *text, const char *why)
{
	session_say(session, "%s: %s\n", text, why);
	return ERR_INVALID;
}

/* A number that ends before @end. */
static bool number_before(const char *text, const char *end, uint64_t *out)
{
	char copy[NUMBER_TEXT];
	size_t len = (size_t)(end - text);

	if (len == 0 || len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return session_number(copy, out);
}

/* A block that ends before @end. */
static bool block_before(const struct geometry *geo, const char *text, const char *end, struct agaddr *out)
{
	const char *slash = memchr(text, '/', (size_t)(end - text));
	uint64_t agno, agbno;

	if (!slash)
		return number_before(text, end, &agbno) && geometry_unpack(geo, (struct fsblock){agbno}, out);
	if (!number_before(text, slash, &agno) || !number_before(slash + 1, end, &agbno) || agno > UINT32_MAX ||
	    agbno > UINT32_MAX)
		return false;
	*out = (struct agaddr){(uint32_t)agno, (uint32_t)agbno};
	return geometry_holds(geo, *out, 1);
}

static int parse_bytes(struct session *session, const char *text, const char *colon, struct interval *out)
{
	uint64_t total = session->fs->geo.blocks << session->fs->geo.block_log, len;

	if (size_parse(text, (size_t)(colon - text), &out->start) != 0 ||
	    size_parse(colon + 1, strlen(colon + 1), &len) != 0 || len == 0)
		return refuse(session, text, "not a range of bytes, such as 1M:4K");
	if (out->start >= total || len > total - out->start)
		return refuse(session, text, "reaches beyond the end of the file system");
	out->end = out->start + len;
	return 0;
}

int range_block(struct session *session, const char *text, struct agaddr *out)
{
	const struct geometry *geo = &session->fs->geo;

	if (text)
		return block_before(geo, text, text + strlen(text), out)
			       ? 0
			       : refuse(session, text, "not a block of the file system");
	if (!session->now.place.type)
		return refuse(session, "no current structure", "name a block");
	if (!geometry_block_of_offset(geo, session->now.place.pieces[0].offset_bytes, out))
		return refuse(session, "the current structure", "does not lie in a block of the file system");
	return 0;
}

int range_parse(struct session *session, const char *text, struct interval *out)
{
	const struct geometry *geo = &session->fs->geo;
	const char *colon = text ? strchr(text, ':') : NULL, *plus = text ? strchr(text, '+') : NULL;
	struct agaddr at;
	uint64_t count = 1;

	if (colon)
		return parse_bytes(session, text, colon, out);
	if (plus) {
		if (!block_before(geo, text, plus, &at) || !session_number(plus + 1, &count) || count == 0 ||
		    !geometry_holds(geo, at, count))
			return refuse(session, text, "not blocks of one group, such as 100+8 or 1/100+8");
	} else {
		int rc = range_block(session, text, &at);

		if (rc != 0)
			return rc;
	}
	out->start = geometry_block_offset(geo, at);
	out->end = out->start + (count << geo->block_log);
	return 0;
}
