/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every name, inode, attribute and parent pointer that the kernel showed: the readers must find these and no others,
 * and the search for paths must find every path of every inode, whole and with each directory in turn made
 * unreadable.
 *
 * usage: test_names IMAGE MANIFEST
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/idmap.h"
#include "fs/dir.h"
#include "fs/parent.h"
#include "fs/path.h"
#include "fs/symlink.h"
#include "lib/manifest_file.h"

static unsigned long checks, failures;

static void check(bool ok, const char *what, const struct bytes *name)
{
	checks++;
	if (ok)
		return;
	failures++;
	if (failures < 20)
		printf("FAIL %s: %.*s\n", what, name ? (int)name->len : 0, name ? (const char *)name->bytes : "");
}

static int compare_bytes(const struct bytes *a, const struct bytes *b)
{
	int rc = memcmp(a->bytes, b->bytes, a->len < b->len ? a->len : b->len);

	return rc != 0 ? rc : (a->len > b->len) - (a->len < b->len);
}

static int compare_paths(const void *a, const void *b)
{
	return compare_bytes(&((const struct manifest_row *)a)->path, &((const struct manifest_row *)b)->path);
}

static struct manifest_row *find_row(const struct manifest *manifest, const uint8_t *path, size_t len)
{
	struct manifest_row key = {.path.len = len};

	/* Only read through bsearch. */
	key.path.bytes = malloc(len + 1);
	if (!key.path.bytes)
		exit(99);
	memcpy(key.path.bytes, path, len);
	struct manifest_row *row =
		bsearch(&key, manifest->rows, manifest->count, sizeof(*manifest->rows), compare_paths);
	free(key.path.bytes);
	return row;
}

/* ---- The readers: down from the root. ---- */

struct tree {
	const struct fs *fs;
	const struct manifest *manifest;
	size_t seen;
};

struct directory {
	struct tree *tree;
	uint8_t *path; /* of the directory, with a slash at the end */
	size_t len;
	uint64_t ino, parent;
	size_t dots;
};

static int bad(void *arg, const struct error *why)
{
	(void)arg;
	printf("%s\n", why->text);
	check(false, "something is found damaged", NULL);
	return 0;
}

struct attrs {
	const struct manifest_row *row;
	size_t xattrs, parents;
};

static int take_attr(void *arg, const struct attr *attr)
{
	static const char *const spaces[] = {"user.", "trusted.", "security."};
	struct attrs *attrs = arg;
	uint8_t full[300];
	struct bytes name = {full, 0};
	size_t space = (attr->flags & ATTR_FLAG_NAMESPACE) / ATTR_FLAG_ROOT;
	bool found = false;

	check(attr->value.bytes != NULL, "an attribute without its value", &attrs->row->path);
	if (attr->flags & ATTR_FLAG_PARENT)
		return 0;
	name.len = strlen(spaces[space]);
	memcpy(full, spaces[space], name.len);
	memcpy(full + name.len, attr->name.bytes, attr->name.len);
	name.len += attr->name.len;
	for (size_t i = 0; i < attrs->row->xattr_count; i++)
		found |= compare_bytes(&attrs->row->xattrs[i], &name) == 0;
	check(found, "an attribute too many", &attrs->row->path);
	attrs->xattrs++;
	return 0;
}

static int take_parent(void *arg, const struct parent *parent)
{
	struct attrs *attrs = arg;
	bool found = !attrs->row->has_parents;

	for (size_t i = 0; i < attrs->row->parent_count; i++) {
		const struct manifest_parent *there = &attrs->row->parents[i];

		found |= there->ino == parent->ino && there->gen == parent->gen &&
			 there->name.len == parent->name.len &&
			 memcmp(there->name.bytes, parent->name.bytes, parent->name.len) == 0;
	}
	check(found, "a parent pointer too many", &attrs->row->path);
	attrs->parents++;
	return 0;
}

