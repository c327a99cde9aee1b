/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths by a pass over the directory tree, for all wanted inodes at once.
 *
 * Breadth first, level by level; the directories of a level are shared out to the workers in parts. A part is
 * always done to its end, and what it found is sorted, so that the answer does not depend on timing even where the
 * pass stops early. Only inodes of directories are read: the type of the others is known from their names.
 *
 * A directory is walked once, from the first name that leads to it: this ends loops.
 */
#include "base/array.h"
#include "fs/path_tree.h"

#include <stdlib.h>
#include <string.h>

#define PART	     1024 /* directories between two looks at whether to go on */
#define INLINE_UNITS 8	  /* not worth waking other threads for */

int path_note_child(struct path_finds *finds, uint64_t ino, uint32_t parent, uint32_t cookie)
{
	int rc = array_reserve(&finds->children, finds->child_count, 1, &finds->child_room, sizeof(*finds->children));

	if (rc == 0)
		finds->children[finds->child_count++] = (struct path_child){ino, parent, cookie};
	return rc;
}

int path_note_loss(struct path_finds *finds, uint32_t node, uint64_t ino, const struct error *why)
{
	int rc = array_reserve(&finds->losses, finds->loss_count, 1, &finds->loss_room, sizeof(*finds->losses));

	if (rc == 0)
		finds->losses[finds->loss_count++] = (struct path_loss){node, ino, *why};
	return rc;
}

static int note_hit(struct path_finds *finds, struct path_hit hit, struct span name)
{
	int rc = array_reserve(&finds->hits, finds->hit_count, 1, &finds->hit_room, sizeof(*finds->hits));

	hit.name_len = (uint32_t)name.len;
	if (rc == 0)
		rc = path_keep(&finds->names, name, &hit.name);
	if (rc == 0)
		finds->hits[finds->hit_count++] = hit;
	return rc;
}

/* The low bits tell apart neighbours, which is what most inodes of a directory are. */
static uint64_t filter_bit(uint64_t ino, size_t *word)
{
	uint64_t mixed = ino ^ ino >> 12;

	*word = mixed >> 6 & 63;
	return 1ull << (mixed & 63);
}

/* Whether the inode that a name leads to is a directory: by its type, or without one by the inode. */
static int is_directory(struct path_worker *worker, const struct dir_entry *entry)
{
	struct error why;
	int rc;

	if (entry->ftype != DIR_FTYPE_UNKNOWN)
		return entry->ftype == DIR_FTYPE_DIR;
	rc = inode_read(worker->tree->job->fs, entry->ino, &worker->other, &why);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return path_note_loss(&worker->finds, worker->node, entry->ino, &why);
	return rc == 0 ? inode_is(&worker->other, INODE_MODE_DIR) : rc;
}

static int take_entry(void *arg, const struct dir_entry *entry)
{
	struct path_worker *worker = arg;
	const struct path_tree *tree = worker->tree;
	size_t word;
	uint64_t bit = filter_bit(entry->ino, &word);
	int rc = 0;

	if (tree->filter[word] & bit) {
		const uint64_t *wanted = idmap_get(&tree->wanted, entry->ino);
		struct path_hit hit = {.node = worker->node, .cookie = entry->cookie};

		if (wanted) {
			hit.wanted = (uint32_t)*wanted;
			rc = note_hit(&worker->finds, hit, entry->name);
		}
	}
	if (rc == 0)
		rc = is_directory(worker, entry);
	return rc == 1 ? path_note_child(&worker->finds, entry->ino, worker->node, entry->cookie) : rc;
}

static int take_loss(void *arg, const struct error *why)
{
	struct path_worker *worker = arg;

	if (worker->lost)
		return 0;
	worker->lost = true;
	return path_note_loss(&worker->finds, worker->node, worker->inode.ino, why);
}

