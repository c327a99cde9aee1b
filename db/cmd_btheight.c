/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* btheight: how high a B+tree of so many records is, and how many blocks it takes. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "format/btree_kind.h"
#include "fs/fork.h"
#include "session.h"

/* The least that is known of blocks of one kind. */
struct shape {
	const char *name;
	uint32_t header, record, key, pointer; /* bytes */
};

/* As many as fill a block, or as the format demands of any block but the root: half of that. */
enum filling {
	FILLING_BEST,
	FILLING_WORST,
};

static const struct {
	const char *name;
	enum btree_kind kind;
} trees[] = {
	{"bnobt", BTREE_BNO},	{"cntbt", BTREE_CNT},		{"inobt", BTREE_INO},	{"finobt", BTREE_FINO},
	{"bmapbt", BTREE_BMAP}, {"refcountbt", BTREE_REFCOUNT}, {"rmapbt", BTREE_RMAP},
};
#define TREES (sizeof(trees) / sizeof(trees[0]))

static struct shape shape_of_kind(const char *name, enum btree_kind kind)
{
	const struct btree_format *format = &btree_formats[kind];

	return (struct shape){name, btree_header_bytes(format), format->record_bytes, btree_entry_key_bytes(format),
			      btree_pointer_bytes(format)};
}

/* "record_bytes:key_bytes:ptr_bytes:header_type" */
static bool parse_shape(struct session *session, const char *text, struct shape *shape)
{
	static const struct {
		const char *name;
		uint32_t bytes;
	} headers[] = {{"short", 16}, {"long", 24}, {"shortcrc", 56}, {"longcrc", 72}};
	char header[16];
	int end = 0;

	*shape = (struct shape){.name = text};
	if (sscanf(text, "%5" SCNu32 ":%5" SCNu32 ":%5" SCNu32 ":%15[a-z]%n", &shape->record, &shape->key,
		   &shape->pointer, header, &end) != 4 ||
	    text[end] != '\0' || shape->record == 0 || shape->key == 0 || shape->pointer == 0) {
		session_say(session, "%s: neither a btree type nor record:key:pointer:header\n", text);
		return false;
	}
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (strcmp(headers[i].name, header) == 0)
			shape->header = headers[i].bytes;
	if (shape->header == 0)
		session_say(session, "%s: unrecognized btree header type.\n", header);
	return shape->header != 0;
}

struct request {
	uint64_t records;
	uint32_t block_bytes;
	bool best, worst, absolute;
};

static void print_level(struct session *session, unsigned level, uint64_t records, uint64_t blocks)
{
	session_say(session, "level %u: %" PRIu64 " record%s, %" PRIu64 " block%s\n", level, records,
		    records == 1 ? "" : "s", blocks, blocks == 1 ? "" : "s");
}

static int print_height(struct session *session, const struct shape *shape, const struct request *request,
			enum filling filling)
{
	uint32_t half = filling == FILLING_WORST ? 2 : 1;
	uint32_t room = request->block_bytes - shape->header;
	uint64_t leaf = room / shape->record / half, node = room / (shape->key + shape->pointer) / half;
	uint64_t records = request->records, total = 0;
	unsigned levels = 0;

	if (leaf < 1 || node < 2) {
		session_say(session, "%s: cannot build a tree with %" PRIu32 "-byte blocks\n", shape->name,
			    request->block_bytes);
		return ERR_INVALID;
	}
	session_say(session,
		    "%s: %s case per %" PRIu32 "-byte block: %" PRIu64 " records (leaf) / %" PRIu64 " keyptrs (node)\n",
		    shape->name, filling == FILLING_BEST ? "best" : "worst", request->block_bytes, leaf, node);
	/* A node has two pointers at least: each level is at most half as long as the one below. */
	for (uint64_t blocks = 0; blocks != 1; records = blocks) {
		uint64_t capacity = levels == 0 ? leaf : node;

		blocks = records / capacity + (records % capacity != 0);
		print_level(session, levels++, records, blocks);
		total += blocks;
	}
	session_say(session, "%u level%s, %" PRIu64 " block%s total\n", levels, levels == 1 ? "" : "s", total,
		    total == 1 ? "" : "s");
	return 0;
}

/*
 * The most levels that any file system can need: with the smallest blocks that have the tree, half full, and as many
 * records as can be (xfs_format.h: 2^40 bytes in a group; 2^48 - 1 extents in a fork). Blocks without checksums, which
 * this toolkit does not read, hold more but can be smaller: for the older trees the smaller ones count.
 */