static void check_attrs(const struct tree *tree, const struct inode *inode, const struct manifest_row *row)
{
	struct attrs attrs = {.row = row};
	const struct attr_walker all = {.attr = take_attr, .bad = bad, .arg = &attrs, .read_values = true};
	const struct parent_walker parents = {.parent = take_parent, .bad = bad, .arg = &attrs};
	struct error err;

	check(attr_walk(tree->fs, inode, &all, &err) == 0, "the attributes", &row->path);
	check(attrs.xattrs == row->xattr_count, "how many attributes", &row->path);
	check(parent_walk(tree->fs, inode, &parents, &err) == 0, "the parent pointers", &row->path);
	check(!row->has_parents || attrs.parents == row->parent_count, "how many parent pointers", &row->path);
}

static void check_inode(struct tree *tree, uint64_t ino, const uint8_t *path, size_t len, struct inode *inode)
{
	const struct manifest_row *row = find_row(tree->manifest, path, len);
	uint8_t target[SYMLINK_TARGET_MAX];
	struct bytes name = {NULL, len};
	struct error err;
	size_t target_len;

	if (!row) {
		printf("%.*s\n", (int)len, (const char *)path);
		check(false, "a name that the kernel did not show", NULL);
		return;
	}
	name = row->path;
	tree->seen++;
	check(row->ino == ino, "the number of an inode", &name);
	check(inode->mode == row->mode && inode->gen == row->gen && inode->nlink == row->nlink &&
		      inode->size_bytes == row->size_bytes,
	      "the core of an inode", &name);
	check_attrs(tree, inode, row);
	if (inode_is(inode, INODE_MODE_LINK))
		check(symlink_read(tree->fs, inode, target, &target_len, &err) == 0 && target_len == row->size_bytes,
		      "the target of a link", &name);
}

static enum dir_ftype ftype_of(const struct inode *inode)
{
	switch (inode->mode & INODE_MODE_TYPE) {
	case INODE_MODE_FILE:
		return DIR_FTYPE_FILE;
	case INODE_MODE_DIR:
		return DIR_FTYPE_DIR;
	case INODE_MODE_CHAR:
		return DIR_FTYPE_CHAR;
	case INODE_MODE_BLOCK:
		return DIR_FTYPE_BLOCK;
	case INODE_MODE_FIFO:
		return DIR_FTYPE_FIFO;
	case INODE_MODE_SOCKET:
		return DIR_FTYPE_SOCKET;
	case INODE_MODE_LINK:
		return DIR_FTYPE_LINK;
	default:
		return DIR_FTYPE_UNKNOWN;
	}
}

static void walk_dir(struct tree *tree, const struct inode *inode, const uint8_t *path, size_t len, uint64_t parent);

static int take_entry(void *arg, const struct dir_entry *entry)
{
	struct directory *dir = arg;
	struct inode *inode = malloc(sizeof(*inode));
	size_t len = dir->len + entry->name.len;
	uint8_t *path = malloc(len + 1);
	struct error err;

	if (!inode || !path)
		exit(99);
	memcpy(path, dir->path, dir->len);
	memcpy(path + dir->len, entry->name.bytes, entry->name.len);
	check(inode_read(dir->tree->fs, entry->ino, inode, &err) == 0, "an inode", NULL);
	check(!dir->tree->fs->geo.has_ftype || entry->ftype == ftype_of(inode), "the type of a name", NULL);
	check_inode(dir->tree, entry->ino, path, len, inode);
	if (inode_is(inode, INODE_MODE_DIR))
		walk_dir(dir->tree, inode, path, len, dir->ino);
	free(path);
	free(inode);
	return 0;
}

static int take_dots(void *arg, const struct dir_entry *entry)
{
	struct directory *dir = arg;

	check(entry->ino == (entry->name.len == 1 ? dir->ino : dir->parent), "a dot", NULL);
	dir->dots++;
	return 0;
}

