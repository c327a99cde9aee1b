/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths from parent pointers: up from each inode, each directory resolved once.
 *
 * An inode is answered from its pointers only if they are beyond doubt: all readable, as many as it has links (a
 * directory: one), each to a directory of the right generation, and each chain of directories ends at the root.
 * Every other inode is left to the pass over the tree, so damage is said there and no path is handed out twice.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "fs/parent.h"
#include "fs/path_form.h"

#define DIR_FAILED UINT32_MAX	    /* parent of a directory that does not lead to the root */
#define DIR_OPEN   (UINT32_MAX - 1) /* whose way up is being looked for: coming to it again is a loop */

/* A directory on the way. Number 0 is the root. */
struct dir {
	uint64_t ino;
	uint32_t gen;
	uint32_t parent; /* number in dirs */
	size_t name;	 /* in names */
	uint32_t name_len;
};

/* One pointer of the inode at hand. */
struct pointer {
	uint64_t ino;
	uint32_t gen;
	uint32_t name_len;
	size_t name;  /* in names */
	uint32_t dir; /* number of the directory, once it is resolved */
};

struct search {
	const struct path_job *job;
	struct dir *dirs;
	size_t dir_count, dir_room;
	struct idmap known; /* inode of a directory: its number */
	struct pointer *pointers;
	size_t count, room;
	struct path_bytes names; /* of the directories */
	struct path_bytes pointer_names;
	struct path_text text;
	struct inode inode;
	struct error why; /* of what was read last */
};

/* What cannot be read or trusted leaves the inode to the tree (0); other errors end the search. */
static int is_fatal(struct search *search, int rc)
{
	if (rc >= 0 || rc == ERR_CORRUPT || rc == ERR_MEDIA)
		return 0;
	if (search->job->err)
		*search->job->err = search->why;
	return rc;
}

static int keep_pointer(void *arg, const struct parent *parent)
{
	struct search *search = arg;
	struct pointer *pointer;
	int rc = array_reserve(&search->pointers, search->count, 1, &search->room, sizeof(*search->pointers));

	if (rc != 0)
		return error_set(&search->why, rc, "no memory to look for paths");
	pointer = &search->pointers[search->count];
	*pointer = (struct pointer){.ino = parent->ino, .gen = parent->gen, .name_len = (uint32_t)parent->name.len};
	rc = path_keep(&search->pointer_names, parent->name, &pointer->name);
	search->count += rc == 0;
	return rc == 0 ? 0 : error_set(&search->why, rc, "no memory to look for paths");
}

/*
 * Reads search->inode's pointers. 1: they are complete; 0: they are not, or cannot be read; ERR_*.
 * Without a callback for bad ones the walk ends at the first.
 */
static int read_pointers(struct search *search)
{
	const struct parent_walker walker = {.parent = keep_pointer, .arg = search};
	uint32_t expected = inode_is(&search->inode, INODE_MODE_DIR) ? 1 : search->inode.nlink;
	int rc;

	search->count = 0;
	search->pointer_names.count = 0;
	rc = parent_walk(search->job->fs, &search->inode, &walker, &search->why);
	return rc == 0 ? search->count == expected : is_fatal(search, rc);
}

/* Adds directory @ino, whose way up is not known yet. 1, or 0 if it cannot be used; *parent: where it points. */
static int add_dir(struct search *search, uint64_t ino, uint32_t gen, struct pointer *parent)
{
	struct dir dir = {.ino = ino, .gen = gen, .parent = DIR_OPEN};
	int rc = inode_read(search->job->fs, ino, &search->inode, &search->why);

	if (rc != 0)
		return is_fatal(search, rc);
	if (!inode_is(&search->inode, INODE_MODE_DIR) || search->inode.gen != gen)
		return 0;
	rc = read_pointers(search);
	if (rc != 1)
		return rc;
	*parent = search->pointers[0];
	rc = path_keep(&search->names, (struct span){search->pointer_names.bytes + parent->name, parent->name_len},
		       &dir.name);
	dir.name_len = parent->name_len;
	if (rc == 0)
		rc = array_reserve(&search->dirs, search->dir_count, 1, &search->dir_room, sizeof(*search->dirs));
	if (rc == 0)
		rc = idmap_put(&search->known, ino, search->dir_count);
	if (rc < 0)
		return path_no_memory(search->job);
	search->dirs[search->dir_count++] = dir;
	return 1;
}

/*
 * Finds the way from directory @ino up to the root: 1 and *number, or 0 if there is none.
 *
 * The directories added here lie one after the other in dirs, each but the first the parent of the one before.
 */
