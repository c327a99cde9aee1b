/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* btdump: a tree from the current block down, level by level, each level along the links between neighbours. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "format/btree_kind.h"
#include "format/attr.h"
#include "format/dir.h"
#include "place.h"

struct dump {
	struct session *session;
	bool nodes; /* -i: interior blocks too */
};

/* Where a tree has things: field names for the layouts. */
struct names {
	const char *level, *right, *first; /* level, right neighbour, first pointer */
	const char *inside, *leaf[2];	   /* printed of interior blocks and of leaves */
	const char *pointers;
};

static const struct names btree_names = {.level = "level",
					 .right = "rightsib",
					 .first = "ptrs[1]",
					 .inside = "keys",
					 .leaf = {"recs"},
					 .pointers = "ptrs"};
static const struct names dir_node_names = {
	.level = "nhdr.level", .right = "nhdr.info.hdr.forw", .first = "nbtree[0].before", .inside = "nbtree"};
static const struct names dir_leaf_names = {.right = "lhdr.info.hdr.forw", .leaf = {"lents"}};
static const struct names attr_node_names = {
	.level = "hdr.level", .right = "hdr.info.hdr.forw", .first = "btree[0].before", .inside = "btree"};
static const struct names attr_leaf_names = {.right = "hdr.info.hdr.forw", .leaf = {"entries", "nvlist"}};

/* The value of a field of the current structure; false: there is no such field here. */
static bool value_of(struct session *session, const char *field, uint64_t *value, bool *is_null)
{
	struct layout_source source = place_source(session);
	const struct layout_item *item;
	struct layout_path path;

	if (!field || layout_path_parse(session->now.place.type->layout, &source, field, &path, NULL) != 0 ||
	    !layout_path_value(&path, &source, &item, value))
		return false;
	*is_null = layout_is_null(item, *value) ||
		   (*value == 0 && item->address != ADDRESS_AGBLOCK && item->address != ADDRESS_FSBLOCK);
	return true;
}

static void print_field(struct session *session, const char *field)
{
	struct layout_source source = place_source(session);
	struct layout_path path;

	struct error err;

	if (!field)
		return;
	if (layout_path_parse(session->now.place.type->layout, &source, field, &path, &err) == 0)
		layout_print_path(session->out, &path, &source);
	else
		session_say(session, "%s\n", err.text); /* an empty tree has no records */
}

/* How the block at hand is built; NULL: it is in no tree. */
static const struct names *names_here(struct session *session)
{
	const char *type = session->now.place.type->name;
	uint64_t value;
	bool is_null;

	if (strcmp(type, "dir3") == 0)
		return value_of(session, "nhdr.level", &value, &is_null)   ? &dir_node_names
		       : value_of(session, "lhdr.count", &value, &is_null) ? &dir_leaf_names
									   : NULL;
	if (strcmp(type, "attr3") == 0)
		return value_of(session, "hdr.level", &value, &is_null)	      ? &attr_node_names
		       : value_of(session, "hdr.usedbytes", &value, &is_null) ? &attr_leaf_names
									      : NULL;
	return value_of(session, "level", &value, &is_null) ? &btree_names : NULL;
}

static int go_field(struct session *session, const char *field)
{
	char command[] = "addr", *argv[] = {command, NULL, NULL};
	char *copy = strdup(field);
	struct error err;
	int rc;

	if (!copy) {
		error_set(&err, ERR_NOMEM, "no memory for a command");
		return session_complain(session, &err);
	}
	argv[1] = copy;
	rc = command_run(session, 2, argv);
	free(copy);
	return rc;
}

static void print_block(struct session *session, const struct names *names, uint64_t level, uint64_t number)
{
	session_say(session, "%s level %" PRIu64 " block %" PRIu64 " daddr %" PRIu64 "\n",
		    session->now.place.type->name, level, number, session->now.place.pieces[0].offset_bytes / 512);
	if (level > 0) {
		print_field(session, names->inside);
		print_field(session, names->pointers);
		return;
	}
	for (size_t i = 0; i < 2; i++)
		print_field(session, names->leaf[i]);
}

/*
 * One level, from the current block to the right. The links are the device's and may lead in a circle: the place at
 * step 1, 2, 4, 8 ... is kept, and whoever goes in a circle comes by it again.
 */
