/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_view MOUNTPOINT IMAGE.fsmap IMAGE.manifest.jsonl
 * test_view --scan IMAGE IMAGE.fsmap IMAGE.manifest.jsonl
 * test_view --repeated MOUNTPOINT BLOCK_BYTES COUNT
 *
 * The view of a mounted file system against the two lists that were made when the image was (tests/images/README.md):
 * every owner of every range, every inode, every path.
 *
 * --scan: owners by a pass over all forks of an image that is not mounted, against the extents in the manifest.
 *
 * --repeated: makes a file that maps one block COUNT times, and another COUNT files that map it once, and expects all of
 * them as owners: more than one answer of GETFSMAP holds.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/inode.h"
#include "fs/view_mounted.h"
#include "lib/fsmap_file.h"

#define FAIL(...)                                                                                                      \
	do {                                                                                                           \
		fprintf(stderr, __VA_ARGS__);                                                                          \
		fputc('\n', stderr);                                                                                   \
		exit(1);                                                                                               \
	} while (0)

/* ---- lists of owners ---- */

struct list {
	struct owner *items;
	size_t count, room;
	uint64_t gap_bytes;
};

static int list_add(void *arg, const struct owner *owner)
{
	struct list *list = arg;

	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 1024;
		list->items = realloc(list->items, list->room * sizeof(*list->items));
		if (!list->items)
			FAIL("out of memory");
	}
	list->items[list->count++] = *owner;
	return 0;
}

static int list_gap(void *arg, uint64_t start, uint64_t end, const struct error *why)
{
	struct list *list = arg;

	if (why->code == 0 || why->text[0] == '\0')
		FAIL("a gap at %" PRIu64 " without a reason", start);
	list->gap_bytes += end - start;
	return 0;
}

static int number_compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int owner_compare(const void *left, const void *right)
{
	const struct owner *a = left, *b = right;
	const uint64_t x[] = {a->start_bytes, a->end_bytes, a->kind, a->ino, a->fork, a->bmbt, a->unwritten,
			      a->offset_bytes};
	const uint64_t y[] = {b->start_bytes, b->end_bytes, b->kind, b->ino, b->fork, b->bmbt, b->unwritten,
			      b->offset_bytes};

	for (size_t i = 0; i < sizeof(x) / sizeof(x[0]); i++)
		if (x[i] != y[i])
			return number_compare(x[i], y[i]);
	return 0;
}

static void print_owner(const char *what, const struct owner *o)
{
	fprintf(stderr, "%s %" PRIu64 "-%" PRIu64 " kind %d ino %" PRIu64 " fork %d bmbt %d unwritten %d offset %" PRIu64 "\n",
		what, o->start_bytes, o->end_bytes, (int)o->kind, o->ino, (int)o->fork, o->bmbt, o->unwritten,
		o->offset_bytes);
}

static void expect_equal(struct list *want, struct list *got, const char *what)
{
	if (want->count)
		qsort(want->items, want->count, sizeof(*want->items), owner_compare);
	if (got->count)
		qsort(got->items, got->count, sizeof(*got->items), owner_compare);
	for (size_t i = 0; i < want->count || i < got->count; i++) {
		if (i < want->count && i < got->count && owner_compare(&want->items[i], &got->items[i]) == 0)
			continue;
		if (i < want->count)
			print_owner("expected", &want->items[i]);
		if (i < got->count)
			print_owner("got     ", &got->items[i]);
		FAIL("%s: owner %zu of %zu differs", what, i, want->count);
	}
}

static void ask(struct view *view, uint64_t start, uint64_t end, struct list *got)
{
	struct owner_sink sink = {.owner = list_add, .gap = list_gap, .arg = got};
	struct interval_set wanted = {0};
	struct error err = {0};

	got->count = 0;
	got->gap_bytes = 0;
	if (interval_add(&wanted, start, end) != 0)
		FAIL("out of memory");
	if (view->ops->owners(view->self, &wanted, &sink, NULL, &err) != 0)
		FAIL("owners: %s", err.text);
	interval_fini(&wanted);
}

/* ---- the list that GETFSMAP gave ---- */

static void read_fsmap(const char *path, struct list *out)
{
	struct fsmap_file file;

	fsmap_file_read(path, &file);
	for (size_t i = 0; i < file.count; i++)
		list_add(out, &file.rows[i].owner);
	fsmap_file_free(&file);
}

