/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fsmap: the reverse mappings of the device, or of a part of it. */
#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "fs/rmap.h"
#include "report/decimal.h"
#include "session.h"

struct listing {
	struct session *session;
	uint64_t count;
};

/* A file system can have hundreds of millions of these. */
static int print_rmap(void *arg, const struct rmap *rmap)
{
	struct listing *listing = arg;
	char line[256], *at;

	if (session_interrupted(listing->session))
		return COMMAND_QUIT;
	at = decimal_put(line, listing->count++);
	at = decimal_put(decimal_text(at, ": "), rmap->start.agno);
	at = decimal_put(decimal_text(at, "/"), rmap->start.agbno);
	at = decimal_put(decimal_text(at, " len "), rmap->len_blocks);
	/* Owners that are no inodes are negative numbers. */
	at = decimal_put_signed(decimal_text(at, " owner "), (int64_t)rmap->owner);
	at = decimal_put(decimal_text(at, " offset "), rmap->fileoff);
	at = decimal_text(at, rmap->bmbt_block ? " bmbt 1" : " bmbt 0");
	at = decimal_text(at, rmap->attr_fork ? " attrfork 1" : " attrfork 0");
	at = decimal_text(at, rmap->unwritten ? " extflag 1\n" : " extflag 0\n");
	fwrite(line, 1, (size_t)(at - line), listing->session->out);
	return 0;
}

static int report_gap(void *arg, struct agaddr start, uint32_t len_blocks, const struct error *why)
{
	const struct listing *listing = arg;

	session_complain(listing->session, why);
	fprintf(listing->session->errors,
		"%s: mappings of blocks %" PRIu32 "/%" PRIu32 " to %" PRIu32 "/%" PRIu32 " may be missing\n",
		listing->session->program, start.agno, start.agbno, start.agno, start.agbno + len_blocks - 1);
	return 0;
}

static int print_range(struct session *session, struct agaddr from, struct agaddr to)
{
	struct listing listing = {.session = session};
	const struct rmap_sink sink = {.rmap = print_rmap, .gap = report_gap, .arg = &listing};
	struct error err;
	int rc = 0;

	for (; from.agno <= to.agno && rc == 0; from.agno++, from.agbno = 0) {
		uint32_t last = from.agno == to.agno ? to.agbno : geometry_ag_blocks(&session->fs->geo, from.agno) - 1;

		rc = rmap_query(session->fs, from, last - from.agbno + 1, &sink, &err);
	}
	return rc < 0 ? session_complain(session, &err) : rc > 0 ? ERR_CANCELLED : COMMAND_DONE;
}

static int fsmap_run(struct session *session, int argc, char **argv)
{
	const struct geometry *geo = &session->fs->geo;
	uint64_t start, end = UINT64_MAX;
	struct agaddr from = {0, 0}, to;

	if (argc > 1 && argv[1][0] == '-') {
		session_say(session, "Bad option for fsmap command.\n");
		return ERR_INVALID;
	}
	if (!geo->has_rmapbt) {
		session_say(session, "Filesystem does not support reverse mapping btree.\n");
		return ERR_UNSUPPORTED;
	}
	if (argc > 1 && (!session_number(argv[1], &start) || !geometry_unpack(geo, (struct fsblock){start}, &from))) {
		session_say(session, "Bad fsmap start_fsb %s.\n", argv[1]);
		return ERR_INVALID;
	}
	if (argc > 2 && !session_number(argv[2], &end)) {
		session_say(session, "Bad fsmap end_fsb %s.\n", argv[2]);
		return ERR_INVALID;
	}
	to = geometry_unpack_floor(geo, (struct fsblock){end});
	if (from.agno > to.agno || (from.agno == to.agno && from.agbno > to.agbno)) {
		session_say(session, "The range ends before it starts.\n");
		return ERR_INVALID;
	}
	return print_range(session, from, to);
}

const struct command fsmap_command = {
	.name = "fsmap",
	.args_max = 2,
	.args = "[start_fsb] [end_fsb]",
	.summary = "display reverse mapping(s)",
	.help = " Lists who owns what, as the rmapbt of each group says; without a range of the whole device. Free "
		"space\n"
		" has no owner. Owners below zero: -3 headers of groups, -4 the journal, -5 free space trees and the\n"
		" rmapbt, -6 inode trees, -7 inodes, -8 the refcountbt, -9 CoW staging.\n"
		" owner answers the same with names and paths.\n",
	.run = fsmap_run,
};
