/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths from what the pass over the tree found: the name of the inode, then the names of the directories up from
 * there. A directory's name is read again from its parent, once for all paths that go through it.
 */
#include <stdlib.h>

#include "base/array.h"
#include "fs/path_tree.h"

/* A name that has been read again. */
struct kept {
	size_t at; /* in names */
	uint32_t len;
};

struct answer {
	struct path_tree *tree;
	struct idmap known; /* number of a directory: index of its name in kept */
	struct kept *kept;
	size_t count, room;
	struct path_bytes names;
	struct path_text text;
	struct path_worker *reader; /* whose buffers serve */
};

static int compare_hits(const void *a, const void *b)
{
	const struct path_hit *x = a, *y = b;

	if (x->wanted != y->wanted)
		return x->wanted < y->wanted ? -1 : 1;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return (x->cookie > y->cookie) - (x->cookie < y->cookie);
}

/* Reads the name of a directory in its parent; the parent stays at hand for the next one. */
static int read_name(struct answer *answer, const struct path_node *node, struct dir_entry *entry, struct error *why)
{
	struct path_worker *reader = answer->reader;
	const struct fs *fs = answer->tree->job->fs;
	int rc = 0;

	if (reader->node != node->parent) {
		reader->node = NODE_NONE;
		rc = inode_read(fs, answer->tree->nodes[node->parent].ino, &reader->inode, why);
		if (rc != 0)
			return rc;
		reader->node = node->parent;
	}
	rc = dir_entry_at(fs, &reader->inode, node->cookie, reader->buffer, entry, why);
	if (rc == 0 && entry->ino != node->ino)
		rc = error_set(why, ERR_CORRUPT, "directory %llu changes while it is read",
			       (unsigned long long)reader->inode.ino);
	return rc;
}

/* The name of directory @number: 1, or 0 if it cannot be read any more, which has then been said. */
static int name_of(struct answer *answer, uint32_t number, struct span *name)
{
	const struct path_job *job = answer->tree->job;
	const uint64_t *known = idmap_get(&answer->known, number);
	struct dir_entry entry;
	struct error why;
	int rc;

	if (!known) {
		rc = read_name(answer, &answer->tree->nodes[number], &entry, &why);
		if (rc == ERR_CORRUPT || rc == ERR_MEDIA || rc == ERR_NOT_FOUND)
			return path_gap(job, answer->tree->nodes[number].ino, &why);
		if (rc != 0)
			return error_set(job->err, rc, "%s", why.text);
		rc = array_reserve(&answer->kept, answer->count, 1, &answer->room, sizeof(*answer->kept));
		if (rc == 0)
			rc = path_keep(&answer->names, entry.name, &answer->kept[answer->count].at);
		if (rc == 0)
			rc = idmap_put(&answer->known, number, answer->count);
		if (rc < 0)
			return path_no_memory(job);
		answer->kept[answer->count++].len = (uint32_t)entry.name.len;
		known = idmap_get(&answer->known, number);
	}
	*name = (struct span){answer->names.bytes + answer->kept[*known].at, answer->kept[*known].len};
	return 1;
}

/* One path. The way up ends: loops have been cut (path_stray.c), and a parent is found before its children. */
static int emit(struct answer *answer, const struct path_hit *hit)
{
	const struct path_tree *tree = answer->tree;
	uint32_t at = hit->node;
	struct span name;
	int rc;

	answer->text.len = 0;
	rc = path_prepend(&answer->text, (struct span){tree->finds.names.bytes + hit->name, hit->name_len});
	while (rc == 0 && tree->nodes[at].parent != NODE_NONE) {
		rc = name_of(answer, at, &name);
		if (rc != 1)
			break;
		rc = path_prepend(&answer->text, name);
		if (rc == 0)
			at = tree->nodes[at].parent;
	}
	if (rc == ERR_NOMEM)
		return path_no_memory(tree->job);
	if (rc < 0)
		return rc;
	return path_emit(tree->job, tree->job->inos[hit->wanted], &answer->text, tree->nodes[at].ino);
}

int path_answer(struct path_tree *tree)
{
	struct answer answer = {.tree = tree, .reader = &tree->workers[0]};
	const struct path_hit *hits = tree->finds.hits;
	int rc = 0;

	answer.reader->node = NODE_NONE;
	if (tree->finds.hit_count > 0)
		qsort(tree->finds.hits, tree->finds.hit_count, sizeof(*hits), compare_hits);
	for (size_t i = 0; i < tree->finds.hit_count && rc == 0; i++)
		if (!tree->job->one_path || i == 0 || hits[i].wanted != hits[i - 1].wanted)
			rc = emit(&answer, &hits[i]);
	free(answer.kept);
	free(answer.names.bytes);
	free(answer.text.bytes);
	idmap_fini(&answer.known);
	return rc;
}
