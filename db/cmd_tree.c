/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tree: a drawing of a B+tree of a group. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "command.h"
#include "fs/btree.h"
#include "report/json_line.h"
#include "session.h"

#define CHILDREN_SHOWN 12u /* of one block; the rest is summed up */

/* A block, in the order in which a walk comes by: a parent before its children. */
struct drawn {
	struct agaddr at;
	unsigned level;
	uint32_t entries; /* children or records below it */
	size_t parent;	  /* index */
	bool bad;
};

struct drawing {
	struct session *session;
	const struct btree *tree;
	struct drawn *blocks;
	size_t count, room;
	size_t path[BTREE_LEVELS_MAX]; /* the block at hand of each level */
	uint64_t bad;
};

static int add_block(void *arg, struct agaddr at, unsigned level)
{
	struct drawing *drawing = arg;
	bool is_root = level + 1 == drawing->tree->levels;

	if (session_interrupted(drawing->session))
		return ERR_CANCELLED;
	if (array_reserve(&drawing->blocks, drawing->count, 1, &drawing->room, sizeof(*drawing->blocks)) != 0)
		return ERR_NOMEM;
	drawing->path[level] = drawing->count;
	drawing->blocks[drawing->count] =
		(struct drawn){.at = at, .level = level, .parent = is_root ? 0 : drawing->path[level + 1]};
	if (!is_root)
		drawing->blocks[drawing->path[level + 1]].entries++;
	drawing->count++;
	return 0;
}

static int add_record(void *arg, const void *record, struct agaddr place)
{
	struct drawing *drawing = arg;

	(void)record;
	(void)place;
	drawing->blocks[drawing->path[0]].entries++;
	return 0;
}

/* The block that was announced last is the one that cannot be used. */
static int add_bad(void *arg, struct btree_key low, struct btree_key high, const struct error *why)
{
	struct drawing *drawing = arg;

	(void)low;
	(void)high;
	if (drawing->count > 0)
		drawing->blocks[drawing->count - 1].bad = true;
	drawing->bad++;
	(void)session_complain(drawing->session, why);
	return 0;
}

static uint32_t capacity(const struct drawing *drawing, unsigned level)
{
	const struct btree_format *format = drawing->tree->format;

	return btree_capacity(format, drawing->session->fs->geo.block_bytes - btree_header_bytes(format), level);
}

/* The first block after @index that is not below it. */
static size_t after(const struct drawing *drawing, size_t index)
{
	unsigned level = drawing->blocks[index].level;
	size_t next = index + 1;

	while (next < drawing->count && drawing->blocks[next].level < level)
		next++;
	return next;
}

static void draw_block(const struct drawing *drawing, const struct drawn *block, const char *branch)
{
	uint32_t room = capacity(drawing, block->level);

	fprintf(drawing->session->out, "%s%s %" PRIu32 "/%" PRIu32, branch, block->level ? "node" : "leaf",
		block->at.agno, block->at.agbno);
	if (block->bad)
		fputs(": cannot be used\n", drawing->session->out);
	else
		fprintf(drawing->session->out, ": level %u, %" PRIu32 " of %" PRIu32 " %s, %.0f%% full\n", block->level,
			block->entries, room, block->level ? "pointers" : "records", 100.0 * block->entries / room);
}

/* Children that are not drawn one by one. */
static void draw_rest(const struct drawing *drawing, size_t first, size_t end, unsigned level, const char *prefix)
{
	uint64_t entries = 0, blocks = 0;

	for (size_t i = first; i < end; i++)
		if (drawing->blocks[i].level == level) {
			entries += drawing->blocks[i].entries;
			blocks++;
		}
	fprintf(drawing->session->out, "%s└─ and %" PRIu64 " more, %.0f%% full on average\n", prefix, blocks,
		100.0 * (double)entries / ((double)blocks * capacity(drawing, level)));
}