static void expect_range(struct view *view, const struct list *all, uint64_t start, uint64_t end)
{
	struct list want = {0}, got = {0};

	for (size_t i = 0; i < all->count; i++) {
		struct owner owner = all->items[i];

		if (owner_cut(&owner, start, end))
			list_add(&want, &owner);
	}
	ask(view, start, end, &got);
	expect_equal(&want, &got, "owners of a range");
	free(want.items);
	free(got.items);
}

/* With rmapbt: the whole device in one, each record's range, and 512 bytes inside each. */
static void check_owners(struct view *view, const struct list *all)
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

/* ---- the manifest ---- */

struct manifest {
	struct json_object **lines;
	size_t count;
	uint64_t *inos; /* ascending, no duplicates */
	size_t ino_count;
};

static uint64_t member(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value))
		FAIL("the manifest has no %s", name);
	return json_object_get_uint64(value);
}

static int ino_compare(const void *a, const void *b)
{
	return number_compare(*(const uint64_t *)a, *(const uint64_t *)b);
}

static void read_manifest(const char *path, struct manifest *out)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0, rooms = 0, kept = 0;

	if (!file)
		FAIL("cannot open %s", path);
	while (getline(&line, &room, file) > 0) {
		if (out->count == rooms) {
			rooms = rooms ? 2 * rooms : 1024;
			out->lines = realloc(out->lines, rooms * sizeof(*out->lines));
			out->inos = realloc(out->inos, rooms * sizeof(*out->inos));
			if (!out->lines || !out->inos)
				FAIL("out of memory");
		}
		out->lines[out->count] = json_tokener_parse(line);
		if (!out->lines[out->count])
			FAIL("%s: line %zu is no JSON", path, out->count + 1);
		out->inos[out->count] = member(out->lines[out->count], "ino");
		out->count++;
	}
	free(line);
	fclose(file);
	if (out->count == 0)
		FAIL("%s is empty", path);
	qsort(out->inos, out->count, sizeof(*out->inos), ino_compare);
	for (size_t i = 0; i < out->count; i++)
		if (kept == 0 || out->inos[kept - 1] != out->inos[i])
			out->inos[kept++] = out->inos[i];
	out->ino_count = kept;
}

static void free_manifest(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++)
		json_object_put(manifest->lines[i]);
	free(manifest->lines);
	free(manifest->inos);
}

/* The path as bytes: the manifest has a code point for each. The caller's to free. */
static char *manifest_path(struct json_object *line)
{
	struct json_object *value;
	const unsigned char *from;
	char *path, *to;

	if (!json_object_object_get_ex(line, "path", &value))
		FAIL("the manifest has no path");
	from = (const unsigned char *)json_object_get_string(value);
	path = to = malloc(strlen((const char *)from) + 1);
	if (!path)
		FAIL("out of memory");
	for (; *from; from++) {
		if (*from < 0x80) {
			*to++ = (char)*from;
		} else {
			*to++ = (char)((from[0] & 0x03) << 6 | (from[1] & 0x3f));
			from++;
		}
	}
	*to = '\0';
	return path;
}

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

/* ---- without rmapbt ---- */

static void add_extents(struct list *out, struct json_object *line, const char *name, enum fork_kind fork)
{
	struct json_object *array;

	if (!json_object_object_get_ex(line, name, &array))
		FAIL("the manifest has no %s", name);
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *extent = json_object_array_get_idx(array, i);
		uint64_t part[4];
		struct owner owner = {.kind = OWNER_FILE, .ino = member(line, "ino"), .fork = fork};

		for (size_t k = 0; k < 4; k++)
			part[k] = json_object_get_uint64(json_object_array_get_idx(extent, k));
		owner.offset_bytes = part[0];
		owner.start_bytes = part[1];
		owner.end_bytes = part[1] + part[2];
		owner.unwritten = part[3] & 1;
		list_add(out, &owner);
	}
}

/* What the kernel lists up to the end of a file leaves out what lies behind it, unless it was asked for in advance. */
static bool beyond_size(const struct manifest *manifest, const struct owner *owner)
{
	for (size_t i = 0; i < manifest->count; i++)
		if (member(manifest->lines[i], "ino") == owner->ino)
			return owner->fork == FORK_DATA && owner->offset_bytes >= member(manifest->lines[i], "size");
	FAIL("inode %" PRIu64 " is not in the manifest", owner->ino);
}