static void walk_dir(struct tree *tree, const struct inode *inode, const uint8_t *path, size_t len, uint64_t parent)
{
	struct directory dir = {.tree = tree, .path = malloc(len + 1), .ino = inode->ino, .parent = parent};
	const struct dir_walker walker = {.entry = take_entry, .dots = take_dots, .bad = bad, .arg = &dir};
	struct error err;

	if (!dir.path)
		exit(99);
	memcpy(dir.path, path, len);
	dir.len = len;
	if (len == 0 || path[len - 1] != '/')
		dir.path[dir.len++] = '/';
	check(dir_walk(tree->fs, inode, &walker, &err) == 0, "a directory", NULL);
	check(dir_verify_index(tree->fs, inode, &walker, &err) == 0, "an index", NULL);
	check(dir.dots == (inode->fork[FORK_DATA].format == FORK_LOCAL ? 1 : 2), "how many dots", NULL);
	free(dir.path);
}

static void check_tree(const struct fs *fs, const struct manifest *manifest)
{
	struct tree tree = {.fs = fs, .manifest = manifest};
	struct inode *root = malloc(sizeof(*root));
	struct error err;

	if (!root || inode_read(fs, fs->geo.root_ino, root, &err) != 0)
		exit(99);
	check_inode(&tree, root->ino, (const uint8_t *)"/", 1, root);
	walk_dir(&tree, root, (const uint8_t *)"/", 1, root->ino);
	check(tree.seen == manifest->count, "how many names", NULL);
	free(root);
}

/* ---- The search for paths. ---- */

struct search {
	const struct fs *fs;
	const struct manifest *manifest;
	const struct manifest_row *lost; /* the directory that cannot be read, or NULL */
	size_t paths, gaps;
};

/* Whether the path leads through the lost directory; *rest: what is left behind its first name below that. */
static bool leads_through(const struct search *search, const struct bytes *path, struct bytes *rest)
{
	size_t len = search->lost ? search->lost->path.len : 0, at;

	if (len == 0)
		return false;
	if (len == 1)
		len = 0; /* the root */
	if (path->len <= len + 1 || memcmp(path->bytes, search->lost->path.bytes, len) != 0 || path->bytes[len] != '/')
		return false;
	for (at = len + 1; at < path->len && path->bytes[at] != '/'; at++)
		;
	*rest = (struct bytes){path->bytes + at, path->len - at};
	return true;
}

/* The path of a stray, from the number of the one at the top: what is above it is known from the manifest. */
static const struct manifest_row *find_stray(const struct search *search, uint64_t top, const struct bytes *path)
{
	for (size_t i = 0; i < search->manifest->count; i++) {
		const struct manifest_row *row = &search->manifest->rows[i];
		uint8_t *full;
		const struct manifest_row *found;

		if (row->ino != top)
			continue;
		full = malloc(row->path.len + path->len + 1);
		if (!full)
			exit(99);
		memcpy(full, row->path.bytes, row->path.len);
		memcpy(full + row->path.len, path->bytes, path->len);
		found = find_row(search->manifest, full, row->path.len + path->len);
		free(full);
		return found;
	}
	return NULL;
}

static int take_path(void *arg, uint64_t ino, const char *path, size_t len, bool connected, uint64_t top)
{
	struct search *search = arg;
	struct bytes got = {malloc(len + 1), len}, rest;
	const struct manifest_row *row;

	if (!got.bytes)
		exit(99);
	memcpy(got.bytes, path, len);
	row = connected ? find_row(search->manifest, got.bytes, len) : find_stray(search, top, &got);
	check(row != NULL && row->ino == ino, "a path that the kernel did not show", &got);
	check(connected == (top == search->fs->geo.root_ino), "the top of a path", &got);
	if (row)
		check(leads_through(search, &row->path, &rest) == !connected, "whether a path is connected", &got);
	search->paths++;
	free(got.bytes);
	return 0;
}

static int take_gap(void *arg, uint64_t ino, const struct error *why)
{
	struct search *search = arg;

	check(search->lost && search->lost->ino == ino, why->text, NULL);
	search->gaps++;
	return 0;
}

