/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* refs: how often a block is owned, by the refcountbt and by the rmapbt. */
#include <inttypes.h>

#include "command.h"
#include "fs/btree.h"
#include "fs/rmap.h"
#include "range.h"
#include "report/json_line.h"

struct count {
	struct agaddr at;
	uint64_t refcount; /* 1: no record */
	bool cow;
	uint64_t owners;
	bool incomplete;
};

static int take_refcount(void *arg, const void *record, struct agaddr place)
{
	const struct disk_refcount_rec *rec = record;
	struct count *count = arg;
	uint32_t start = be32_get(rec->startblock);

	(void)place;
	count->cow = start & REFCOUNT_COW_FLAG;
	count->refcount = be32_get(rec->refcount);
	return 0;
}

/* Records of shared blocks and of CoW staging stand in the tree under different keys. */
static int find_refcount(const struct fs *fs, struct count *count, uint32_t flag, struct error *err)
{
	uint64_t key = count->at.agbno | flag;
	struct btree_cursor_options options = {.low = {{key, 0, 0}}, .high = {{key, 0, 0}}};
	struct btree_walker walker = {.record = take_refcount, .arg = count};
	struct btree tree;
	int rc = btree_open_group(fs, BTREE_REFCOUNT, count->at.agno, &tree, err);

	if (rc == ERR_NOT_FOUND)
		return 0;
	return rc == 0 ? btree_walk(&tree, &options, &walker, err) : rc;
}

static int take_rmap(void *arg, const struct rmap *rmap)
{
	struct count *count = arg;

	(void)rmap;
	count->owners++;
	return 0;
}

static int take_gap(void *arg, struct agaddr start, uint32_t len_blocks, const struct error *why)
{
	struct count *count = arg;

	(void)start;
	(void)len_blocks;
	(void)why;
	count->incomplete = true;
	return 0;
}

static int print(struct session *session, const struct count *count, bool has_rmapbt, struct error *err)
{
	uint64_t packed = geometry_pack(&session->fs->geo, count->at).packed;
	struct json_line line;

	if (!session->json) {
		session_say(session, "fsblock %" PRIu64 " (%" PRIu32 "/%" PRIu32 "): refcount %" PRIu64 "%s", packed,
			    count->at.agno, count->at.agbno, count->refcount, count->cow ? ", CoW staging" : "");
		if (has_rmapbt)
			session_say(session, ", %s%" PRIu64 " owner%s", count->incomplete ? "at least " : "",
				    count->owners, count->owners == 1 ? "" : "s");
		session_say(session, "\n");
		return 0;
	}
	json_line_begin(&line, "refs");
	json_number(&line, "fsblock", packed);
	json_number(&line, "group", count->at.agno);
	json_number(&line, "group_block", count->at.agbno);
	json_number(&line, "refcount", count->refcount);
	json_boolean(&line, "cow_staging", count->cow);
	if (has_rmapbt)
		json_number(&line, "owners", count->owners);
	else
		json_null(&line, "owners");
	json_boolean(&line, "incomplete", count->incomplete);
	return json_line_end(&line, session->out, err);
}

static int refs_run(struct session *session, int argc, char **argv)
{
	struct count count = {.refcount = 0};
	struct rmap_sink sink = {.rmap = take_rmap, .gap = take_gap, .arg = &count};
	struct error err = {0};
	int rc = range_block(session, argc > 1 ? argv[1] : NULL, &count.at);
	bool has_rmapbt = session->fs->geo.has_rmapbt;

	if (rc != 0)
		return rc;
	rc = find_refcount(session->fs, &count, 0, &err);
	if (rc == 0 && count.refcount == 0)
		rc = find_refcount(session->fs, &count, REFCOUNT_COW_FLAG, &err);
	if (rc == 0 && has_rmapbt)
		rc = rmap_query(session->fs, count.at, 1, &sink, &err);
	/* Only what is shared has a record. */
	if (count.refcount == 0 && count.owners == 1)
		count.refcount = 1;
	if (rc == 0)
		rc = print(session, &count, has_rmapbt, &err);
	return rc == 0 ? COMMAND_DONE : session_complain(session, &err);
}

const struct command refs_command = {
	.name = "refs",
	.args_max = 1,
	.args = "[--json] [block]",
	.takes_json = true,
	.summary = "show how often a block is owned",
	.help = RANGE_HELP
	" The refcount is that of the refcountbt (1 where it has no record and one owner is known), the\n"
	" owners are counted in the rmapbt.\n",
	.run = refs_run,
};