static unsigned absolute_height(enum btree_kind kind)
{
	const struct btree_format *format = &btree_formats[kind];
	bool is_older =
		kind == BTREE_BNO || kind == BTREE_CNT || kind == BTREE_INO || kind == BTREE_FINO || kind == BTREE_BMAP;
	uint32_t room = is_older ? 512 - (format->long_pointers ? 24 : 16) : 1024 - btree_header_bytes(format);
	uint64_t leaf = room / format->record_bytes / 2;
	uint64_t node = room / (btree_entry_key_bytes(format) + btree_pointer_bytes(format)) / 2;
	uint64_t group_blocks = SB_AG_BYTES_MAX / (is_older ? 512 : 1024), left;
	unsigned levels = 1;

	if (kind == BTREE_RMAP) {
		/* Sharing sets no bound to the records: the tree ends when its blocks fill the group. */
		for (left = group_blocks; left >= node; left /= node)
			levels++;
		return levels;
	}
	left = kind == BTREE_BMAP			 ? (1ull << 48) - 1
	       : kind == BTREE_INO || kind == BTREE_FINO ? SB_AG_BYTES_MAX / 256 / INODES_PER_CHUNK
	       : kind == BTREE_REFCOUNT			 ? group_blocks
							 : group_blocks / 2;
	for (left = (left + leaf - 1) / leaf; left > 1; left = (left + node - 1) / node)
		levels++;
	/* The root in the inode holds less than a block. */
	return kind == BTREE_BMAP ? levels + 1 : levels;
}

static int print_tree(struct session *session, const struct shape *shape, const struct request *request)
{
	int rc = 0;

	if (shape->header >= request->block_bytes) {
		session_say(session, "%s: blocks of %" PRIu32 " bytes have no room\n", shape->name,
			    request->block_bytes);
		return ERR_INVALID;
	}
	if (request->best)
		rc = print_height(session, shape, request, FILLING_BEST);
	if (rc == 0 && request->worst)
		rc = print_height(session, shape, request, FILLING_WORST);
	return rc;
}

static int print_known(struct session *session, size_t tree, const struct request *request)
{
	struct shape shape = shape_of_kind(trees[tree].name, trees[tree].kind);

	if (!request->absolute)
		return print_tree(session, &shape, request);
	session_say(session, "%s: %u\n", shape.name, absolute_height(trees[tree].kind));
	return 0;
}

static int print_named(struct session *session, const char *name, const struct request *request)
{
	struct shape shape;
	bool is_all = strcmp(name, "all") == 0;

	for (size_t i = 0; i < TREES; i++) {
		int rc = is_all || strcmp(name, trees[i].name) == 0 ? print_known(session, i, request) : 1;

		if (rc < 0 || (rc == 0 && !is_all))
			return rc;
	}
	if (is_all)
		return 0;
	return parse_shape(session, name, &shape) ? print_tree(session, &shape, request) : ERR_INVALID;
}

static int take_filling(struct session *session, const char *word, struct request *request)
{
	request->best = strcmp(word, "max") == 0;
	request->worst = strcmp(word, "min") == 0;
	request->absolute = strcmp(word, "absmax") == 0;
	if (request->best || request->worst || request->absolute)
		return 0;
	session_say(session, "-w is max, min or absmax, not %s\n", word);
	return ERR_INVALID;
}

static int take_option(struct session *session, int option, struct request *request)
{
	uint64_t value;

	switch (option) {
	case 'n':
		if (session_number(optarg, &request->records) && request->records > 0)
			return 0;
		session_say(session, "Number of records must be greater than zero.\n");
		return ERR_INVALID;
	case 'b':
		if (!session_number(optarg, &value) || value < 128) {
			session_say(session, "The smallest block size this command will consider is 128 bytes.\n");
			return ERR_INVALID;
		}
		if (value > SB_BLOCKSIZE_MAX) {
			session_say(session, "The largest block size this command will consider is %u bytes.\n",
				    SB_BLOCKSIZE_MAX);
			return ERR_INVALID;
		}
		request->block_bytes = (uint32_t)value;
		return 0;
	case 'w':
		return take_filling(session, optarg, request);
	default:
		session_say(session, "bad option for btheight command\n");
		return ERR_INVALID;
	}
}

static int btheight_run(struct session *session, int argc, char **argv)
{
	struct request request = {.block_bytes = session->fs->geo.block_bytes, .best = true, .worst = true};
	int option, rc = 0;

	optind = 0;
	opterr = 0;
	while (rc == 0 && (option = getopt(argc, argv, "b:n:w:")) != -1)
		rc = take_option(session, option, &request);
	if (rc == 0 && optind == argc) {
		session_say(session, "Number of records and btree types must be given.\n");
		rc = ERR_INVALID;
	}
	if (rc == 0 && request.records == 0 && !request.absolute) {
		session_say(session, "Number of records must be greater than zero.\n");
		rc = ERR_INVALID;
	}
	for (int i = optind; i < argc && rc == 0; i++)
		rc = print_named(session, argv[i], &request);
	return rc;
}

const struct command btheight_command = {
	.name = "btheight",
	.args_min = 1,
	.args_max = ARGS_ANY,
	.args = "[-b blksz] [-n recs] [-w max|-w min|-w absmax] btree types...",
	.summary = "compute btree heights",
	.help = " Says how many levels and blocks a tree of -n records has, in the best and in the worst case of "
		"filling.\n"
		"\n"
		" -b blksz   block size in bytes, instead of the file system's\n"
		" -n recs    how many records\n"
		" -w max     only the best case: full blocks\n"
		" -w min     only the worst case: blocks half full\n"
		" -w absmax  the most levels that such a tree can have anywhere\n"
		"\n"
		" Types: all bnobt cntbt inobt finobt bmapbt refcountbt rmapbt, or "
		"record_bytes:key_bytes:ptr_bytes:header\n"
		" with short, long, shortcrc or longcrc as header.\n",
	.run = btheight_run,
};