static int resolve(struct search *search, uint64_t ino, uint32_t gen, uint32_t *number)
{
	size_t first = search->dir_count, last;
	struct pointer at = {.ino = ino, .gen = gen};
	uint32_t end = DIR_FAILED;
	const uint64_t *known;
	int rc = 1;

	/* Ends: each round adds a directory that was not known. */
	while (!(known = idmap_get(&search->known, at.ino))) {
		struct pointer up = {0};

		rc = add_dir(search, at.ino, at.gen, &up);
		if (rc < 0)
			return rc;
		if (rc == 0)
			break;
		at = up;
	}
	if (known) {
		const struct dir *dir = &search->dirs[*known];

		/* The root's generation is known like any other's. */
		if (dir->gen == at.gen && dir->parent != DIR_FAILED && dir->parent != DIR_OPEN)
			end = (uint32_t)*known;
	}
	last = search->dir_count;
	for (size_t i = first; i < last; i++)
		search->dirs[i].parent = end == DIR_FAILED ? DIR_FAILED : i + 1 < last ? (uint32_t)(i + 1) : end;
	if (end == DIR_FAILED)
		return 0;
	*number = first < last ? (uint32_t)first : end;
	return 1;
}

static int emit(struct search *search, uint64_t ino, const struct pointer *pointer, const struct path_bytes *names)
{
	uint32_t at = pointer->dir;
	int rc = 0;

	search->text.len = 0;
	rc = path_prepend(&search->text, (struct span){names->bytes + pointer->name, pointer->name_len});
	while (rc == 0 && at != 0) {
		const struct dir *dir = &search->dirs[at];

		rc = path_prepend(&search->text, (struct span){search->names.bytes + dir->name, dir->name_len});
		if (rc == 0)
			at = dir->parent;
	}
	if (rc < 0)
		return path_no_memory(search->job);
	return path_emit(search->job, ino, &search->text, search->dirs[at].ino);
}

/* Answers one inode; *left stays true if its pointers do not. */
static int answer(struct search *search, uint64_t ino, bool *left)
{
	struct path_bytes names = {0};
	struct pointer *pointers = NULL;
	size_t count = 0, sound = 0;
	int rc = inode_read(search->job->fs, ino, &search->inode, &search->why);

	if (rc != 0)
		return is_fatal(search, rc);
	if (search->inode.mode == 0 || search->inode.nlink == 0) {
		*left = false; /* without a name */
		return 0;
	}
	rc = read_pointers(search);
	if (rc != 1)
		return rc;
	/* resolve needs the lists for the directories: take them out of its way. */
	pointers = search->pointers;
	names = search->pointer_names;
	count = search->count;
	search->pointers = NULL;
	search->room = 0;
	search->pointer_names = (struct path_bytes){0};
	for (size_t i = 0; i < count && rc >= 0; i++) {
		rc = resolve(search, pointers[i].ino, pointers[i].gen, &pointers[i].dir);
		if (rc == 0)
			break;
		sound += rc == 1;
	}
	if (rc >= 0)
		rc = 0;
	if (sound == count && rc == 0) {
		*left = false;
		for (size_t i = 0; i < (search->job->one_path ? 1 : count) && rc == 0; i++)
			rc = emit(search, ino, &pointers[i], &names);
	}
	free(pointers);
	free(names.bytes);
	return rc;
}

/* The root has no pointer. */
static int add_root(struct search *search)
{
	uint64_t ino = search->job->fs->geo.root_ino;
	int rc = inode_read(search->job->fs, ino, &search->inode, &search->why);

	/* A root that cannot be read is said by the pass over the tree: 1, all is left to it. */
	if (rc != 0)
		return is_fatal(search, rc) ? rc : 1;
	rc = array_reserve(&search->dirs, 0, 1, &search->dir_room, sizeof(*search->dirs));
	if (rc == 0)
		rc = idmap_put(&search->known, ino, 0);
	if (rc < 0)
		return path_no_memory(search->job);
	search->dirs[search->dir_count++] = (struct dir){.ino = ino, .gen = search->inode.gen};
	return 0;
}

int path_from_parents(const struct path_job *job, bool *left)
{
	struct search *search = calloc(1, sizeof(*search));
	bool is_usable;
	int rc;

	if (!search)
		return path_no_memory(job);
	search->job = job;
	rc = add_root(search);
	is_usable = rc == 0;
	for (size_t i = 0; i < job->count && rc == 0; i++) {
		if (left[i])
			rc = answer(search, job->inos[i], &left[i]);
		if (rc == 0 && i % 1024 == 1023 && progress_step(job->progress, "parents", i + 1, job->count) != 0)
			rc = error_set(job->err, ERR_CANCELLED, "cancelled");
	}
	free(search->dirs);
	free(search->pointers);
	free(search->names.bytes);
	free(search->pointer_names.bytes);
	free(search->text.bytes);
	idmap_fini(&search->known);
	free(search);
	return is_usable || rc < 0 ? rc : 0;
}
