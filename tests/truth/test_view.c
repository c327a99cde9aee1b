/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_view MOUNTPOINT IMAGE.fsmap IMAGE.manifest.jsonl
 * test_view --scan IMAGE IMAGE.fsmap IMAGE.manifest.jsonl
 *
 * The view of a mounted file system against the two lists that were made when the image was (tests/images/README.md):
 * every owner of every range, every inode, every path.
 *
 * --scan: owners by a pass over all forks of an image that is not mounted, against the extents in the manifest.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs/view_mounted.h"
#include "lib/fsmap_file.h"
#include "truth/fail.h"
#include "truth/owner_list.h"
#include "truth/view_manifest.h"
#include "truth/view_scan.h"

/* ---- the list that GETFSMAP gave ---- */

static void read_fsmap(const char *path, struct owner_list *out)
{
	struct fsmap_file file;

	fsmap_file_read(path, &file);
	for (size_t i = 0; i < file.count; i++)
		owner_list_add(out, &file.rows[i].owner);
	fsmap_file_free(&file);
}

static void expect_range(struct view *view, const struct owner_list *all, uint64_t start, uint64_t end)
{
	struct owner_list want = {0}, got = {0};

	for (size_t i = 0; i < all->count; i++) {
		struct owner owner = all->items[i];

		if (owner_cut(&owner, start, end))
			owner_list_add(&want, &owner);
	}
	owner_list_ask(view, start, end, &got);
	owner_list_expect(&want, &got, "owners of a range");
	free(want.items);
	free(got.items);
}

/* With rmapbt: the whole device in one, each record's range, and 512 bytes inside each. */
static void check_owners(struct view *view, const struct owner_list *all)
{
	uint64_t whole = view->geo.blocks << view->geo.block_log;

	expect_range(view, all, 0, whole);
	for (size_t i = 0; i < all->count; i++) {
		const struct owner *o = &all->items[i];
		uint64_t sector = o->start_bytes + (o->end_bytes - o->start_bytes) / 1024 * 512;

		expect_range(view, all, o->start_bytes, o->end_bytes);
		expect_range(view, all, sector, sector + 512);
	}
	printf("%zu owners, each alone and in part\n", all->count);
}

/* ---- inodes ---- */

static void check_files(struct view *view, const struct manifest *manifest)
{
	size_t free_inodes = 0;

	for (size_t i = 0; i < manifest->count; i++) {
		struct json_object *line = manifest->lines[i];
		uint64_t ino = member(line, "ino"), first, allocated, present;
		struct file_info info;
		struct error err = {0};

		if (view->ops->file(view->self, ino, &info, &err) != 0)
			FAIL("inode %" PRIu64 ": %s", ino, err.text);
		if (!info.allocated || info.ino != ino || info.mode != member(line, "mode") ||
		    info.nlink != member(line, "nlink") || info.size_bytes != member(line, "size") ||
		    info.gen != member(line, "gen"))
			FAIL("inode %" PRIu64 " is not what the manifest says", ino);
		if (view->ops->chunk(view->self, ino, &first, &allocated, &present, &err) != 1)
			FAIL("inode %" PRIu64 " has no chunk: %s", ino, err.text);
		if (ino < first || ino - first > 63 || !(allocated >> (ino - first) & 1) || (allocated & ~present) != 0)
			FAIL("inode %" PRIu64 " is not in its chunk", ino);
		for (unsigned k = 0; k < 64; k++) {
			if (allocated >> k & 1)
				continue;
			if (view->ops->file(view->self, first + k, &info, &err) != 0 || info.allocated)
				FAIL("inode %" PRIu64 " is not free", first + k);
			free_inodes++;
		}
	}
	printf("%zu inodes, %zu free ones beside them\n", manifest->ino_count, free_inodes);
}

/* ---- paths ---- */

struct found {
	uint64_t ino;
	char *path;
};

struct found_list {
	struct found *items;
	size_t count, room;
};

static void found_add(struct found_list *list, uint64_t ino, char *path)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 1024;
		list->items = realloc(list->items, list->room * sizeof(*list->items));
		if (!list->items)
			FAIL("out of memory");
	}
	list->items[list->count++] = (struct found){ino, path};
}

static void found_free(struct found_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].path);
	free(list->items);
}

static int take_path(void *arg, uint64_t ino, const char *path, size_t len, bool connected, uint64_t top_ino)
{
	char *copy = strndup(path, len);

	if (!copy || strlen(copy) != len)
		FAIL("a path of inode %" PRIu64 " is no text", ino);
	if (!connected)
		FAIL("the path %s of inode %" PRIu64 " ends at inode %" PRIu64, copy, ino, top_ino);
	found_add(arg, ino, copy);
	return 0;
}

static int no_path_gap(void *arg, uint64_t ino, const struct error *why)
{
	(void)arg;
	FAIL("inode %" PRIu64 ": %s", ino, why->text);
}

static int found_compare(const void *left, const void *right)
{
	const struct found *a = left, *b = right;

	return a->ino != b->ino ? number_compare(a->ino, b->ino) : strcmp(a->path, b->path);
}

typedef int paths_fn(const struct mounted *m, const uint64_t *inos, size_t count, bool one_path,
		     const struct path_sink *sink, const struct progress *progress, struct error *err);