/* GETBMAPX, which the manifest has the extents from, tells of files and directories, without blocks of B+trees. */
static bool manifest_has_extents(const struct manifest *manifest, const struct owner *owner)
{
	for (size_t i = 0; i < manifest->count && !owner->bmbt; i++) {
		uint32_t type = (uint32_t)member(manifest->lines[i], "mode") & INODE_MODE_TYPE;

		if (member(manifest->lines[i], "ino") == owner->ino)
			return type == INODE_MODE_FILE || type == INODE_MODE_DIR;
	}
	return false;
}

static int by_offset(const void *left, const void *right)
{
	const struct owner *a = left, *b = right;
	int order = number_compare(a->ino, b->ino);

	if (order == 0)
		order = number_compare(a->fork, b->fork);
	return order != 0 ? order : number_compare(a->offset_bytes, b->offset_bytes);
}

/* GETBMAPX cuts extents where sharing begins or ends; the forks do not. */
static void join(struct list *list)
{
	size_t kept = 0;

	if (list->count == 0)
		return;
	qsort(list->items, list->count, sizeof(*list->items), by_offset);
	for (size_t i = 1; i < list->count; i++) {
		struct owner *last = &list->items[kept];
		const struct owner *next = &list->items[i];
		uint64_t len = last->end_bytes - last->start_bytes;

		if (next->ino == last->ino && next->fork == last->fork && next->unwritten == last->unwritten &&
		    next->start_bytes == last->end_bytes && next->offset_bytes == last->offset_bytes + len)
			last->end_bytes = next->end_bytes;
		else
			list->items[++kept] = *next;
	}
	list->count = kept + 1;
}

/* All that was expected, and besides only what lies behind the end of a file. */
static void expect_extents(const struct manifest *manifest, struct list *want, struct list *got)
{
	size_t matched = 0;

	join(want);
	join(got);
	qsort(want->items, want->count, sizeof(*want->items), owner_compare);
	for (size_t i = 0; i < got->count; i++) {
		if (bsearch(&got->items[i], want->items, want->count, sizeof(*want->items), owner_compare)) {
			matched++;
		} else if (!beyond_size(manifest, &got->items[i])) {
			print_owner("got", &got->items[i]);
			FAIL("an extent that the manifest has not");
		}
	}
	if (matched != want->count)
		FAIL("%zu of %zu extents of the manifest were found", matched, want->count);
}

/*
 * Files and directories: exactly the extents of the manifest. All owners together: the whole device, and where the
 * kernel said "free", nothing else; what is unknown was reported as a gap.
 */
static void check_full_pass(struct view *view, const struct list *fsmap, const struct manifest *manifest)
{
	uint64_t whole = view->geo.blocks << view->geo.block_log, unknown = 0;
	struct list got = {0}, files = {0}, want = {0};
	struct interval_set covered = {0}, allocated = {0};

	ask(view, 0, whole, &got);
	for (size_t i = 0; i < got.count; i++) {
		const struct owner *o = &got.items[i];

		if (interval_add(&covered, o->start_bytes, o->end_bytes) != 0 ||
		    (o->kind != OWNER_FREE && interval_add(&allocated, o->start_bytes, o->end_bytes) != 0))
			FAIL("out of memory");
		if (o->kind == OWNER_FILE && manifest_has_extents(manifest, o))
			list_add(&files, o);
		if (o->kind == OWNER_UNKNOWN)
			unknown += o->end_bytes - o->start_bytes;
	}
	interval_settle(&covered);
	interval_settle(&allocated);
	if (covered.count != 1 || interval_total(&covered) != whole)
		FAIL("the owners do not cover the device");
	if (unknown != got.gap_bytes)
		FAIL("%" PRIu64 " bytes are unknown, but %" PRIu64 " were reported", unknown, got.gap_bytes);
	for (size_t i = 0; i < fsmap->count; i++)
		if (fsmap->items[i].kind == OWNER_FREE &&
		    interval_overlaps(&allocated, fsmap->items[i].start_bytes, fsmap->items[i].end_bytes))
			FAIL("free space at %" PRIu64 " has an owner", fsmap->items[i].start_bytes);
	for (size_t i = 0; i < manifest->count; i++) {
		uint32_t type = (uint32_t)member(manifest->lines[i], "mode") & INODE_MODE_TYPE;
		struct json_object *extents;

		/* On the first name of an inode only. */
		if ((type == INODE_MODE_FILE || type == INODE_MODE_DIR) &&
		    json_object_object_get_ex(manifest->lines[i], "data", &extents)) {
			add_extents(&want, manifest->lines[i], "data", FORK_DATA);
			add_extents(&want, manifest->lines[i], "attr", FORK_ATTR);
		}
	}
	expect_extents(manifest, &want, &files);
	interval_fini(&covered);
	interval_fini(&allocated);
	printf("%zu owners by a full pass, %zu extents of files, %" PRIu64 " bytes unexplained\n", got.count, files.count,
	       unknown);
	free(got.items);
	free(files.items);
	free(want.items);
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
	struct list got = {0};
	struct found_list found = {0};
	struct owner_sink owners = {.owner = list_add, .gap = list_gap, .arg = &got};
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

/* ---- one block, many owners ---- */

static void clone_block(int from, int to, uint64_t offset, uint64_t len)
{
	struct file_clone_range range = {.src_fd = from, .src_length = len, .dest_offset = offset};

	if (ioctl(to, FICLONERANGE, &range) != 0)
		FAIL("cannot share a block: %s", strerror(errno));
}

static int open_in(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDWR | O_CREAT | O_EXCL, 0644);

	if (fd < 0)
		FAIL("cannot create %s: %s", name, strerror(errno));
	return fd;
}