static int walk_unit(void *arg, unsigned index, size_t unit)
{
	struct path_tree *tree = arg;
	struct path_worker *worker = &tree->workers[index];
	const struct dir_walker walker = {
		.entry = take_entry, .bad = take_loss, .arg = worker, .buffer = worker->buffer};
	struct error why;
	int rc;

	worker->node = (uint32_t)(tree->first_unit + unit);
	worker->lost = false;
	rc = inode_read(tree->job->fs, tree->nodes[worker->node].ino, &worker->inode, &why);
	if (rc == 0 && !inode_is(&worker->inode, INODE_MODE_DIR))
		rc = error_set(&why, ERR_CORRUPT, "inode %llu is not the directory that its name promises",
			       (unsigned long long)worker->inode.ino);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return path_note_loss(&worker->finds, worker->node, tree->nodes[worker->node].ino, &why);
	if (rc == 0)
		rc = dir_walk(tree->job->fs, &worker->inode, &walker, &why);
	return rc;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_losses(const void *a, const void *b)
{
	const struct path_loss *x = a, *y = b;
	int rc = compare_numbers(x->node, y->node);

	return rc != 0 ? rc : compare_numbers(x->ino, y->ino);
}

static int say_losses(struct path_tree *tree)
{
	struct path_finds *finds = &tree->finds;
	int rc = 0;

	if (finds->loss_count == 0)
		return 0;
	tree->damaged = true;
	qsort(finds->losses, finds->loss_count, sizeof(*finds->losses), compare_losses);
	for (size_t i = 0; i < finds->loss_count && rc == 0; i++)
		rc = path_gap(tree->job, finds->losses[i].ino, &finds->losses[i].why);
	finds->loss_count = 0;
	return rc;
}

/* Moves what a worker found to the common lists. */
static int gather(struct path_tree *tree, struct path_finds *from)
{
	struct path_finds *to = &tree->finds;
	int rc = 0;

	for (size_t i = 0; i < from->child_count && rc == 0; i++)
		rc = path_note_child(to, from->children[i].ino, from->children[i].parent, from->children[i].cookie);
	for (size_t i = 0; i < from->loss_count && rc == 0; i++)
		rc = path_note_loss(to, from->losses[i].node, from->losses[i].ino, &from->losses[i].why);
	for (size_t i = 0; i < from->hit_count && rc == 0; i++) {
		struct path_hit hit = from->hits[i];

		rc = note_hit(to, hit, (struct span){from->names.bytes + hit.name, hit.name_len});
		if (tree->found[hit.wanted] == 0)
			tree->without_hit--;
		if (tree->found[hit.wanted] < UINT32_MAX)
			tree->found[hit.wanted]++;
	}
	from->child_count = from->loss_count = from->hit_count = from->names.count = 0;
	return rc;
}

int path_run(struct path_tree *tree, size_t units, pool_fn *fn)
{
	unsigned workers = pool_workers(tree->job->pool);
	int rc = 0;

	if (units > INLINE_UNITS)
		rc = pool_run(tree->job->pool, units, fn, tree);
	else
		for (size_t i = 0; i < units && rc == 0; i++)
			rc = fn(tree, 0, i);
	for (unsigned i = 0; i < workers && rc == 0; i++)
		rc = gather(tree, &tree->workers[i].finds);
	if (rc < 0)
		return error_set(tree->job->err, rc, "the search for paths: %s", err_text(rc));
	return say_losses(tree);
}

int path_add_node(struct path_tree *tree, const struct path_child *child)
{
	int rc;

	if (tree->node_count >= NODE_NONE)
		return ERR_NOMEM;
	rc = array_reserve(&tree->nodes, tree->node_count, 1, &tree->node_room, sizeof(*tree->nodes));
	if (rc == 0)
		rc = idmap_put(&tree->known, child->ino, tree->node_count);
	if (rc == 1)
		tree->nodes[tree->node_count++] = (struct path_node){child->ino, child->parent, child->cookie};
	return rc;
}

static int compare_children(const void *a, const void *b)
{
	const struct path_child *x = a, *y = b;

	if (x->ino != y->ino)
		return compare_numbers(x->ino, y->ino);
	return x->parent != y->parent ? compare_numbers(x->parent, y->parent) : compare_numbers(x->cookie, y->cookie);
}

void path_sort_children(struct path_tree *tree)
{
	if (tree->finds.child_count > 0)
		qsort(tree->finds.children, tree->finds.child_count, sizeof(*tree->finds.children), compare_children);
}

/* A second name that leads to a directory: sound only where it is the first for one that had none (a stray). */
static int meet_again(struct path_tree *tree, const struct path_child *child)
{
	uint64_t number = *idmap_get(&tree->known, child->ino);
	struct path_node *node = &tree->nodes[number];
	struct error why;

	if (number >= tree->stray_begin && node->parent == NODE_NONE) {
		node->parent = child->parent;
		node->cookie = child->cookie;
		return 0;
	}
	(void)error_set(&why, ERR_CORRUPT, "directory %llu has more than one name", (unsigned long long)child->ino);
	why.flaw = FLAW_LOOP;
	return path_gap(tree->job, child->ino, &why);
}

/* Numbers the directories found by the last level. */
static int take_children(struct path_tree *tree)
{
	int rc = 0;

	path_sort_children(tree);
	for (size_t i = 0; i < tree->finds.child_count && rc == 0; i++) {
		const struct path_child *child = &tree->finds.children[i];

		rc = path_add_node(tree, child);
		if (rc < 0)
			return path_no_memory(tree->job);
		rc = rc == 0 ? meet_again(tree, child) : 0;
	}
	tree->finds.child_count = 0;
	return rc;
}

bool path_is_done(const struct path_tree *tree)
{
	return tree->job->one_path && tree->without_hit == 0;
}

int path_walk_from(struct path_tree *tree, size_t begin)
{
	int rc = 0;

	while (begin < tree->node_count && rc == 0) {
		size_t end = tree->node_count;

		for (; begin < end && rc == 0 && !path_is_done(tree); begin += PART) {
			size_t units = end - begin < PART ? end - begin : PART;

			if (progress_step(tree->job->progress, "directories", begin, 0) != 0)
				return error_set(tree->job->err, ERR_CANCELLED, "cancelled");
			tree->first_unit = begin;
			rc = path_run(tree, units, walk_unit);
		}
		if (rc != 0 || path_is_done(tree))
			return rc;
		begin = end;
		rc = take_children(tree);
	}
	return rc;
}

static void free_finds(struct path_finds *finds)
{
	free(finds->children);
	free(finds->hits);
	free(finds->losses);
	free(finds->names.bytes);
}

int path_tree_init(struct path_tree *tree, const struct path_job *job)
{
	unsigned workers = pool_workers(job->pool);
	size_t chunk = (size_t)INODES_PER_CHUNK * job->fs->geo.inode_bytes;
	size_t bytes = chunk > job->fs->geo.dirblock_bytes ? chunk : job->fs->geo.dirblock_bytes;
	struct path_child root = {.ino = job->fs->geo.root_ino, .parent = NODE_NONE};

	tree->job = job;
	tree->stray_begin = SIZE_MAX;
	tree->without_hit = job->count;
	tree->found = calloc(job->count + 1, sizeof(*tree->found));
	tree->workers = calloc(workers, sizeof(*tree->workers));
	if (!tree->found || !tree->workers || job->count >= UINT32_MAX)
		return ERR_NOMEM;
	for (unsigned i = 0; i < workers; i++) {
		tree->workers[i].tree = tree;
		tree->workers[i].buffer = malloc(bytes);
		if (!tree->workers[i].buffer)
			return ERR_NOMEM;
	}
	for (size_t i = 0; i < job->count; i++) {
		size_t word;
		uint64_t bit = filter_bit(job->inos[i], &word);

		tree->filter[word] |= bit;
		if (idmap_put(&tree->wanted, job->inos[i], i) < 0)
			return ERR_NOMEM;
	}
	return path_add_node(tree, &root) < 0 ? ERR_NOMEM : 0;
}

void path_tree_fini(struct path_tree *tree)
{
	for (unsigned i = 0; tree->workers && i < pool_workers(tree->job->pool); i++) {
		free_finds(&tree->workers[i].finds);
		free(tree->workers[i].buffer);
	}
	free_finds(&tree->finds);
	free(tree->workers);
	free(tree->found);
	free(tree->nodes);
	idmap_fini(&tree->known);
	idmap_fini(&tree->wanted);
}

int path_from_tree(const struct path_job *job)
{
	struct path_tree *tree = calloc(1, sizeof(*tree));
	int rc;

	if (!tree)
		return path_no_memory(job);
	rc = path_tree_init(tree, job) == 0 ? path_walk_from(tree, 0) : path_no_memory(job);
	if (rc == 0)
		rc = path_walk_strays(tree);
	if (rc == 0)
		rc = path_answer(tree);
	path_tree_fini(tree);
	free(tree);
	return rc;
}
