/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths on a mounted file system without parent pointers: one pass over the directory tree for all wanted inodes.
 *
 * Directories are opened by handle, never by path: so nothing that is mounted over one hides it, the pass never leaves
 * the file system, and no descriptor stays open between a directory and those below. The generation that
 * a handle needs comes from name_to_handle_at in the parent; that look-up also lets the kernel know the
 * directory's name, without which it would read the parent again to find it when the handle is opened.
 *
 * The tree is taken breadth first, in slices of directories that the pool shares out; results are used in order.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "base/idmap.h"
#include "format/inode.h"
#include "fs/view_mounted.h"

#define SLICE	     256u
#define BUFFER_BYTES 65536u
#define NO_NODE	     SIZE_MAX

/* What the kernel writes to the buffer of getdents64: getdents64(2). */
struct kernel_dirent {
	uint64_t ino;
	int64_t offset;
	uint16_t reclen;
	uint8_t type;
	char name[]; /* ends with NUL */
} __attribute__((packed));

struct names {
	char *text;
	size_t len, room;
};

struct node {
	uint64_t ino;
	size_t parent;
	size_t name_at; /* in walk.names */
	uint32_t name_len;
	uint32_t gen;
};

/* An entry that matters: a directory, or a wanted inode. */
struct entry {
	uint64_t ino;
	size_t name_at; /* in listing.names */
	uint32_t name_len;
	uint32_t gen; /* of directories */
	bool is_dir;
};

/* What one directory holds. */
struct listing {
	struct entry *entries;
	size_t count, room;
	struct names names;
	int rc; /* why it could not be read whole; 0: it was, or is gone */
	struct error err;
};

struct walk {
	const struct mounted *m;
	const struct path_sink *sink;
	struct node *nodes;
	size_t count, room;
	struct names names;
	struct idmap wanted;  /* inode to paths still expected */
	struct idmap visited; /* directories: a damaged tree may contain itself */
	uint64_t expected;    /* sum over wanted */
	size_t first;	      /* of the slice, in nodes */
	struct listing listings[SLICE];
	uint8_t **buffers; /* for each worker */
	struct mounted_path path;
};

/* ---- lists ---- */

static int names_add(struct names *names, const char *text, size_t len, size_t *at)
{
	if (len > names->room - names->len) {
		size_t room = 2 * names->room + len + 256;
		char *moved = realloc(names->text, room);

		if (!moved)
			return ERR_NOMEM;
		names->text = moved;
		names->room = room;
	}
	*at = names->len;
	if (len == 0)
		return 0; /* the root */
	memcpy(names->text + names->len, text, len);
	names->len += len;
	return 0;
}

static int listing_add(struct listing *list, const struct entry *entry, const char *name)
{
	if (array_reserve(&list->entries, list->count, 1, &list->room, sizeof(*list->entries)) != 0)
		return ERR_NOMEM;
	list->entries[list->count] = *entry;
	if (names_add(&list->names, name, entry->name_len, &list->entries[list->count].name_at) != 0)
		return ERR_NOMEM;
	list->count++;
	return 0;
}

static int node_add(struct walk *w, const struct node *node, const char *name)
{
	int rc = idmap_put(&w->visited, node->ino, 0);

	if (rc != 1)
		return rc; /* was here before: moved meanwhile, or a loop */
	if (array_reserve(&w->nodes, w->count, 1, &w->room, sizeof(*w->nodes)) != 0)
		return ERR_NOMEM;
	w->nodes[w->count] = *node;
	if (names_add(&w->names, name, node->name_len, &w->nodes[w->count].name_at) != 0)
		return ERR_NOMEM;
	w->count++;
	return 0;
}

/* ---- one directory ---- */

