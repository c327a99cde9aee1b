/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names of all inodes.
 *
 * First the directories alone, which path_tree.c finds from the root downwards. Then their names, a batch of
 * directories at a time in the order of inode numbers: workers read the entries, the calling thread hands them out. A
 * directory too large to be kept is read by the calling thread itself, entry by entry.
 */
#include "base/array.h"
#include "fs/names.h"

#include <stdlib.h>
#include <string.h>

#include "fs/path_tree.h"

#define BATCH	    64u	       /* directories whose entries are kept at a time */
#define LARGE_BYTES (1u << 20) /* of a directory that is not kept */
#define NAME_NONE   UINT32_MAX

struct entry {
	uint64_t ino;
	size_t name; /* in the names of the unit */
	uint32_t name_len;
	bool is_directory;
};

/* A directory of the batch. */
struct unit {
	uint32_t node;
	struct entry *entries;
	size_t count, room;
	struct path_bytes names;
	bool is_large;
	uint64_t lost_ino; /* an inode that could not be read; 0: none */
	struct error lost;
};

/* The name of a directory itself. */
struct label {
	size_t at; /* in the names of a worker */
	uint32_t worker;
	uint32_t len; /* NAME_NONE: it could not be read again */
};

struct walk;

struct worker {
	struct walk *walk;
	struct unit *unit;
	struct inode inode, other;
	uint8_t *buffer;
	uint32_t node; /* of inode, while labels are read */
	struct path_bytes labels;
};

struct walk {
	const struct fs *fs;
	struct pool *pool;
	const struct names_options *options;
	const struct names_sink *sink;
	struct error *err;
	struct path_tree tree;
	uint32_t *order;      /* numbers of the directories, by inode */
	struct label *labels; /* by number */
	struct worker *workers;
	struct unit units[BATCH];
	size_t first;		    /* of the batch, in order */
	struct idmap seen;	    /* inode / 64: a bit for each inode that was handed out */
	struct path_text directory; /* path of that whose names are handed out */
};

static int no_memory(const struct walk *walk)
{
	return error_set(walk->err, ERR_NOMEM, "no memory for the names of all inodes");
}

/* ------------------------------------------------------------------ which inodes are wanted */

static int compare_inos(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool is_special(uint16_t mode)
{
	switch (mode & INODE_MODE_TYPE) {
	case INODE_MODE_FILE:
		return mode & (INODE_MODE_SETUID | INODE_MODE_SETGID);
	case INODE_MODE_DIR:
	case INODE_MODE_LINK:
		return false;
	default:
		return true;
	}
}

/* Whether the type of an entry leaves open what has to be known. */
static bool must_read(const struct names_options *options, enum dir_ftype ftype)
{
	return ftype == DIR_FTYPE_UNKNOWN || (options->special_only && ftype == DIR_FTYPE_FILE);
}

/* 1: the entry is wanted; 0: it is not. */
static int judge(struct worker *worker, const struct dir_entry *entry, bool *is_directory)
{
	const struct names_options *options = worker->walk->options;
	struct unit *unit = worker->unit;
	struct error why;
	int rc;

	*is_directory = entry->ftype == DIR_FTYPE_DIR;
	if (options->count > 0 &&
	    !bsearch(&entry->ino, options->inos, options->count, sizeof(entry->ino), compare_inos))
		return 0;
	if (!must_read(options, entry->ftype))
		return !options->special_only || (entry->ftype != DIR_FTYPE_DIR && entry->ftype != DIR_FTYPE_LINK);
	rc = inode_read(worker->walk->fs, entry->ino, &worker->other, &why);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA) {
		if (unit->lost_ino == 0) {
			unit->lost_ino = entry->ino;
			unit->lost = why;
		}
		return !options->special_only;
	}
	if (rc != 0)
		return rc;
	*is_directory = inode_is(&worker->other, INODE_MODE_DIR);
	return !options->special_only || is_special(worker->other.mode);
}

/* ------------------------------------------------------------------ entries of a batch */

static int keep_entry(void *arg, const struct dir_entry *entry)
{
	struct worker *worker = arg;
	struct unit *unit = worker->unit;
	struct entry *kept;
	bool is_directory;
	int rc = judge(worker, entry, &is_directory);

	if (rc != 1)
		return rc;
	rc = array_reserve(&unit->entries, unit->count, 1, &unit->room, sizeof(*unit->entries));
	if (rc != 0)
		return rc;
	kept = &unit->entries[unit->count++];
	*kept = (struct entry){.ino = entry->ino, .name_len = (uint32_t)entry->name.len, .is_directory = is_directory};
	return path_keep(&unit->names, entry->name, &kept->name);
}