static int dump_level(struct dump *dump, uint64_t level)
{
	struct session *session = dump->session;
	uint64_t right, kept = UINT64_MAX;
	bool is_null;
	int rc = 0;

	for (uint64_t number = 1; rc == 0; number++) {
		const struct names *names = names_here(session);
		uint64_t here = session->now.place.pieces[0].offset_bytes;

		if (!names)
			return 0;
		if (session_interrupted(session))
			return ERR_CANCELLED;
		if (here == kept) {
			session_say(session, "the blocks of this level go in a circle\n");
			return ERR_CORRUPT;
		}
		if ((number & (number - 1)) == 0)
			kept = here;
		if (level == 0 || dump->nodes)
			print_block(session, names, level, number);
		if (!value_of(session, names->right, &right, &is_null) || is_null)
			return 0;
		rc = go_field(session, names->right);
	}
	return rc;
}

/* The level of the block at hand: a leaf's is 0. */
static uint64_t level_here(struct session *session, const struct names *names)
{
	uint64_t level = 0;
	bool is_null;

	return value_of(session, names->level, &level, &is_null) ? level : 0;
}

/* Keeps the leftmost block of a level on the stack while the level is dumped. */
static int dump_down(struct dump *dump)
{
	struct session *session = dump->session;
	char push[] = "push", pop[] = "pop";
	int rc = 0;

	for (unsigned levels = 0; levels < BTREE_LEVELS_MAX + 1; levels++) {
		const struct names *names = names_here(session);
		uint64_t level;

		if (!names)
			return 0;
		level = level_here(session, names);
		rc = command_run(session, 1, (char *[]){push, NULL});
		if (rc == 0) {
			int back;

			rc = dump_level(dump, level);
			back = command_run(session, 1, (char *[]){pop, NULL});
			rc = rc == 0 ? back : rc;
		}
		if (rc != 0 || level == 0)
			return rc;
		rc = go_field(session, names->first);
		if (rc != 0)
			return rc;
		names = names_here(session);
		if (!names || level_here(session, names) != level - 1) {
			session_say(session, "the block below is not of level %" PRIu64 "\n", level - 1);
			return ERR_CORRUPT;
		}
	}
	return rc;
}

/* From the root in an inode. */
static int dump_inode(struct dump *dump, bool attr)
{
	struct session *session = dump->session;
	const char *fork = attr ? "attr" : "data";
	uint64_t level;
	bool is_null;

	if (!value_of(session, attr ? "a.bmbt.level" : "u3.bmbt.level", &level, &is_null)) {
		session_say(session, "%s fork not in btree format\n", fork);
		return ERR_INVALID;
	}
	if (dump->nodes) {
		print_field(session, attr ? "a.bmbt.keys" : "u3.bmbt.keys");
		print_field(session, attr ? "a.bmbt.ptrs" : "u3.bmbt.ptrs");
	}
	if (go_field(session, attr ? "a.bmbt.ptrs[1]" : "u3.bmbt.ptrs[1]") != 0)
		return ERR_CORRUPT;
	return dump_down(dump);
}

static bool is_btree_type(const char *name)
{
	size_t len = strlen(name);

	return (len > 2 && strcmp(name + len - 2, "bt") == 0) || strncmp(name, "bmapbt", 6) == 0;
}

static int dump_here(struct dump *dump, bool attr)
{
	struct session *session = dump->session;
	const char *type = session->now.place.type->name;

	if (strcmp(type, "inode") == 0)
		return dump_inode(dump, attr);
	if (strcmp(type, "dir3") == 0 || strcmp(type, "attr3") == 0) {
		if (names_here(session))
			return dump_down(dump);
		session_say(session, "Current location is not part of a dir/attr btree.\n");
		return ERR_INVALID;
	}
	if (is_btree_type(type))
		return dump_down(dump);
	session_say(session, "type \"%s\" is not a btree type or inode\n", type);
	return ERR_INVALID;
}

static int btdump_run(struct session *session, int argc, char **argv)
{
	struct dump dump = {.session = session};
	char push[] = "push", pop[] = "pop";
	bool attr = false;
	int option, rc, back;

	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "ai")) != -1) {
		attr |= option == 'a';
		dump.nodes |= option == 'i';
		if (option == '?') {
			session_say(session, "bad option for btdump command\n");
			return ERR_INVALID;
		}
	}
	if (!session->now.place.type) {
		session_say(session, "no current type\n");
		return ERR_INVALID;
	}
	rc = command_run(session, 1, (char *[]){push, NULL});
	if (rc != 0)
		return rc;
	rc = dump_here(&dump, attr);
	back = command_run(session, 1, (char *[]){pop, NULL});
	return rc == 0 ? back : rc;
}

const struct command btdump_command = {
	.name = "btdump",
	.args_max = 2,
	.args = "[-a] [-i]",
	.summary = "dump btree",
	.help = " Prints the records of the tree below the current block, level by level; at an inode those of the "
		"tree that\n"
		" maps its data.\n"
		"\n"
		" -a  at an inode: the tree of its attribute fork\n"
		" -i  interior blocks too\n",
	.run = btdump_run,
};