/* The generation of the directory @name in @fd: 1, or 0 if it is gone or no directory. */
static int find_generation(const struct mounted *m, int fd, const char *name, uint64_t ino, uint32_t *gen)
{
	union {
		struct file_handle handle;
		uint8_t room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} h = {0};
	struct kernel_bulkstat stat;
	uint64_t handle_ino;
	int mount_id;

	h.handle.handle_bytes = MAX_HANDLE_SZ;
	if (name_to_handle_at(fd, name, &h.handle, &mount_id, 0) == 0 && mount_id == m->mount_id &&
	    h.handle.handle_type == KERNEL_FILEID_INO64_GEN) {
		memcpy(&handle_ino, h.handle.f_handle, sizeof(handle_ino));
		memcpy(gen, h.handle.f_handle + sizeof(handle_ino), sizeof(*gen));
		if (handle_ino == ino)
			return 1;
	}
	/* Covered by another mount, or renamed under us: the number from the entry holds. */
	if (mounted_stat(m, ino, &stat, NULL) != 1 || (stat.mode & INODE_MODE_TYPE) != INODE_MODE_DIR)
		return 0;
	*gen = stat.gen;
	return 1;
}

static int take_entry(const struct walk *w, int fd, const struct kernel_dirent *dirent, struct listing *list)
{
	struct entry entry = {.ino = dirent->ino, .name_len = (uint32_t)strlen(dirent->name)};

	if (strcmp(dirent->name, ".") == 0 || strcmp(dirent->name, "..") == 0)
		return 0;
	if (dirent->type == DT_DIR || dirent->type == DT_UNKNOWN)
		entry.is_dir = find_generation(w->m, fd, dirent->name, entry.ino, &entry.gen) == 1;
	if (!entry.is_dir && !idmap_get(&w->wanted, entry.ino))
		return 0;
	return listing_add(list, &entry, dirent->name);
}

static int read_listing(const struct walk *w, int fd, uint8_t *buffer, struct listing *list)
{
	for (;;) {
		long len = syscall(SYS_getdents64, fd, buffer, BUFFER_BYTES);
		long at = 0;

		if (len < 0 && errno == ENOENT)
			return 0; /* removed meanwhile */
		if (len < 0)
			return error_set_errno(&list->err, ERR_IO, errno, "cannot read a directory");
		if (len == 0)
			return 0;
		while (at < len) {
			const struct kernel_dirent *dirent = (const struct kernel_dirent *)(buffer + at);

			if (take_entry(w, fd, dirent, list) != 0)
				return ERR_NOMEM;
			at += dirent->reclen;
		}
	}
}

static int list_directory(void *arg, unsigned worker, size_t unit)
{
	struct walk *w = arg;
	struct listing *list = &w->listings[unit];
	const struct node *node = &w->nodes[w->first + unit];
	int fd;

	list->count = 0;
	list->names.len = 0;
	list->rc = 0;
	fd = mounted_open_inode(w->m, node->ino, node->gen, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NOATIME);
	if (fd < 0) {
		if (errno != ESTALE && errno != ENOENT)
			list->rc = error_set_errno(&list->err, ERR_IO, errno, "cannot open a directory");
		return 0;
	}
	list->rc = read_listing(w, fd, w->buffers[worker], list);
	close(fd);
	return list->rc == ERR_NOMEM ? ERR_NOMEM : 0;
}

/* ---- paths ---- */

/* Tells that @name in directory @index is inode @ino, if that is still wanted. */
static int give_path(struct walk *w, uint64_t ino, const char *name, size_t name_len, size_t index)
{
	uint64_t *left = idmap_get(&w->wanted, ino);
	int rc;

	if (!left || *left == 0)
		return 0;
	(*left)--;
	w->expected--;
	w->path.used = 0;
	rc = mounted_path_prepend(&w->path, name, name_len);
	for (; rc == 0 && w->nodes[index].parent != NO_NODE; index = w->nodes[index].parent)
		rc = mounted_path_prepend(&w->path, w->names.text + w->nodes[index].name_at, w->nodes[index].name_len);
	if (rc != 0)
		return rc;
	return w->sink->path(w->sink->arg, ino, mounted_path_text(&w->path), w->path.used, true, w->m->geo.root_ino);
}