/* The pass over the tree has said what of the directory is bad. */
static int said_before(void *arg, const struct error *why)
{
	(void)arg;
	(void)why;
	return 0;
}

static int read_directory(struct worker *worker, int (*take)(void *, const struct dir_entry *), bool with_large,
			  struct error *why)
{
	const struct dir_walker walker = {.entry = take, .bad = said_before, .arg = worker, .buffer = worker->buffer};
	const struct walk *walk = worker->walk;
	int rc = inode_read(walk->fs, walk->tree.nodes[worker->unit->node].ino, &worker->inode, why);

	if (rc == ERR_CORRUPT || rc == ERR_MEDIA || (rc == 0 && !inode_is(&worker->inode, INODE_MODE_DIR)))
		return 0;
	worker->unit->is_large = rc == 0 && !with_large && worker->inode.size_bytes > LARGE_BYTES;
	if (rc == 0 && !worker->unit->is_large)
		rc = dir_walk(walk->fs, &worker->inode, &walker, why);
	return rc;
}

static int run_unit(void *arg, unsigned index, size_t number)
{
	struct walk *walk = arg;
	struct worker *worker = &walk->workers[index];
	struct unit *unit = &walk->units[number];
	struct error why;

	worker->unit = unit;
	unit->node = walk->order[walk->first + number];
	unit->count = unit->names.count = 0;
	unit->is_large = false;
	unit->lost_ino = 0;
	return read_directory(worker, keep_entry, false, &why);
}

/* ------------------------------------------------------------------ handing out */

/* Whether the inode had not come yet. */
static int meet(struct walk *walk, uint64_t ino)
{
	uint64_t bit = 1ull << (ino % 64), *bits = idmap_get(&walk->seen, ino / 64);
	int rc;

	if (!bits) {
		rc = idmap_put(&walk->seen, ino / 64, bit);
		return rc < 0 ? no_memory(walk) : 1;
	}
	if (*bits & bit)
		return 0;
	*bits |= bit;
	return 1;
}

static int hand_out(struct walk *walk, uint64_t ino, struct span name, bool is_directory)
{
	const struct path_text *text = &walk->directory;
	struct name out = {.ino = ino, .name = name, .is_directory = is_directory};
	int rc = walk->options->all_names && !is_directory ? 1 : meet(walk, ino);

	if (rc != 1)
		return rc;
	if (text->len > 0)
		out.directory = (struct span){text->bytes + text->room - text->len + 1, text->len - 1};
	return walk->sink->name(walk->sink->arg, &out);
}

/* An entry of a large directory. */
static int pass_entry(void *arg, const struct dir_entry *entry)
{
	struct worker *worker = arg;
	bool is_directory;
	int rc = judge(worker, entry, &is_directory);

	return rc == 1 ? hand_out(worker->walk, entry->ino, entry->name, is_directory) : rc;
}

/* The path of the directory: 1; 0: a name on the way could not be read again. */
static int find_path(struct walk *walk, uint32_t node)
{
	int rc = 0;

	walk->directory.len = 0;
	for (; walk->tree.nodes[node].parent != NODE_NONE && rc == 0; node = walk->tree.nodes[node].parent) {
		const struct label *label = &walk->labels[node];

		if (label->len == NAME_NONE)
			return 0;
		rc = path_prepend(&walk->directory,
				  (struct span){walk->workers[label->worker].labels.bytes + label->at, label->len});
	}
	/* A path too long to be kept is cut at its start, as elsewhere. */
	return rc < 0 ? no_memory(walk) : 1;
}

static int hand_out_unit(struct walk *walk, struct unit *unit)
{
	int rc = find_path(walk, unit->node);

	if (rc != 1)
		return rc;
	rc = 0;
	if (unit->is_large) {
		walk->workers[0].unit = unit;
		rc = read_directory(&walk->workers[0], pass_entry, true, walk->err);
	}
	for (size_t i = 0; i < unit->count && rc == 0; i++)
		rc = hand_out(walk, unit->entries[i].ino,
			      (struct span){unit->names.bytes + unit->entries[i].name, unit->entries[i].name_len},
			      unit->entries[i].is_directory);
	if (rc == 0 && unit->lost_ino != 0 && walk->sink->gap)
		rc = walk->sink->gap(walk->sink->arg, unit->lost_ino, &unit->lost);
	return rc;
}