static void check_search(struct search *search, struct pool *pool, const uint64_t *inos, size_t count, bool one_path)
{
	const struct path_sink sink = {.path = take_path, .gap = take_gap, .arg = search};
	size_t expected = 0;
	struct error err;

	search->paths = search->gaps = 0;
	check(path_find(search->fs, pool, inos, count, one_path, &sink, NULL, &err) == 0, "the search for paths", NULL);
	if (one_path) {
		check(search->paths == count, "one path for each", NULL);
		return;
	}
	/* Names directly below what is lost are lost with it. */
	for (size_t i = 0; i < search->manifest->count; i++) {
		struct bytes rest;

		expected += !leads_through(search, &search->manifest->rows[i].path, &rest) || rest.len > 0;
	}
	check(search->paths == expected, "how many paths", search->lost ? &search->lost->path : NULL);
	check((search->gaps > 0) == (search->lost != NULL), "whether damage was said", NULL);
}

/* Makes the inode unreadable. Inodes are not smaller than a sector. */
static void lose(const struct fs *fs, uint64_t ino)
{
	struct interval_set badness = {0};
	uint32_t agno, agino, in_block;
	struct agaddr at;
	struct error err;
	uint64_t offset;

	if (ino != 0) {
		if (!geometry_ino_split(&fs->geo, ino, &agno, &agino))
			exit(99);
		at = (struct agaddr){agno, geometry_agino_block(&fs->geo, agino, &in_block)};
		offset = geometry_block_offset(&fs->geo, at) + in_block;
		if (interval_add(&badness, offset, offset + fs->geo.inode_bytes) != 0)
			exit(99);
	}
	if (device_set_bad(fs->device, &badness, &err) != 0)
		exit(99);
	interval_fini(&badness);
}

static int compare_inos(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void check_paths(const struct fs *fs, struct pool *pool, const struct manifest *manifest)
{
	struct search search = {.fs = fs, .manifest = manifest};
	uint64_t *inos = malloc(manifest->count * sizeof(*inos));
	size_t count = 0, kept = 0;

	if (!inos)
		exit(99);
	for (size_t i = 0; i < manifest->count; i++)
		inos[count++] = manifest->rows[i].ino;
	qsort(inos, count, sizeof(*inos), compare_inos);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || inos[i] != inos[i - 1])
			inos[kept++] = inos[i];
	check_search(&search, pool, inos, kept, false);
	check_search(&search, pool, inos, kept, true);
	for (size_t i = 0; i < manifest->count; i++) {
		if ((manifest->rows[i].mode & INODE_MODE_TYPE) != INODE_MODE_DIR || manifest->rows[i].path.len == 1)
			continue;
		search.lost = &manifest->rows[i];
		lose(fs, search.lost->ino);
		check_search(&search, pool, inos, kept, false);
	}
	lose(fs, 0);
	free(inos);
}

int main(int argc, char **argv)
{
	struct manifest manifest;
	struct device *device = NULL;
	struct fs *fs = NULL;
	struct pool *pool = NULL;
	struct error err;

	if (argc != 3) {
		fprintf(stderr, "usage: test_names IMAGE MANIFEST\n");
		return 99;
	}
	manifest_read(argv[2], &manifest);
	qsort(manifest.rows, manifest.count, sizeof(*manifest.rows), compare_paths);
	if (device_open(argv[1], 0, &device, &err) != 0 || fs_open(device, &fs, &err) != 0 ||
	    pool_open(2, &pool, &err) != 0) {
		fprintf(stderr, "%s: %s\n", argv[1], err.text);
		return 99;
	}
	check_tree(fs, &manifest);
	check_paths(fs, pool, &manifest);
	pool_close(pool);
	fs_close(fs);
	device_close(device);
	manifest_free(&manifest);
	printf("%lu passed, %lu failed\n", checks - failures, failures);
	return failures ? 1 : 0;
}