static int use_listing(struct walk *w, size_t index, const struct listing *list)
{
	int rc = 0;

	for (size_t i = 0; i < list->count && rc == 0; i++) {
		const struct entry *entry = &list->entries[i];
		const char *name = list->names.text + entry->name_at;
		struct node node = {.ino = entry->ino, .parent = index, .name_len = entry->name_len, .gen = entry->gen};

		rc = give_path(w, entry->ino, name, entry->name_len, index);
		if (rc == 0 && entry->is_dir)
			rc = node_add(w, &node, name);
	}
	if (rc == 0 && list->rc != 0 && w->sink->gap)
		rc = w->sink->gap(w->sink->arg, w->nodes[index].ino, &list->err);
	return rc;
}

/* ---- the pass ---- */

/* How many paths to look for: then the pass can end early. */
static int want(struct walk *w, const uint64_t *inos, size_t count, bool one_path, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++) {
		struct kernel_bulkstat stat;
		uint64_t paths;

		if (inos[i] == w->m->geo.root_ino) {
			rc = w->sink->path(w->sink->arg, inos[i], "/", 1, true, inos[i]);
			continue;
		}
		rc = mounted_stat(w->m, inos[i], &stat, err);
		if (rc <= 0)
			continue; /* free: no name leads here */
		paths = one_path || (stat.mode & INODE_MODE_TYPE) == INODE_MODE_DIR ? stat.nlink > 0 : stat.nlink;
		w->expected += paths;
		rc = idmap_put(&w->wanted, inos[i], paths);
		if (rc == 1)
			rc = 0;
	}
	return rc;
}

static int walk_tree(struct walk *w, const struct progress *progress, struct error *err)
{
	struct node root = {.ino = w->m->geo.root_ino, .gen = w->m->root_gen, .parent = NO_NODE};
	int rc = node_add(w, &root, "");

	while (rc == 0 && w->first < w->count && w->expected > 0) {
		size_t slice = w->count - w->first < SLICE ? w->count - w->first : SLICE;

		rc = pool_run(w->m->pool, slice, list_directory, w);
		for (size_t i = 0; i < slice && rc == 0; i++)
			rc = use_listing(w, w->first + i, &w->listings[i]);
		w->first += slice;
		if (rc == 0 && progress_step(progress, "directories", w->first, 0) != 0)
			rc = error_set(err, ERR_CANCELLED, "cancelled");
	}
	return rc;
}

static void walk_free(struct walk *w, unsigned workers)
{
	for (size_t i = 0; i < SLICE; i++) {
		free(w->listings[i].entries);
		free(w->listings[i].names.text);
	}
	for (unsigned i = 0; i < workers && w->buffers; i++)
		free(w->buffers[i]);
	free(w->buffers);
	free(w->nodes);
	free(w->names.text);
	free(w->path.buffer);
	idmap_fini(&w->wanted);
	idmap_fini(&w->visited);
	free(w);
}

int mounted_paths_by_walk(const struct mounted *m, const uint64_t *inos, size_t count, bool one_path,
			  const struct path_sink *sink, const struct progress *progress, struct error *err)
{
	unsigned workers = pool_workers(m->pool);
	struct walk *w = calloc(1, sizeof(*w));
	int rc = 0;

	if (!w)
		return error_set(err, ERR_NOMEM, "no memory for paths");
	*w = (struct walk){.m = m, .sink = sink, .buffers = calloc(workers, sizeof(*w->buffers))};
	if (!w->buffers)
		rc = ERR_NOMEM;
	for (unsigned i = 0; i < workers && rc == 0; i++) {
		w->buffers[i] = malloc(BUFFER_BYTES);
		if (!w->buffers[i])
			rc = ERR_NOMEM;
	}
	if (rc == 0)
		rc = want(w, inos, count, one_path, err);
	if (rc == 0)
		rc = walk_tree(w, progress, err);
	walk_free(w, workers);
	return rc == ERR_NOMEM ? error_set(err, rc, "no memory for paths") : rc;
}