static int hand_out_all(struct walk *walk)
{
	size_t end = walk->tree.node_count;
	int rc = meet(walk, walk->fs->geo.root_ino);

	rc = rc == 1 ? 0 : rc;
	for (walk->first = 0; walk->first < end && rc == 0; walk->first += BATCH) {
		size_t units = end - walk->first < BATCH ? end - walk->first : BATCH;

		if (progress_step(walk->options->progress, "names", walk->first, end) != 0)
			return error_set(walk->err, ERR_CANCELLED, "cancelled");
		rc = pool_run(walk->pool, units, run_unit, walk);
		if (rc < 0)
			return error_set(walk->err, rc, "the names of all inodes: %s", err_text(rc));
		for (size_t i = 0; i < units && rc == 0; i++)
			rc = hand_out_unit(walk, &walk->units[i]);
	}
	return rc;
}

/* ------------------------------------------------------------------ directories */

/* Reads the name of a directory from its parent, which stays at hand for the next one. */
static int run_label(void *arg, unsigned index, size_t number)
{
	struct walk *walk = arg;
	struct worker *worker = &walk->workers[index];
	const struct path_node *node = &walk->tree.nodes[number];
	struct label *label = &walk->labels[number];
	struct dir_entry entry;
	struct error why;
	int rc = 0;

	*label = (struct label){.worker = index, .len = NAME_NONE};
	if (node->parent == NODE_NONE)
		return 0;
	if (worker->node != node->parent)
		rc = inode_read(walk->fs, walk->tree.nodes[node->parent].ino, &worker->inode, &why);
	worker->node = rc == 0 ? node->parent : NODE_NONE;
	if (rc == 0)
		rc = dir_entry_at(walk->fs, &worker->inode, node->cookie, worker->buffer, &entry, &why);
	if (rc == 0) {
		label->len = (uint32_t)entry.name.len;
		return path_keep(&worker->labels, entry.name, &label->at);
	}
	return rc == ERR_CORRUPT || rc == ERR_MEDIA || rc == ERR_NOT_FOUND ? 0 : rc;
}

static int compare_nodes(const void *a, const void *b, void *arg)
{
	const struct path_node *nodes = arg;
	uint64_t x = nodes[*(const uint32_t *)a].ino, y = nodes[*(const uint32_t *)b].ino;

	return (x > y) - (x < y);
}

static int prepare(struct walk *walk)
{
	size_t count = walk->tree.node_count;
	unsigned workers = pool_workers(walk->pool);
	int rc;

	walk->order = calloc(count, sizeof(*walk->order));
	walk->labels = calloc(count, sizeof(*walk->labels));
	walk->workers = calloc(workers, sizeof(*walk->workers));
	if (!walk->order || !walk->labels || !walk->workers)
		return no_memory(walk);
	for (unsigned i = 0; i < workers; i++) {
		walk->workers[i].walk = walk;
		walk->workers[i].node = NODE_NONE;
		walk->workers[i].buffer = malloc(walk->fs->geo.dirblock_bytes);
		if (!walk->workers[i].buffer)
			return no_memory(walk);
	}
	for (size_t i = 0; i < count; i++)
		walk->order[i] = (uint32_t)i;
	qsort_r(walk->order, count, sizeof(*walk->order), compare_nodes, walk->tree.nodes);
	rc = pool_run(walk->pool, count, run_label, walk);
	return rc < 0 ? error_set(walk->err, rc, "the names of all directories: %s", err_text(rc)) : rc;
}

static void finish(struct walk *walk)
{
	for (unsigned i = 0; walk->workers && i < pool_workers(walk->pool); i++) {
		free(walk->workers[i].buffer);
		free(walk->workers[i].labels.bytes);
	}
	for (unsigned i = 0; i < BATCH; i++) {
		free(walk->units[i].entries);
		free(walk->units[i].names.bytes);
	}
	free(walk->workers);
	free(walk->labels);
	free(walk->order);
	free(walk->directory.bytes);
	idmap_fini(&walk->seen);
	path_tree_fini(&walk->tree);
	free(walk);
}

int names_walk(const struct fs *fs, struct pool *pool, const struct names_options *options,
	       const struct names_sink *sink, struct error *err)
{
	const struct path_sink losses = {.gap = sink->gap, .arg = sink->arg};
	const struct path_job job = {
		.fs = fs, .pool = pool, .sink = &losses, .progress = options->progress, .err = err};
	struct walk *walk = calloc(1, sizeof(*walk));
	int rc;

	if (!walk)
		return path_no_memory(&job);
	*walk = (struct walk){.fs = fs, .pool = pool, .options = options, .sink = sink, .err = err};
	rc = path_tree_init(&walk->tree, &job) == 0 ? path_walk_from(&walk->tree, 0) : path_no_memory(&job);
	if (rc == 0)
		rc = prepare(walk);
	if (rc == 0)
		rc = hand_out_all(walk);
	finish(walk);
	return rc;
}