static void make_sharers(const char *mountpoint, struct list *want, uint64_t block_bytes, uint64_t count)
{
	int dir = open(mountpoint, O_RDONLY | O_DIRECTORY), origin, many;
	struct kernel_bmap map[2] = {{.length = INT64_MAX >> 9, .count = 2}};
	struct owner owner = {.kind = OWNER_FILE};
	struct stat stat;
	char *block = calloc(1, block_bytes);

	if (dir < 0 || !block)
		FAIL("cannot open %s", mountpoint);
	origin = open_in(dir, "origin");
	many = open_in(dir, "many");
	block[0] = 1;
	if (write(origin, block, block_bytes) != (ssize_t)block_bytes || fsync(origin) != 0 ||
	    ioctl(origin, KERNEL_IOC_GETBMAPX, map) != 0 || map[0].entries != 1)
		FAIL("cannot write a block: %s", strerror(errno));
	owner.start_bytes = (uint64_t)map[1].block << 9;
	owner.end_bytes = owner.start_bytes + block_bytes;
	if (fstat(origin, &stat) != 0)
		FAIL("cannot stat a file");
	owner.ino = stat.st_ino;
	list_add(want, &owner);
	for (uint64_t i = 0; i < count; i++) {
		char name[32];
		int fd;

		clone_block(origin, many, i * block_bytes, block_bytes);
		snprintf(name, sizeof(name), "clone-%" PRIu64, i);
		fd = open_in(dir, name);
		clone_block(origin, fd, 0, block_bytes);
		if (fstat(fd, &stat) != 0)
			FAIL("cannot stat a file");
		owner.ino = stat.st_ino;
		owner.offset_bytes = 0;
		list_add(want, &owner);
		close(fd);
	}
	if (fstat(many, &stat) != 0)
		FAIL("cannot stat a file");
	owner.ino = stat.st_ino;
	for (uint64_t i = 0; i < count; i++) {
		owner.offset_bytes = i * block_bytes;
		list_add(want, &owner);
	}
	free(block);
	close(origin);
	close(many);
	close(dir);
}

static int check_repeated(char **argv)
{
	uint64_t block_bytes = strtoull(argv[3], NULL, 10), count = strtoull(argv[4], NULL, 10);
	struct list want = {0}, got = {0};
	struct error err = {0};
	struct pool *pool;
	struct view view;

	make_sharers(argv[2], &want, block_bytes, count);
	if (pool_open(2, &pool, &err) != 0 || view_mounted_open(argv[2], pool, &view, &err) != 0)
		FAIL("%s", err.text);
	ask(&view, want.items[0].start_bytes, want.items[0].end_bytes, &got);
	expect_equal(&want, &got, "owners of one block");
	printf("%zu owners of one block\n", got.count);
	free(want.items);
	free(got.items);
	view_close(&view);
	pool_close(pool);
	return 0;
}

static int check_scan(char **argv)
{
	struct manifest manifest = {0};
	struct list fsmap = {0};
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
	struct list fsmap = {0};
	struct error err = {0};
	struct pool *pool;
	struct view view;

	if (argc == 5 && strcmp(argv[1], "--repeated") == 0)
		return check_repeated(argv);
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