/* A block and what is below it; @prefix: what stands left of its children. Trees are at most BTREE_LEVELS_MAX deep. */
static void draw(const struct drawing *drawing, size_t index, const char *prefix)
{
	const struct drawn *block = &drawing->blocks[index];
	size_t end = after(drawing, index), child = index + 1;
	uint32_t shown = 0;

	while (child < end) {
		size_t next = after(drawing, child);
		bool last = next == end;
		char below[BTREE_LEVELS_MAX * 8], branch[BTREE_LEVELS_MAX * 8];

		if (!last && ++shown > CHILDREN_SHOWN) {
			draw_rest(drawing, child, end, block->level - 1, prefix);
			return;
		}
		(void)snprintf(branch, sizeof(branch), "%s%s", prefix, last ? "└─ " : "├─ ");
		(void)snprintf(below, sizeof(below), "%s%s", prefix, last ? "   " : "│  ");
		draw_block(drawing, &drawing->blocks[child], branch);
		draw(drawing, child, below);
		child = next;
	}
}

static int print_json(const struct drawing *drawing, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < drawing->count && rc == 0; i++) {
		const struct drawn *block = &drawing->blocks[i];
		struct json_line line;

		json_line_begin(&line, "tree_block");
		json_text(&line, "tree", drawing->tree->format->name);
		json_number(&line, "group", block->at.agno);
		json_number(&line, "group_block", block->at.agbno);
		json_number(&line, "level", block->level);
		if (i > 0)
			json_number(&line, "parent_group_block", drawing->blocks[block->parent].at.agbno);
		json_number(&line, "entries", block->entries);
		json_number(&line, "capacity", capacity(drawing, block->level));
		json_boolean(&line, "usable", !block->bad);
		rc = json_line_end(&line, drawing->session->out, err);
	}
	return rc;
}

/* By our names or those of xfs_db. */
static bool find_kind(const char *name, enum btree_kind *out)
{
	for (int kind = 0; kind < BTREE_BMAP; kind++)
		if (strcmp(name, btree_formats[kind].name) == 0) {
			*out = (enum btree_kind)kind;
			return true;
		}
	*out = BTREE_REFCOUNT;
	return strcmp(name, "refcntbt") == 0;
}

static int parse(struct session *session, char **words, struct btree *tree, struct error *err)
{
	enum btree_kind kind;
	uint64_t agno;

	if (!find_kind(words[0], &kind)) {
		session_say(session, "%s is no tree of a group: bnobt cntbt inobt finobt rmapbt refcountbt\n",
			    words[0]);
		return ERR_INVALID;
	}
	if (!session_number(words[1], &agno) || agno >= session->fs->geo.ag_count) {
		session_say(session, "bad allocation group number %s\n", words[1]);
		return ERR_INVALID;
	}
	if (btree_open_group(session->fs, kind, (uint32_t)agno, tree, err) != 0)
		return session_complain(session, err);
	return 0;
}

static int tree_run(struct session *session, int argc, char **argv)
{
	struct btree tree;
	struct drawing drawing = {.session = session, .tree = &tree};
	struct btree_cursor_options options = {.high = BTREE_KEY_MAX, .block = add_block, .arg = &drawing};
	struct btree_walker walker = {.record = add_record, .bad = add_bad, .arg = &drawing};
	struct error err = {0};
	int rc;

	(void)argc;
	rc = parse(session, argv + 1, &tree, &err);
	if (rc != 0)
		return rc;
	rc = btree_walk(&tree, &options, &walker, &err);
	if (rc == 0 && session->json) {
		rc = print_json(&drawing, &err);
	} else if (rc == 0 && drawing.count > 0) {
		fprintf(session->out, "%s of group %" PRIu64 ": %zu block%s\n", tree.format->name, tree.owner,
			drawing.count, drawing.count == 1 ? "" : "s");
		draw_block(&drawing, &drawing.blocks[0], "");
		draw(&drawing, 0, "");
	}
	free(drawing.blocks);
	if (rc == ERR_NOMEM)
		error_set(&err, rc, "no memory for the drawing of a tree");
	return rc == 0 || rc == ERR_CANCELLED ? rc : session_complain(session, &err);
}

const struct command tree_command = {
	.name = "tree",
	.args_min = 2,
	.args_max = 2,
	.args = "[--json] tree agno",
	.takes_json = true,
	.summary = "draw a B+tree of a group",
	.help = " Trees: bnobt cntbt inobt finobt rmapbt refcountbt. Each block with its address, level and how full "
		"it is.\n",
	.run = tree_run,
};