static void check_paths(struct view *view, const struct manifest *manifest, paths_fn *fn, const char *how)
{
	struct found_list want = {0}, got = {0}, one = {0};
	struct path_sink sink = {.path = take_path, .gap = no_path_gap, .arg = &got};
	struct error err = {0};

	for (size_t i = 0; i < manifest->count; i++)
		found_add(&want, member(manifest->lines[i], "ino"), manifest_path(manifest->lines[i]));
	if (fn(view->self, manifest->inos, manifest->ino_count, false, &sink, NULL, &err) != 0)
		FAIL("paths %s: %s", how, err.text);
	qsort(want.items, want.count, sizeof(*want.items), found_compare);
	qsort(got.items, got.count, sizeof(*got.items), found_compare);
	for (size_t i = 0; i < want.count || i < got.count; i++)
		if (i >= want.count || i >= got.count || found_compare(&want.items[i], &got.items[i]) != 0)
			FAIL("paths %s: %zu of %zu differs: expected %s, got %s", how, i, want.count,
			     i < want.count ? want.items[i].path : "none", i < got.count ? got.items[i].path : "none");
	sink.arg = &one;
	if (fn(view->self, manifest->inos, manifest->ino_count, true, &sink, NULL, &err) != 0)
		FAIL("paths %s: %s", how, err.text);
	if (one.count != manifest->ino_count)
		FAIL("paths %s: %zu inodes, but %zu paths when one is enough", how, manifest->ino_count, one.count);
	printf("%zu paths %s\n", want.count, how);
	found_free(&want);
	found_free(&got);
	found_free(&one);
}

/* ---- being stopped ---- */

static int stop_at_once(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	(void)arg;
	(void)total;
	if (!pass || done == 0)
		FAIL("a step without a name, or at nothing");
	return 1;
}

static int stop_owner(void *arg, const struct owner *owner)
{
	(void)arg;
	(void)owner;
	return 7;
}

static int stop_path(void *arg, uint64_t ino, const char *path, size_t len, bool connected, uint64_t top_ino)
{
	(void)arg;
	(void)path;
	(void)top_ino;
	return ino != 0 && len > 0 && connected ? 9 : 1;
}

static void check_stopping(struct view *view, const struct manifest *manifest)
{
	struct progress progress = {.step = stop_at_once};
	struct owner_list got = {0};
	struct found_list found = {0};
	struct owner_sink owners = {.owner = owner_list_add, .gap = owner_list_gap, .arg = &got};
	struct path_sink paths = {.path = take_path, .gap = no_path_gap, .arg = &found};
	struct interval_set wanted = {0};
	struct error err = {0};

	if (interval_add(&wanted, 0, view->geo.blocks << view->geo.block_log) != 0)
		FAIL("out of memory");
	if (view->ops->owners(view->self, &wanted, &owners, &progress, &err) != ERR_CANCELLED)
		FAIL("owners were not cancelled");
	if (mounted_paths_by_walk(view->self, manifest->inos, manifest->ino_count, false, &paths, &progress, &err) !=
	    ERR_CANCELLED)
		FAIL("the walk was not cancelled");
	owners.owner = stop_owner;
	if (view->ops->owners(view->self, &wanted, &owners, NULL, &err) != 7)
		FAIL("owners were not stopped");
	paths.path = stop_path;
	if (view->ops->paths(view->self, manifest->inos, manifest->ino_count, false, &paths, NULL, &err) != 9)
		FAIL("paths were not stopped");
	interval_fini(&wanted);
	free(got.items);
	found_free(&found);
}

static int check_scan(char **argv)
{
	struct manifest manifest = {0};
	struct owner_list fsmap = {0};
	struct device *device;
	struct error err = {0};
	struct pool *pool;
	struct view view;
	struct fs *fs;

	read_fsmap(argv[1], &fsmap);
	read_manifest(argv[2], &manifest);
	if (pool_open(2, &pool, &err) != 0 || device_open(argv[0], 0, &device, &err) != 0 ||
	    fs_open(device, &fs, &err) != 0 || view_scan_open(fs, pool, &view, &err) != 0)
		FAIL("%s", err.text);
	check_full_pass(&view, &fsmap, &manifest);
	check_files(&view, &manifest);
	free(fsmap.items);
	free_manifest(&manifest);
	view_close(&view);
	fs_close(fs);
	device_close(device);
	pool_close(pool);
	return 0;
}

int main(int argc, char **argv)
{
	struct manifest manifest = {0};
	struct owner_list fsmap = {0};
	struct error err = {0};
	struct pool *pool;
	struct view view;

	if (argc == 5 && strcmp(argv[1], "--scan") == 0)
		return check_scan(argv + 2);
	if (argc != 4)
		FAIL("usage: test_view MOUNTPOINT IMAGE.fsmap IMAGE.manifest.jsonl");
	read_fsmap(argv[2], &fsmap);
	read_manifest(argv[3], &manifest);
	if (pool_open(pool_processors() + 1, &pool, &err) != 0 || view_mounted_open(argv[1], pool, &view, &err) != 0)
		FAIL("%s", err.text);
	if (view.geo.has_rmapbt)
		check_owners(&view, &fsmap);
	else
		check_full_pass(&view, &fsmap, &manifest);
	check_files(&view, &manifest);
	check_paths(&view, &manifest, mounted_paths_by_walk, "by a walk");
	if (view.geo.has_parent)
		check_paths(&view, &manifest, mounted_paths_by_parents, "by parent pointers");
	check_stopping(&view, &manifest);
	free(fsmap.items);
	free_manifest(&manifest);
	view_close(&view);
	pool_close(pool);
	return 0;
}
